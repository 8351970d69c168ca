/** Text with its colours, and images: what the page shows as data too, when it stands between outputs of a frame. */
import { type AnsiSpan, parseAnsi } from "../../src/runs/ansi";
import type { FrameBody } from "../protocol";
import type { Rendered } from "./render";

function paint(color: string): string {
  return color.startsWith("#") ? color : `var(--ansi-${color.replace("bright-", "")})`;
}

function spanOf({ text, style }: AnsiSpan): Node {
  const { color, background, inverse, bold, dim, italic, underline, strike } = style;
  const [front, back] = inverse ? [background, color] : [color, background];
  const decoration = [underline && "underline", strike && "line-through"].filter(Boolean).join(" ");
  if (front === null && back === null && !inverse && !bold && !dim && !italic && decoration === "") {
    return document.createTextNode(text);
  }
  const span = document.createElement("span");
  span.textContent = text;
  if (front !== null) span.style.color = paint(front);
  else if (inverse) span.style.color = "var(--surface)";
  if (back !== null) span.style.backgroundColor = paint(back);
  else if (inverse) span.style.backgroundColor = "var(--ink)";
  if (bold) span.style.fontWeight = "700";
  if (dim) span.style.opacity = "0.7";
  if (italic) span.style.fontStyle = "italic";
  if (decoration !== "") span.style.textDecoration = decoration;
  return span;
}

export function textOf(data: unknown): string {
  if (typeof data === "string") return data;
  return Array.isArray(data) && data.every((part) => typeof part === "string")
    ? data.join("")
    : JSON.stringify(data, null, 2);
}

export function renderText(body: FrameBody, element: HTMLElement): Promise<Rendered> {
  const pre = element.appendChild(document.createElement("pre"));
  const show = ({ data }: FrameBody) => pre.replaceChildren(...parseAnsi(textOf(data)).spans.map(spanOf));
  show(body);
  const { type } = body;
  const update = (next: FrameBody) => {
    const same = next.type === type;
    if (same) show(next);
    return Promise.resolve(same);
  };
  return Promise.resolve({ update });
}

function addressOf({ type, data }: FrameBody): string {
  if (data instanceof Blob) return URL.createObjectURL(data);
  return `data:${type};base64,${textOf(data).replace(/\s/g, "")}`;
}

/** Ready when it is decoded, so that it takes the place of the one before without a gap. */
export async function renderImage(body: FrameBody, element: HTMLElement): Promise<Rendered> {
  const image = document.createElement("img");
  image.className = "picture";
  image.alt = "";
  image.src = addressOf(body);
  const size = body.metadata[body.type];
  if (typeof size === "object" && size !== null) {
    const { width, height } = size as Readonly<Record<string, unknown>>;
    if (typeof width === "number") image.width = width;
    if (typeof height === "number") image.height = height;
  }
  element.append(image);
  await image.decode().catch(() => undefined);
  return { dispose: () => URL.revokeObjectURL(image.src) };
}
