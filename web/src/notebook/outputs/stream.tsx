/** What a cell printed: head and end of a long text, with the full log one click away; it follows its end. */
import { useLayoutEffect, useRef } from "react";

import { address } from "../../net/rest";
import { bytes, count } from "../../ui/format";
import { strings } from "../../words";
import type { StreamOutput } from "../../wire/types";
import { useController } from "../context";
import { AnsiText } from "./ansi-text";

const NEAR_END_PX = 24;

export function Stream({ output }: { readonly output: StreamOutput }) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const first = useRef(output);
  const onScroll = () => {
    const { current } = box;
    if (current === null) return;
    atEnd.current = current.scrollHeight - current.scrollTop - current.clientHeight < NEAR_END_PX;
  };
  useLayoutEffect(() => {
    const { current } = box;
    // A text that is only shown again begins at its head; one that grows is followed.
    if (current !== null && atEnd.current && output !== first.current) current.scrollTop = current.scrollHeight;
  }, [output]);
  const end = output.text_end + output.tail;
  const cut = output.omitted > 0;
  return (
    <>
      <div
        ref={box}
        className={`output-text ${output.name}`}
        onScroll={onScroll}
        tabIndex={0}
        role="group"
        aria-label={strings.output.label}
      >
        <AnsiText text={cut ? output.text : output.text + end} />
        {cut && <p className="output-omitted meta">{strings.output.omitted(count(output.omitted))}</p>}
        {cut && <AnsiText text={end} />}
      </div>
      {cut && <FullLog output={output} />}
    </>
  );
}

/** Below the box, where it is seen while the text follows its end. */
function FullLog({ output }: { readonly output: StreamOutput }) {
  const { notebook } = useController().session;
  return (
    <p className="meta">
      <a href={address.log(notebook, output.id)} target="_blank" rel="noopener">
        {strings.output.fullLog(bytes(output.chars))}
      </a>
    </p>
  );
}
