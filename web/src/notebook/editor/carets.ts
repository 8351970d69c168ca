/**
 * Carets and selections of others in one editor, with their names; and those of this editor, told to them. What comes of
 * others is a position or nothing (doc/positions.ts); names come from the server.
 */
import { type Extension, type Range, StateEffect, StateField, type Text } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, ViewPlugin, WidgetType } from "@codemirror/view";
import type * as Y from "yjs";

import { indexOf } from "../../doc/positions";
import type { Other } from "../../session/presence";
import { colourOf, shortNameOf } from "../people/names";

/** Who else is in this cell, as the editor needs it. */
export interface CellOthers {
  read(): readonly Other[];
  subscribe(listener: () => void): () => void;
  /** The ends of this editor's selection, while it has the keys. */
  moved(anchor: number, head: number): void;
}

class Caret extends WidgetType {
  private readonly other: Other;
  private readonly at: number;
  /** Where its name stands: above the line when there is one above. */
  private readonly side: "" | "below" | "beside";

  constructor(other: Other, at: number, side: "" | "below" | "beside") {
    super();
    this.other = other;
    this.at = at;
    this.side = side;
  }

  /** Another place is another caret: its name is shown again. */
  override eq(caret: Caret): boolean {
    const same = caret.other.key === this.other.key && caret.other.colour === this.other.colour;
    return same && caret.at === this.at && caret.side === this.side;
  }

  override toDOM(): HTMLElement {
    const caret = document.createElement("span");
    caret.className = `peer-caret ${colourOf(this.other)} ${this.side} ${this.other.own ? "own" : ""}`;
    caret.dataset["peer"] = this.other.key;
    caret.ariaHidden = "true";
    const name = document.createElement("span");
    name.className = "peer-name";
    // Shown by the style sheet: it is no text of the source, for whoever reads that.
    name.dataset["name"] = shortNameOf(this.other);
    caret.append(name);
    return caret;
  }

  /** A press on it is one on the text there. */
  override ignoreEvent(): boolean {
    return false;
  }
}

const show = StateEffect.define<DecorationSet>();

function drawn(source: Y.Text, others: readonly Other[], doc: Text): DecorationSet {
  const { length } = doc;
  const first = doc.lines === 1 ? "beside" : "below";
  const marks: Range<Decoration>[] = [];
  for (const other of others) {
    const { anchor, head } = other.place ?? {};
    const [from, to] = [indexIn(source, anchor, length), indexIn(source, head, length)];
    if (to === null) continue;
    if (from !== null && from !== to) {
      const mark = Decoration.mark({ class: `peer-selection ${colourOf(other)}` });
      marks.push(mark.range(Math.min(from, to), Math.max(from, to)));
    }
    const widget = new Caret(other, to, to <= doc.line(1).to ? first : "");
    marks.push(Decoration.widget({ widget, side: 1 }).range(to));
  }
  return Decoration.set(marks, true);
}

function indexIn(source: Y.Text, position: Uint8Array | null | undefined, length: number): number | null {
  const index = position == null ? null : indexOf(source, position);
  return index === null ? null : Math.min(index, length);
}

export function carets(source: Y.Text, others: CellOthers): Extension {
  const marks = StateField.define<DecorationSet>({
    create: ({ doc }) => drawn(source, others.read(), doc),
    update: (before, { changes, effects }) => effects.find((effect) => effect.is(show))?.value ?? before.map(changes),
    provide: (field) => EditorView.decorations.from(field),
  });
  const follow = ViewPlugin.define((view) => {
    const stop = others.subscribe(() => {
      view.dispatch({ effects: show.of(drawn(source, others.read(), view.state.doc)) });
    });
    return {
      update: ({ docChanged, selectionSet, focusChanged, state, view: { hasFocus } }) => {
        if (!hasFocus || !(docChanged || selectionSet || focusChanged)) return;
        const { anchor, head } = state.selection.main;
        others.moved(anchor, head);
      },
      destroy: stop,
    };
  });
  return [marks, follow];
}
