/** The call around the caret, by the syntax of the code: where its brackets open, and which argument the caret is in. */
import { syntaxTree } from "@codemirror/language";
import type { EditorState } from "@codemirror/state";

import type { Argument } from "./signature";

export interface Call extends Argument {
  /** Where its bracket opens. */
  readonly open: number;
}

export function callAt(state: EditorState, pos: number): Call | null {
  let list = syntaxTree(state).resolveInner(pos, -1);
  const isAround = () =>
    list.name === "ArgList" && pos > list.from && !(list.lastChild?.name === ")" && pos >= list.to);
  while (!isAround()) {
    if (list.parent === null) return null;
    list = list.parent;
  }
  const commas = list.getChildren(",").filter(({ to }) => to <= pos);
  const from = commas.at(-1)?.to ?? list.from + 1;
  const keyword = /^\s*([\p{L}_][\p{L}\p{N}_]*)\s*=(?!=)/u.exec(state.sliceDoc(from, Math.max(pos, from)))?.[1] ?? null;
  return { open: list.from, index: commas.length, keyword };
}
