/** Text with ANSI colours and links, as React text: never as HTML. */
import { Fragment, memo, useState } from "react";

import type { AnsiSpan } from "../../runs/ansi";
import { type Block, TextBlocks } from "../../runs/blocks";
import { strings } from "../../words";
import { useController } from "../context";
import { paintOf } from "./ansi-paint";
import { jump } from "./jump";
import { useStill } from "./still";
import { type Where, whereOf } from "./traceback";

/** Addresses, and the places that tracebacks name. */
const LINK =
  /https?:\/\/[^\s<>"'`)\]]+[^\s<>"'`)\].,;:!?]|File "[^"\n]{1,400}", line \d{1,7}|\bCell In ?\[\d{1,7}\], line \d{1,7}/g;

function Linked({ text }: { readonly text: string }) {
  if (!text.includes("://") && !text.includes(", line ")) return text;
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    parts.push(
      <Fragment key={from}>{text.slice(from, match.index)}</Fragment>,
      <Link key={-match.index - 1} text={match[0]} />,
    );
    from = match.index + match[0].length;
  }
  return [...parts, <Fragment key={from}>{text.slice(from)}</Fragment>];
}

function Link({ text }: { readonly text: string }) {
  if (text.includes("://") && !text.startsWith("File ")) return <Outward href={text} text={text} />;
  const where = whereOf(text);
  return where === null ? text : <Jump where={where} text={text} />;
}

function Jump({ where, text }: { readonly where: Where; readonly text: string }) {
  const controller = useController();
  if (useStill()) return text;
  const title = where.t === "file" ? strings.traceback.copyPath : strings.traceback.goTo;
  return (
    <button type="button" className="text-link" title={title} onClick={() => void jump(controller, where)}>
      {text}
    </button>
  );
}

function Outward({ href, text }: { readonly href: string; readonly text: string }) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {text}
    </a>
  );
}

export function Span({ text, style }: AnsiSpan) {
  const content = style.link === null ? <Linked text={text} /> : <Outward href={style.link} text={text} />;
  const look = paintOf(style);
  return look === undefined ? content : <span style={look}>{content}</span>;
}

const LINE_PX = 20;

const TextBlock = memo(
  function TextBlock({ block }: { readonly block: Block }) {
    return (
      <div className="text-block" style={{ containIntrinsicBlockSize: `auto ${block.lines * LINE_PX}px` }}>
        {block.spans.map((span, index) => (
          <Span key={index} {...span} />
        ))}
      </div>
    );
  },
  (before, after) => before.block === after.block,
);

/** A text that may be long and may grow; only what is in sight is drawn, and only what is new is parsed. */
export function AnsiText({ text }: { readonly text: string }) {
  const [blocks] = useState(() => new TextBlocks());
  return blocks.update(text).map((block) => <TextBlock key={block.key} block={block} />);
}
