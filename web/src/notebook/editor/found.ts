/** Marks in an editor what find and replace has found. The marks move with the text until the next search. */
import { RangeSetBuilder, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView } from "@codemirror/view";

interface Marks {
  readonly found: readonly { readonly from: number; readonly to: number }[];
  readonly at: number | null;
}

const setMarks = StateEffect.define<Marks>();
const one = Decoration.mark({ class: "found" });
const current = Decoration.mark({ class: "found found-at" });

function decorations({ found, at }: Marks, length: number): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  found.forEach(({ from, to }, index) => {
    if (to <= length) builder.add(from, to, index === at ? current : one);
  });
  return builder.finish();
}

export const foundMarks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (marks, transaction) => {
    let next = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(setMarks)) next = decorations(effect.value, transaction.state.doc.length);
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

export function markFound(view: EditorView, found: Marks["found"], at: number | null): void {
  if (found.length === 0 && view.state.field(foundMarks).size === 0) return;
  view.dispatch({ effects: setMarks.of({ found, at }) });
}
