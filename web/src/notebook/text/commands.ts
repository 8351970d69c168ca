/** What can be done to the text of a text cell that is being written; the toolbar above it shows the same. */
import { LIMITS } from "../../wire/types";
import { bytes } from "../../ui/format";
import { strings } from "../../words";
import type { NotebookCommand } from "../commands/command";
import type { NotebookController } from "../controller";
import { attachmentOf, freeName } from "./attach";
import { type Action, format } from "./format";

const words = strings.text;

export const ACTIONS: readonly Action[] = [
  ...(["heading", "bold", "italic", "code", "link", "quote", "numbers"] as const),
  ...(["bullets", "tasks", "rule", "latex", "table"] as const),
];

const isText = ({ book, cell }: NotebookController) => book !== null && cell?.type === "markdown";

export const textCommands: readonly NotebookCommand[] = [
  ...ACTIONS.map((action): NotebookCommand => ({
    id: `text.${action}`,
    title: words.formatAs(words[action]),
    when: isText,
    run: (controller) => write(controller, action),
  })),
  {
    id: "text.preview",
    title: words.preview,
    checked: ({ settings }) => settings.read().textPreview,
    run: ({ settings }) => settings.change({ textPreview: !settings.read().textPreview }),
  },
];

/** Acts on what is selected in the editor of the cell in focus; at the end of a text that is not being written. */
export function write({ book, cell, editor }: NotebookController, action: Action): void {
  if (cell === null) return;
  const handle = editor.of(cell.id);
  const text = cell.source.toJSON();
  const [range = { from: text.length, to: text.length }] = handle?.selections() ?? [];
  const { changes, selection } = format(action, text, range, words.samples);
  if (handle !== null) handle.change(changes, selection);
  else for (const { from, to, insert } of [...changes].reverse()) book?.spliceSource(cell.id, from, to, insert);
}

/** Keeps pictures with the cell and shows them where the caret is; says what was made smaller, and what cannot be kept. */
export async function attach(controller: NotebookController, id: string, files: readonly File[]): Promise<void> {
  const { toasts } = controller;
  for (const file of files) {
    const made = await attachmentOf(file);
    const { book } = controller;
    const cell = book?.cell(id) ?? null;
    if (book === null || cell === null) return;
    if (made.t === "ready") {
      const name = freeName(book.attachments(id), made.name);
      book.attach(id, name, { [made.type]: made.base64 });
      insert(controller, id, `![${name}](attachment:${name})`);
      if (made.shrunk) toasts.say(words.shrunk(file.name, bytes(made.bytes)));
    } else if (made.t === "no-picture") toasts.say(words.noPicture(file.name), null, true);
    else toasts.say(words.tooLarge(file.name, bytes(LIMITS.ATTACHMENT_BYTES)), null, true);
  }
}

/** At the caret of the editor; at the end of a text that is not being written. */
function insert({ book, editor }: NotebookController, id: string, text: string): void {
  const handle = editor.of(id);
  const length = book?.cell(id)?.source.length ?? 0;
  if (handle === null) {
    book?.spliceSource(id, length, length, `${length === 0 ? "" : "\n\n"}${text}`);
    return;
  }
  const { to } = handle.selections()[0] ?? { to: length };
  handle.change([{ from: to, to, insert: text }], { from: to + text.length, to: to + text.length });
}
