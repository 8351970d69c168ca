/** Markdown as HTML of an exported file: what the page shows, once all of it is drawn. */
import { drawings } from "../text/drawings";
import { markdownNodes } from "../text/nodes";
import { escapeHtml } from "./text";

/** How long formulas and diagrams may take to come; what has not come by then stands as its source. */
const DRAWN_MS = 10_000;

/** Markdown as HTML, with formulas as MathML, which every browser draws without a style sheet or a font of its own. */
export async function markdownHtml(
  source: string,
  attachments: Readonly<Record<string, unknown>>,
  text: string,
): Promise<string> {
  const options = { text, attachments: attachments, editable: false, theme: "light" };
  const until = Date.now() + DRAWN_MS;
  let made = markdownNodes(source, options);
  while (made.waits && Date.now() < until) {
    await changed(until - Date.now());
    made = markdownNodes(source, options);
  }
  for (const drawn of made.nodes.querySelectorAll(".katex-html")) drawn.remove();
  const box = document.createElement("div");
  box.className = "prose";
  box.append(made.nodes);
  return box.outerHTML;
}

/** Code in its colours. */
export async function codeHtml(source: string, language: string): Promise<string> {
  const until = Date.now() + DRAWN_MS;
  let tokens = drawings.tokens(language, source);
  while (tokens === null && Date.now() < until) {
    await changed(until - Date.now());
    tokens = drawings.tokens(language, source);
  }
  if (tokens === null || tokens.length === 0) return escapeHtml(source);
  return tokens
    .map(({ text, classes }) =>
      classes === "" ? escapeHtml(text) : `<span class="${classes}">${escapeHtml(text)}</span>`,
    )
    .join("");
}

/** Until something was drawn, or that long. */
function changed(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const stop = drawings.subscribe(done);
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      stop();
      resolve();
    }
  });
}
