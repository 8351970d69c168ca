/** What the editor of a text cell does beyond that of any, and needs the grammar of Markdown for: lists that go on. Lazy. */
import { deleteMarkupBackward, insertNewlineContinueMarkup } from "@codemirror/lang-markdown";
import { type Extension, Prec } from "@codemirror/state";
import { keymap } from "@codemirror/view";

export const writing: Extension = Prec.high(
  keymap.of([
    { key: "Enter", run: insertNewlineContinueMarkup },
    { key: "Backspace", run: deleteMarkupBackward },
  ]),
);
