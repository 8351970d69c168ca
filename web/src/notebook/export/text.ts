/** Text as HTML: escaped, with the colours that it has. Pure. */
import { type AnsiStyle, parseAnsi } from "../../runs/ansi";

const SIGNS: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => SIGNS[sign] ?? sign);

function styleOf(style: AnsiStyle): string {
  const paint = (color: string) => (color.startsWith("#") ? color : `var(--ansi-${color.replace("bright-", "")})`);
  const [front, back] = style.inverse ? [style.background, style.color] : [style.color, style.background];
  const line = [style.underline && "underline", style.strike && "line-through"].filter(Boolean).join(" ");
  return [
    front !== null && `color:${paint(front)}`,
    back !== null && `background:${paint(back)}`,
    style.bold && "font-weight:700",
    style.dim && "opacity:.7",
    style.italic && "font-style:italic",
    line !== "" && `text-decoration:${line}`,
  ]
    .filter(Boolean)
    .join(";");
}

/** Colours are palette names or `#rrggbb`, by the parser: nothing of the text gets into a style. */
export function ansiHtml(text: string): string {
  return parseAnsi(text)
    .spans.map(({ text: part, style }) => {
      const look = styleOf(style);
      return look === "" ? escapeHtml(part) : `<span style="${look}">${escapeHtml(part)}</span>`;
    })
    .join("");
}
