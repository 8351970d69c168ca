/**
 * The output frame: shows untrusted HTML, SVG and JavaScript in an opaque origin that holds no credential.
 *
 * It knows nothing of the notebook, the server or the person. It takes content from one port, and gives back its height
 * and the links that are clicked.
 */
import type { FrameContent, FrameItem, FromFrame, Handshake } from "./protocol";

const HANDSHAKE: Handshake = "noctule-frame-v1";

interface Shown {
  readonly item: FrameItem;
  readonly element: HTMLElement;
}

const shown = new Map<string, Shown>();
let port: MessagePort | null = null;
let working: Promise<void> = Promise.resolve();

const say = (message: FromFrame) => port?.postMessage(message);

/** Scripts that came by innerHTML do not run; copies do, one after the other as in a document. */
async function runScripts(root: HTMLElement): Promise<void> {
  for (const inert of root.querySelectorAll("script")) {
    const script = document.createElement("script");
    for (const { name, value } of inert.attributes) script.setAttribute(name, value);
    script.textContent = inert.textContent;
    const loads = script.src !== "" && !inert.hasAttribute("async");
    const done = loads
      ? new Promise((resolve) => {
          script.onload = script.onerror = resolve;
        })
      : Promise.resolve();
    inert.replaceWith(script);
    await done;
  }
}

function runJavaScript(element: HTMLElement, code: string): void {
  try {
    // The content is a program by definition; this origin exists to run it.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call
    new Function("element", code)(element);
  } catch (error) {
    element.textContent = String(error);
  }
}

async function fill(element: HTMLElement, item: FrameItem): Promise<void> {
  if (item.kind === "script") {
    runJavaScript(element, item.content);
    return;
  }
  element.innerHTML = item.content;
  await runScripts(element);
}

async function show(items: readonly FrameItem[]): Promise<void> {
  const wanted = new Set(items.map(({ id }) => id));
  for (const [id, { element }] of shown) {
    if (wanted.has(id)) continue;
    element.remove();
    shown.delete(id);
  }
  for (const item of items) {
    const old = shown.get(item.id);
    if (old?.item.content === item.content && old.item.kind === item.kind) continue;
    const element = old?.element ?? document.body.appendChild(document.createElement("div"));
    shown.set(item.id, { item, element });
    await fill(element, item);
  }
}

function receive(event: MessageEvent<FrameContent>): void {
  const { items } = event.data;
  working = working.then(() => show(items)).catch(() => undefined);
}

window.addEventListener("message", (event: MessageEvent<unknown>) => {
  const [first] = event.ports;
  if (port !== null || event.source !== window.parent || event.data !== HANDSHAKE || first === undefined) return;
  port = first;
  port.onmessage = receive;
  new ResizeObserver(() => say({ t: "height", height: document.body.scrollHeight })).observe(document.body);
});

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  const href = link?.getAttribute("href") ?? "#";
  if (link === null || href.startsWith("#") || event.defaultPrevented) return;
  event.preventDefault();
  say({ t: "link", href: (link as HTMLAnchorElement).href });
});
