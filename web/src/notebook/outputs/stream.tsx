/** What a cell printed: head and end of a long text, with the full log one click away; it follows its end. */
import { useLayoutEffect, useRef } from "react";

import { address } from "../../net/rest";
import { bytes, count } from "../../ui/format";
import { strings } from "../../ui/strings";
import type { StreamOutput } from "../../wire/types";
import { useController } from "../context";
import { AnsiText } from "./ansi-text";

const NEAR_END_PX = 24;

export function Stream({ output }: { readonly output: StreamOutput }) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const onScroll = () => {
    const { current } = box;
    if (current === null) return;
    atEnd.current = current.scrollHeight - current.scrollTop - current.clientHeight < NEAR_END_PX;
  };
  useLayoutEffect(() => {
    const { current } = box;
    if (current !== null && atEnd.current) current.scrollTop = current.scrollHeight;
  }, [output]);
  const end = output.text_end + output.tail;
  return (
    <div
      ref={box}
      className={`output-text ${output.name}`}
      onScroll={onScroll}
      tabIndex={0}
      role="group"
      aria-label={strings.output.label}
    >
      {output.omitted === 0 ? (
        <AnsiText text={output.text + end} />
      ) : (
        <>
          <AnsiText text={output.text} />
          <Omitted output={output} />
          <AnsiText text={end} />
        </>
      )}
    </div>
  );
}

function Omitted({ output }: { readonly output: StreamOutput }) {
  const { notebook } = useController().session;
  return (
    <p className="output-omitted meta">
      {strings.output.omitted(count(output.omitted))}{" "}
      <a href={address.log(notebook, output.id)} target="_blank" rel="noopener">
        {strings.output.fullLog(bytes(output.chars))}
      </a>
    </p>
  );
}
