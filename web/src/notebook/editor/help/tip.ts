/**
 * One tip at a time above the code: the signature of the call that one writes, or all that is known of the name at the
 * caret. It is asked for, comes when it is known, and goes with Escape, with the caret, or with what one writes.
 *
 *   none --"(" or "," typed--> signature --caret leaves the call, Escape--> none
 *   none --asked for---------> inspection --asked for again--> with the source --caret moves, an edit, Escape--> none
 */
import { type Extension, Prec, StateEffect, StateField } from "@codemirror/state";
import { EditorView, keymap, showTooltip, type Tooltip, type ViewUpdate } from "@codemirror/view";

import type { Inspected, Problem } from "../../../wire/types";
import { type Call, callAt } from "./call";
import { toCodePoints } from "./code-points";
import { parameterAt, type Signature, signatureOf } from "./signature";
import { stripAnsi } from "../../../runs/ansi";

export type Inspection =
  { readonly t: "found"; readonly found: Inspected } | { readonly t: "problem"; readonly problem: Problem };

/** What is known of the name at the caret, which is counted in code points; null when it is of no interest any more. */
export type AskInspection = (code: string, cursor: number, detail: 0 | 1) => Promise<Inspection | null>;

export type Tip =
  | { readonly t: "signature"; readonly pos: number; readonly signature: Signature; readonly active: number | null }
  | { readonly t: "inspection"; readonly pos: number; readonly detail: 0 | 1; readonly text: string | null }
  | { readonly t: "problem"; readonly pos: number; readonly problem: Problem };

/** Draws a tip into a page; gives what takes it away again. */
export type DrawTip = (parent: HTMLElement, tip: Tip) => () => void;

const setTip = StateEffect.define<Tip | null>();

/** What a tip becomes by an edit or a move of the caret. */
function carried(tip: Tip, { state, changes, docChanged, selection }: ViewUpdateLike): Tip | null {
  if (tip.t !== "signature") return docChanged || selection !== undefined ? null : tip;
  const pos = changes.mapPos(tip.pos);
  const call = callAt(state, state.selection.main.head);
  if (call?.open !== pos) return null;
  const active = parameterAt(tip.signature, call);
  return pos === tip.pos && active === tip.active ? tip : { ...tip, pos, active };
}

interface ViewUpdateLike {
  readonly state: EditorView["state"];
  readonly changes: { mapPos(pos: number): number };
  readonly docChanged: boolean;
  readonly selection: unknown;
}

function tipField(draw: DrawTip): StateField<Tip | null> {
  return StateField.define<Tip | null>({
    create: () => null,
    update: (tip, transaction) => {
      for (const effect of transaction.effects) if (effect.is(setTip)) return effect.value;
      return tip === null ? null : carried(tip, transaction);
    },
    provide: (field) => showTooltip.from(field, (tip) => (tip === null ? null : tooltipOf(tip, draw))),
  });
}

function tooltipOf(tip: Tip, draw: DrawTip): Tooltip {
  return {
    pos: tip.pos,
    above: true,
    arrow: false,
    create: () => {
      const dom = document.createElement("div");
      dom.className = `code-tip ${tip.t}`;
      dom.setAttribute("role", "tooltip");
      // The editor keeps the keys while one scrolls in the tip.
      dom.onmousedown = (event) => event.preventDefault();
      const forget = draw(dom, tip);
      // After CodeMirror has done with it: what draws may not be in the middle of drawing.
      return { dom, destroy: () => void setTimeout(forget) };
    },
  };
}

function typed({ transactions }: ViewUpdate): string {
  let text = "";
  for (const transaction of transactions) {
    if (!transaction.isUserEvent("input.type")) continue;
    transaction.changes.iterChanges((_fromA, _toA, _fromB, _toB, inserted) => (text += inserted.toString()));
  }
  return text;
}

export interface Tips {
  readonly extension: Extension;
  /** Says what is known of the name at the caret; said again, with its source. */
  readonly inspect: (view: EditorView) => boolean;
}

export function tips(ask: AskInspection, draw: DrawTip): Tips {
  const field = tipField(draw);
  const asked = (view: EditorView, pos: number, detail: 0 | 1) => {
    const code = view.state.doc.toString();
    return ask(code, toCodePoints(code, pos), detail);
  };
  const sign = async (view: EditorView, call: Call) => {
    const said = await asked(view, view.state.selection.main.head, 0);
    const text = said?.t === "found" ? said.found.data["text/plain"] : undefined;
    const signature = text === undefined ? null : signatureOf(stripAnsi(text));
    // One may have written on; it is shown as long as that is the same call.
    const now = callAt(view.state, view.state.selection.main.head);
    if (signature === null || now?.open !== call.open) return;
    const tip: Tip = { t: "signature", pos: call.open, signature, active: parameterAt(signature, now) };
    view.dispatch({ effects: setTip.of(tip) });
  };
  const inspect = (view: EditorView) => {
    const before = view.state.field(field);
    const pos = view.state.selection.main.head;
    const detail = before?.t === "inspection" && before.text !== null ? 1 : 0;
    const { doc } = view.state;
    void asked(view, pos, detail).then((said) => {
      if (said === null || view.state.doc !== doc || view.state.selection.main.head !== pos) return;
      view.dispatch({ effects: setTip.of(tipOf(said, pos, detail)) });
    });
    return true;
  };
  const close = (view: EditorView) => {
    if (view.state.field(field) === null) return false;
    view.dispatch({ effects: setTip.of(null) });
    return true;
  };
  const follow = EditorView.updateListener.of((update) => {
    if (!update.docChanged || !/[(,]/.test(typed(update))) return;
    const call = callAt(update.state, update.state.selection.main.head);
    const open = update.state.field(field);
    if (call !== null && !(open?.t === "signature" && open.pos === call.open)) void sign(update.view, call);
  });
  const keys = keymap.of([
    { key: "Escape", run: close },
    { key: "Shift-Tab", run: (view) => isAtName(view) && inspect(view) },
  ]);
  const leave = EditorView.domEventHandlers({ blur: (_event, view) => void setTimeout(() => close(view)) });
  return { extension: [field, follow, leave, Prec.high(keys)], inspect };
}

function tipOf(said: Inspection, pos: number, detail: 0 | 1): Tip {
  if (said.t === "problem") return { t: "problem", pos, problem: said.problem };
  const { found, data } = said.found;
  return { t: "inspection", pos, detail, text: found ? (data["text/plain"] ?? null) : null };
}

/** Nothing is selected and a name, or what is called, stands before the caret: else Shift+Tab takes indentation away. */
function isAtName({ state }: EditorView): boolean {
  const { main, ranges } = state.selection;
  if (!main.empty || ranges.length > 1) return false;
  return /[\p{L}\p{N}_.(,)\]] ?$/u.test(
    state.doc.lineAt(main.head).text.slice(0, main.head - state.doc.lineAt(main.head).from),
  );
}
