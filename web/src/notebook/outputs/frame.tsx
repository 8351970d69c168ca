/**
 * Untrusted HTML, SVG and JavaScript of one cell, in one sandboxed frame of an opaque origin.
 *
 * The frame gets content over a MessageChannel and nothing else: no origin, no cookie, no address of the notebook.
 * It is made when it comes near the viewport; of many, those that were out of sight longest are taken away again.
 */
import { useEffect, useRef, useState } from "react";

import type { FrameContent, FrameItem, FromFrame, Handshake } from "../../../frame/protocol";
import { rest } from "../../browser";
import { stripAnsi } from "../../runs/ansi";
import { strings } from "../../words";
import type { Output } from "../../wire/types";
import { useController } from "../context";
import { FramePool } from "./frame-pool";
import { choose } from "./plan";
import { fetchText, textOf } from "./value";

const ADDRESS = `${import.meta.env.BASE_URL}frame/v1.html`;
const HANDSHAKE: Handshake = "noctule-frame-v1";
const TALLEST_PX = 20_000;
const FIRST_PX = 40;

const pool = new FramePool(16);

export function Frame({ cell, outputs }: { readonly cell: string; readonly outputs: readonly Output[] }) {
  const place = useRef<HTMLDivElement>(null);
  const [live, setLive] = useState(false);
  const [height, setHeight] = useState(FIRST_PX);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    return pool.watch(element, setLive);
  }, []);
  return (
    <div ref={place} className="output-frame" style={{ height }}>
      {live && <LiveFrame key={cell} outputs={outputs} onHeight={setHeight} />}
    </div>
  );
}

interface LiveProps {
  readonly outputs: readonly Output[];
  readonly onHeight: (height: number) => void;
}

function LiveFrame({ outputs, onHeight }: LiveProps) {
  const frame = useRef<HTMLIFrameElement>(null);
  const port = useRef<MessagePort | null>(null);
  const [ready, setReady] = useState(false);
  const items = useFrameItems(outputs);

  const onLoad = () => {
    const target = frame.current?.contentWindow;
    if (!target) return;
    port.current?.close();
    const channel = new MessageChannel();
    channel.port1.onmessage = (event: MessageEvent<FromFrame>) => hear(event.data, onHeight);
    port.current = channel.port1;
    // An opaque origin has no name to address; the content is for whatever document is in this frame.
    target.postMessage(HANDSHAKE, "*", [channel.port2]);
    setReady(true);
  };
  useEffect(() => () => port.current?.close(), []);
  useEffect(() => {
    if (ready && items !== null) port.current?.postMessage({ t: "content", items } satisfies FrameContent);
  }, [ready, items]);
  return (
    <iframe
      ref={frame}
      src={ADDRESS}
      sandbox="allow-scripts"
      referrerPolicy="no-referrer"
      title={strings.output.frame}
      onLoad={onLoad}
    />
  );
}

/** Nothing that comes out of a frame is taken as it is. */
function hear(message: FromFrame, onHeight: (height: number) => void): void {
  if (message.t === "height" && Number.isFinite(message.height)) {
    onHeight(Math.min(TALLEST_PX, Math.max(0, Math.ceil(message.height))));
  } else if (message.t === "link" && /^https?:\/\//.test(message.href)) {
    window.open(message.href, "_blank", "noopener,noreferrer");
  }
}

/** The outputs as the frame takes them; null while values are fetched. */
function useFrameItems(outputs: readonly Output[]): readonly FrameItem[] | null {
  const { notebook } = useController().session;
  const [items, setItems] = useState<readonly FrameItem[] | null>(null);
  useEffect(() => {
    let current = true;
    void Promise.all(outputs.map((output) => frameItem(notebook, output))).then((made) => {
      if (current) setItems(made);
    });
    return () => {
      current = false;
    };
  }, [notebook, outputs]);
  return items;
}

const escape = (text: string) =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
const pre = (text: string) => `<pre>${escape(stripAnsi(text))}</pre>`;

async function frameItem(notebook: string, output: Output): Promise<FrameItem> {
  const html = (content: string): FrameItem => ({ id: output.id, kind: "html", content });
  if (output.t === "stream") return html(pre(output.text + output.text_end + output.tail));
  if (output.t === "error") return html(pre([`${output.ename}: ${output.evalue}`, ...output.traceback].join("\n")));
  if (output.t === "cut") return html(pre(output.cause.message));
  const chosen = choose(output);
  if (chosen === null) return html("");
  const { type, value } = chosen;
  try {
    if (type.startsWith("image/") && type !== "image/svg+xml")
      return html(await picture(notebook, output.id, type, value));
    const text = value.t === "inline" ? textOf(value.value) : await fetchText(notebook, output.id, type);
    if (type === "application/javascript") return { id: output.id, kind: "script", content: text };
    return html(type === "text/html" || type === "image/svg+xml" ? text : pre(text));
  } catch {
    return html(pre(strings.output.failed));
  }
}

async function picture(
  notebook: string,
  output: string,
  type: string,
  value: { readonly t: string; readonly value?: unknown },
): Promise<string> {
  const data = value.t === "inline" ? textOf(value.value) : await fetchBase64(notebook, output, type);
  return `<img alt="" src="data:${type};base64,${escape(data.replace(/\s/g, ""))}">`;
}

async function fetchBase64(notebook: string, output: string, type: string): Promise<string> {
  const blob = await (await rest.mime(notebook, output, type)).blob();
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve((reader.result as string).replace(/^[^,]*,/, ""));
    reader.onerror = () => reject(reader.error ?? new Error("unreadable"));
    reader.readAsDataURL(blob);
  });
}
