/**
 * What rendered text waits for: formulas, diagrams and coloured code, drawn once and kept. Asking gives what is there, or
 * nothing yet; who was given nothing is told when there is more.
 */
import { type Diagram, drawDiagram, type Drawn } from "../../ui/diagram";
import { type Latex, loadLatex, type Macros } from "../../ui/latex";
import { fetchPart } from "../../ui/part";
import { cleanFormula } from "../../ui/sanitize";
import type { Token } from "../editor/highlight";

export type { Diagram, Drawn };

/** So many drawings of each kind are kept; the oldest go first. */
const KEPT = 500;

type Listener = () => void;
type Colours = (text: string) => readonly Token[];

class Drawings {
  private readonly listeners = new Set<Listener>();
  private latex: Latex | null = null;
  private asked = false;
  private readonly formulas = new Map<string, DocumentFragment>();
  private readonly diagrams = new Map<string, Drawn | null>();
  /** Of a language: its reader, or null while that is on its way. */
  private readonly colours = new Map<string, Colours | null>();

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** A copy of the formula as it is shown; null when KaTeX is on its way; "long" when it is too long to be drawn. */
  formula(tex: string, display: boolean, macros: Macros | null): Node | "long" | null {
    if (this.latex === null) {
      this.askForLatex();
      return null;
    }
    const key = `${display ? "d" : "i"}${tex}`;
    let drawn = macros === null ? this.formulas.get(key) : undefined;
    if (drawn === undefined) {
      const html = this.latex.render(tex, display, macros ?? {});
      if (html === null) return "long";
      drawn = cleanFormula(html);
      // What a text has defined for itself is no formula for others.
      if (macros === null) keep(this.formulas, key, drawn);
    }
    return drawn.cloneNode(true);
  }

  /** `theme` is a part of what is drawn: a diagram has the colours of the page. */
  diagram(source: string, theme: string): Drawn | null {
    const key = `${theme} ${source}`;
    const drawn = this.diagrams.get(key);
    if (drawn !== undefined) return drawn;
    keep(this.diagrams, key, null);
    void drawDiagram(source).then((made) => {
      keep(this.diagrams, key, made);
      this.tell();
    });
    return null;
  }

  tokens(language: string, text: string): readonly Token[] | null {
    const colours = this.colours.get(language);
    if (colours !== undefined) return colours?.(text) ?? null;
    this.colours.set(language, null);
    void fetchPart(() => import("./fences")).then(async ({ prepare, coloured }) => {
      await prepare(language);
      this.colours.set(language, (code) => coloured(language, code));
      this.tell();
    });
    return null;
  }

  private askForLatex(): void {
    if (this.asked) return;
    this.asked = true;
    void loadLatex().then((latex) => {
      this.latex = latex;
      this.tell();
    });
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > KEPT && oldest !== undefined) map.delete(oldest);
}

/** One for the page. */
export const drawings = new Drawings();
