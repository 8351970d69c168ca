/**
 * What needs a script to be seen, in an exported file: in a frame of an opaque origin, without cookie, storage, or anything
 * of the file around it. The frame tells its height, and the one script of the file follows.
 */
import { strings } from "../../words";
import { escapeHtml } from "./text";

const LEAST_PX = 24;
const TALLEST_PX = 4_000;
/** What grows with its frame (`100vh`) would grow for ever. */
const MOST_TIMES = 100;

/** The script of the file. A frame says a number and nothing else. */
export const HEIGHTS = `<script>
const told = new WeakMap();
addEventListener("message", ({ source, data }) => {
  const height = Number(data?.noctuleHeight);
  const frame = [...document.querySelectorAll(".frame > iframe")].find((one) => one.contentWindow === source);
  const times = (told.get(frame ?? window) ?? 0) + 1;
  if (frame === undefined || !(height >= 0) || times > ${MOST_TIMES}) return;
  told.set(frame, times);
  const { style } = frame.parentElement;
  style.height = Math.min(Math.max(height, ${LEAST_PX}), ${TALLEST_PX}) + "px";
  style.resize = "none";
});
</script>`;

const STYLES = `<style>
html { color-scheme: light; }
body { display: flow-root; margin: 0; font: 14px/20px system-ui, sans-serif; }
img, svg { max-width: 100%; }
table { border: 0; border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 8px; border: 0; text-align: right; }
thead th { border-bottom: 1px solid #b9b8b2; }
tbody tr:nth-child(even) { background: #f4f3ef; }
</style>`;

const TELL = `<script>
new ResizeObserver(() => {
  const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
  parent.postMessage({ noctuleHeight: height }, "*");
}).observe(document.documentElement);
</script>`;

export function frameHtml(html: string): string {
  const title = escapeHtml(strings.output.frame);
  const whole = escapeHtml(`<!doctype html>${STYLES}${TELL}<body>${html}`);
  return `<div class="output frame"><iframe sandbox="allow-scripts" title="${title}" srcdoc="${whole}"></iframe></div>`;
}

/** With `element`, which stands for the output: a node that can do what notebooks do with jQuery's. */
export function scriptHtml(code: string): string {
  // No text of it can close the script around it.
  const text = JSON.stringify(code).replace(/</g, "\\u003c");
  return frameHtml(`<div></div><script>
{
  const node = document.currentScript.previousElementSibling;
  const element = Object.assign(node, {
    0: node,
    get: () => node,
    text: (text) => void (node.textContent = text),
    html: (html) => void (node.innerHTML = html),
  });
  new Function("element", ${text})(element);
}
</script>`);
}
