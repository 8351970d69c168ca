/**
 * Between a field's control and its literal: what a control shows for the literal that is there, and the literal that is
 * written for what a person chose. Pure. What is written has the quotes and the prefix of what was there.
 */
import type { Control, Field } from "./grammar";
import { type Literal, type StringStyle, writeString } from "./literal";

export interface Shown {
  /** What the control shows: text, a number as text, "True" or "False", or the label of a choice. */
  readonly text: string;
  /** False: what stands in the source is nothing that the control could have written. */
  readonly fits: boolean;
}

export function shownOf({ control, literal, code }: Field): Shown {
  const misfit: Shown = { text: literal?.t === "string" ? literal.text : code, fits: false };
  switch (control.t) {
    case "raw":
      return { text: code, fits: true };
    case "text":
      return literal?.t === "string" ? { text: literal.text, fits: true } : misfit;
    case "date":
      return literal?.t === "string" && /^(\d{4}-\d{2}-\d{2})?$/.test(literal.text)
        ? { ...misfit, fits: true }
        : misfit;
    case "boolean":
      return literal?.t === "boolean" ? { text: code, fits: true } : misfit;
    case "number":
      return numberShown(control.integer, literal) ?? misfit;
    case "slider":
      return within(control, literal) ?? misfit;
    case "choice":
      return choiceShown(control, literal, code) ?? misfit;
  }
}

function numberShown(integer: boolean, literal: Literal | null): Shown | null {
  if (literal?.t !== "number" || (integer && !literal.integer)) return null;
  return { text: literal.text, fits: true };
}

function within({ min, max }: Extract<Control, { t: "slider" }>, literal: Literal | null): Shown | null {
  if (literal?.t !== "number") return null;
  const number = Number(literal.text);
  return number >= min && number <= max ? { text: literal.text, fits: true } : null;
}

type ChoiceControl = Extract<Control, { t: "choice" }>;

function choiceShown({ choices, free }: ChoiceControl, literal: Literal | null, code: string): Shown | null {
  const text = literal?.t === "string" ? literal.text : null;
  const chosen = choices.find(({ writes }) => (writes.t === "string" ? writes.text === text : writes.code === code));
  if (chosen !== undefined) return { text: chosen.label, fits: true };
  if (free === "raw") return { text: code, fits: true };
  return free === "string" && text !== null ? { text, fits: true } : null;
}

const NUMBER = /^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** The literal for this in the control of the field; null when the control takes no such thing. */
export function literalFor({ control, literal }: Field, text: string): string | null {
  const style = literal?.t === "string" ? literal.style : null;
  switch (control.t) {
    case "raw":
      return rawCode(text);
    case "text":
      return writeString(text, style);
    case "date":
      return /^(\d{4}-\d{2}-\d{2})?$/.test(text) ? writeString(text, style) : null;
    case "boolean":
      return text === "True" || text === "False" ? text : null;
    case "number":
      return numberCode(text, control.integer);
    case "slider":
      return numberCode(text, false);
    case "choice":
      return choiceCode(control, text, style);
  }
}

/** Digits as Python takes them: no zeros in front, which would be a mistake there. */
function numberCode(text: string, integer: boolean): string | null {
  const trimmed = text.trim();
  if (!NUMBER.test(trimmed) || (integer && !/^-?\d+$/.test(trimmed))) return null;
  return trimmed.replace(/^(-?)0+(?=\d)/, "$1");
}

const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** Code that is whole on its line and in which no comment begins: else it would take something else of the cell with it. */
function rawCode(text: string): string | null {
  const code = text.trim();
  if (code === "" || /[\n\r]/.test(code)) return null;
  const open: string[] = [];
  let quote = "";
  for (let at = 0; at < code.length; at += 1) {
    const sign = code.charAt(at);
    if (quote !== "") {
      if (sign === "\\") at += 1;
      else if (sign === quote) quote = "";
    } else if (sign === '"' || sign === "'") quote = sign;
    else if (sign in CLOSING) open.push(CLOSING[sign] ?? "");
    else if (/[)\]}]/.test(sign)) {
      if (open.pop() !== sign) return null;
    } else if (sign === "#" || (sign === "\\" && at === code.length - 1)) return null;
  }
  return quote === "" && open.length === 0 ? code : null;
}

function choiceCode({ choices, free }: ChoiceControl, text: string, style: StringStyle | null): string | null {
  const chosen = choices.find(({ label }) => label === text);
  if (chosen?.writes.t === "code") return rawCode(chosen.writes.code);
  if (chosen !== undefined) return writeString(chosen.label, style);
  return free === null ? null : free === "raw" ? rawCode(text) : writeString(text, style);
}
