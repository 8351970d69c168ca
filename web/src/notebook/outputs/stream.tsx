/** What a cell printed: head and end of a long text, with the full log one click away; it follows its end. */
import { memo, useLayoutEffect, useRef } from "react";

import { Button } from "../../ui/button";
import { count } from "../../ui/format";
import { strings } from "../../words";
import type { StreamOutput } from "../../wire/types";
import { useController } from "../context";
import { openLog } from "./actions";
import { AnsiText } from "./ansi-text";
import type { Scrolling } from "./output-state";
import { useStill } from "./still";
import { TextBox } from "./text-box";

const NEAR_END_PX = 24;

interface StreamProps {
  readonly cell: string;
  readonly output: StreamOutput;
  readonly scrolling: Scrolling;
}

export const Stream = memo(function Stream({ cell, output, scrolling }: StreamProps) {
  const controller = useController();
  const box = useFollowedEnd(output);
  const end = output.text_end + output.tail;
  const cut = output.omitted > 0;
  const still = useStill();
  return (
    <>
      <TextBox ref={box} label={strings.output[output.name]} scrolling={scrolling} tone={output.name}>
        <AnsiText text={cut ? output.text : output.text + end} />
        {cut && <p className="output-omitted meta">{strings.output.omitted(count(output.omitted))}</p>}
        {cut && <AnsiText text={end} />}
      </TextBox>
      {cut && !still && (
        <p className="output-more" ref={prefetch}>
          <Button look="outlined" onClick={() => openLog(controller, cell, output.id)}>
            {strings.output.fullLog(count(output.chars))}
          </Button>
        </p>
      )}
    </>
  );
});

/** A text that is only shown again begins at its head; one that grows is followed, unless a person has scrolled up. */
function useFollowedEnd(output: StreamOutput) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const first = useRef(output);
  useLayoutEffect(() => {
    const { current } = box;
    if (current === null) return;
    const onScroll = () => {
      atEnd.current = current.scrollHeight - current.scrollTop - current.clientHeight < NEAR_END_PX;
    };
    current.addEventListener("scroll", onScroll, { passive: true });
    return () => current.removeEventListener("scroll", onScroll);
  }, []);
  useLayoutEffect(() => {
    const { current } = box;
    if (current !== null && atEnd.current && output !== first.current) current.scrollTop = current.scrollHeight;
  }, [output]);
  return box;
}

/** The viewer is small, and who prints so much wants it at once. */
function prefetch(): void {
  void import("./log/log-dialog").catch(() => undefined);
}
