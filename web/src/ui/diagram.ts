/**
 * Diagrams in the language of mermaid, as pictures. The only file that knows mermaid, which is fetched with the first one.
 *
 * A diagram is not trusted: mermaid runs with `securityLevel: strict` and labels of plain text, takes no configuration from the source,
 * and what it draws is shown by an <img>, in which nothing runs, nothing is loaded and no link works.
 */
import type { Mermaid } from "mermaid";

import { LIMITS } from "../wire/types";
import { fetchPart } from "./part";

export interface Diagram {
  /** A data: URL. */
  readonly address: string;
  readonly width: number;
  readonly height: number;
}

export type Drawn =
  { readonly t: "diagram"; readonly diagram: Diagram } | { readonly t: "failed"; readonly why: string };

let mermaid: Promise<Mermaid> | null = null;
let queue: Promise<unknown> = Promise.resolve();
let count = 0;

/** Draws one diagram in the colours of the page as they are now. One at a time: mermaid draws in one place of the page. */
export function drawDiagram(source: string): Promise<Drawn> {
  if (source.length > LIMITS.DIAGRAM_CHARS) {
    return Promise.resolve({ t: "failed", why: `${source.length} > ${LIMITS.DIAGRAM_CHARS}` });
  }
  mermaid ??= fetchPart(() => import("mermaid")).then((module) => module.default);
  const drawn = queue.then(async () => draw(await (mermaid as Promise<Mermaid>), source));
  queue = drawn;
  return drawn;
}

/** A source may bring settings and a style sheet of its own; they stay out. */
export function plain(source: string): string {
  const without = source.replace(/^\s*---\r?\n[\s\S]*?\n---\s*(?:\n|$)/, "").replace(/%%\{[\s\S]*?\}%%/g, "");
  // What stood around one may be another.
  return without === source ? source : plain(without);
}

async function draw(engine: Mermaid, source: string): Promise<Drawn> {
  const place = document.createElement("div");
  place.setAttribute("style", "position: absolute; left: 0; top: 0; width: 900px; visibility: hidden; contain: strict");
  place.setAttribute("aria-hidden", "true");
  document.body.append(place);
  count += 1;
  try {
    engine.initialize(settings());
    const { svg } = await engine.render(`noctule-diagram-${count}`, plain(source), place);
    return { t: "diagram", diagram: picture(svg) };
  } catch (error) {
    return { t: "failed", why: error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error) };
  } finally {
    place.remove();
  }
}

function picture(text: string): Diagram {
  const svg = new DOMParser().parseFromString(text, "text/html").querySelector("svg");
  const [, , width = 0, height = 0] = (svg?.getAttribute("viewBox") ?? "").split(/[\s,]+/).map(Number);
  if (svg === null || !(width > 0 && height > 0)) throw new Error("No picture");
  svg.setAttribute("width", String(Math.ceil(width)));
  svg.setAttribute("height", String(Math.ceil(height)));
  svg.removeAttribute("style");
  const xml = new XMLSerializer().serializeToString(svg);
  const address = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(xml)}`;
  return { address, width: Math.ceil(width), height: Math.ceil(height) };
}

/** A picture has no part in the page's fonts: what it is measured with, it must also find by itself. */
const FONT = "system-ui, -apple-system, 'Segoe UI', sans-serif";

function settings(): Parameters<Mermaid["initialize"]>[0] {
  const colour = tokenColours();
  return {
    startOnLoad: false,
    securityLevel: "strict",
    suppressErrorRendering: true,
    maxTextSize: LIMITS.DIAGRAM_CHARS,
    maxEdges: 1_000,
    htmlLabels: false,
    flowchart: { useMaxWidth: false },
    secure: [
      ...["secure", "securityLevel", "startOnLoad", "maxTextSize", "maxEdges", "suppressErrorRendering"],
      ...[
        "htmlLabels",
        "flowchart",
        "theme",
        "themeCSS",
        "themeVariables",
        "fontFamily",
        "altFontFamily",
        "dompurifyConfig",
      ],
    ],
    theme: "base",
    fontFamily: FONT,
    themeVariables: {
      darkMode: colour("--ground") < colour("--ink"),
      fontFamily: FONT,
      fontSize: "14px",
      background: colour("--surface"),
      primaryColor: colour("--sunken"),
      primaryTextColor: colour("--ink"),
      primaryBorderColor: colour("--line-strong"),
      secondaryColor: colour("--surface"),
      tertiaryColor: colour("--ground"),
      lineColor: colour("--ink-2"),
      textColor: colour("--ink"),
      noteBkgColor: colour("--sunken"),
      noteTextColor: colour("--ink"),
      noteBorderColor: colour("--line-strong"),
      clusterBkg: colour("--ground"),
      clusterBorder: colour("--line-strong"),
      edgeLabelBackground: colour("--surface"),
      activeTaskBkgColor: colour("--sunken"),
      activeTaskBorderColor: colour("--night"),
    },
  };
}

/** The tokens as the page shows them now, as `#rrggbb`, which is what mermaid reckons with. */
function tokenColours(): (token: string) => string {
  const probe = document.createElement("span");
  document.body.append(probe);
  const found = new Map<string, string>();
  const read = (token: string) => {
    const known = found.get(token);
    if (known !== undefined) return known;
    probe.style.color = `var(${token})`;
    const parts = /(\d+),?\s+(\d+),?\s+(\d+)/.exec(getComputedStyle(probe).color)?.slice(1) ?? [];
    const hex = `#${parts.map((part) => Number(part).toString(16).padStart(2, "0")).join("")}`;
    found.set(token, hex);
    return hex;
  };
  for (const token of ["--surface", "--sunken", "--ink", "--ink-2", "--line-strong", "--ground", "--night"])
    read(token);
  probe.remove();
  return read;
}
