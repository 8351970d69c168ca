/** HTML, SVG and JavaScript, run as in a document: scripts one after the other, in order. */
import { textsWithFormulas } from "../formula";
import type { FrameBody } from "../protocol";
import { Writing } from "../writing";
import { textOf } from "./plain";
import type { Rendered } from "./render";

/** It asks for an AMD loader or for jQuery, which notebooks have always found in their page. */
const WANTS_LOADER =
  /\brequirejs\b|\brequire\s*(?:\(\s*\[|\.(?:config|undef|specified|defined)\b)|(?:\bjQuery|(?<![\w$])\$)\s*[(.]/;

const JAVASCRIPT = /^(?:|module|text\/javascript|application\/javascript|text\/ecmascript|application\/ecmascript)$/i;

const outputOf = (element: Element): HTMLElement => element.closest<HTMLElement>(".output") ?? document.body;

/** Scripts that came by innerHTML do not run; copies do, one after the other as in a document. */
async function runScripts(scripts: Iterable<HTMLScriptElement>): Promise<void> {
  for (const inert of scripts) {
    if (!JAVASCRIPT.test(inert.type)) continue;
    const script = document.createElement("script");
    for (const { name, value } of inert.attributes) script.setAttribute(name, value);
    script.textContent = writing.named(inert.textContent, outputOf(inert));
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

const writing = new Writing(runScripts);

/** Before any content: from then on no script can write the frame away. */
export function keepDocument(): void {
  writing.install();
}

async function offerLoader(code: string): Promise<void> {
  if (WANTS_LOADER.test(code)) (await import("../amd/install")).installLoader();
}

/** Images that are in the HTML itself are decoded before it is shown. */
function imagesReady(element: HTMLElement): Promise<unknown> {
  const own = [...element.querySelectorAll("img")].filter(({ src }) => src.startsWith("data:"));
  return Promise.all(own.map((image) => image.decode().catch(() => undefined)));
}

export async function drawFormulas(element: HTMLElement): Promise<void> {
  const texts = textsWithFormulas(element);
  if (texts.length > 0) (await import("./math")).typeset(texts);
}

export async function renderHtml(body: FrameBody, element: HTMLElement): Promise<Rendered> {
  const html = textOf(body.data);
  if (/<script/i.test(html)) await offerLoader(html);
  element.innerHTML = html;
  await drawFormulas(element);
  await runScripts(element.querySelectorAll("script"));
  await imagesReady(element);
  return {};
}

export async function renderScript(body: FrameBody, element: HTMLElement): Promise<Rendered> {
  const code = textOf(body.data);
  await offerLoader(code);
  // The content is a program by definition; this origin exists to run it.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call
  new Function("element", writing.named(code, outputOf(element)))(jupyterElement(element));
  return {};
}

/** Notebooks write `element.append(...)`, `element.text(...)`, `element.html(...)` and `element[0]`. */
function jupyterElement(element: HTMLElement): HTMLElement {
  return Object.assign(element, {
    0: element,
    text: (text: string) => {
      element.textContent = text;
    },
    html: (html: string) => {
      element.innerHTML = html;
    },
    get: () => element,
  });
}
