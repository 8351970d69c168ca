/** Tags and metadata of a cell, or the metadata of the notebook, as JSON. What is no JSON object is not saved. */
import "./metadata-dialog.css";

import { X } from "lucide-react";
import { type SubmitEvent, useState } from "react";

import type { Fields, NotebookDoc } from "../../doc/notebook-doc";
import { Button, IconButton } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { strings } from "../../words";
import { useCellMeta, useController, useNotebookMeta } from "../context";
import type { DialogProps } from "./dialogs";

const words = strings.shell.metadata;

export default function MetadataDialog({ about, onClose }: DialogProps) {
  const { book } = useController();
  if (book === null) return null;
  return typeof about === "string" ? (
    <CellDialog id={about} book={book} onClose={onClose} />
  ) : (
    <NotebookDialog book={book} onClose={onClose} />
  );
}

interface PartProps {
  readonly book: NotebookDoc;
  readonly onClose: () => void;
}

function CellDialog({ id, book, onClose }: PartProps & { readonly id: string }) {
  const meta = useCellMeta(id);
  const save = (wanted: Fields) => write(meta, wanted, (key, value) => book.setMeta(id, key, value), book);
  return (
    <Dialog title={words.cellTitle} onClose={onClose}>
      <Tags tags={tagsOf(meta)} onChange={(tags) => book.setMeta(id, "tags", tags.length === 0 ? undefined : tags)} />
      <JsonForm key={JSON.stringify(meta)} meta={meta} onSave={save} onClose={onClose} />
    </Dialog>
  );
}

function NotebookDialog({ book, onClose }: PartProps) {
  const meta = useNotebookMeta();
  const save = (wanted: Fields) => write(meta, wanted, (key, value) => book.setNotebookMeta(key, value), book);
  return (
    <Dialog title={words.notebookTitle} onClose={onClose}>
      <JsonForm meta={meta} onSave={save} onClose={onClose} />
    </Dialog>
  );
}

/** Writes only the keys that differ, so that what others change meanwhile stays. */
function write(old: Fields, wanted: Fields, set: (key: string, value: unknown) => void, book: NotebookDoc): void {
  const keys = new Set([...Object.keys(old), ...Object.keys(wanted)]);
  book.group(() => {
    for (const key of keys) if (JSON.stringify(old[key]) !== JSON.stringify(wanted[key])) set(key, wanted[key]);
  });
}

export function tagsOf(meta: Fields): readonly string[] {
  const { tags } = meta;
  return Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === "string") : [];
}

interface TagsProps {
  readonly tags: readonly string[];
  readonly onChange: (tags: readonly string[]) => void;
}

function Tags({ tags, onChange }: TagsProps) {
  const [draft, setDraft] = useState("");
  const add = (event: SubmitEvent) => {
    event.preventDefault();
    const made = draft.split(/[\s,]+/).filter((tag) => tag !== "" && !tags.includes(tag));
    if (made.length > 0) onChange([...tags, ...made]);
    setDraft("");
  };
  return (
    <form className="tags" onSubmit={add} aria-label={words.tags}>
      {tags.map((tag) => (
        <span key={tag} className="tag">
          {tag}
          <IconButton
            icon={X}
            label={words.removeTag(tag)}
            onClick={() => onChange(tags.filter((other) => other !== tag))}
          />
        </span>
      ))}
      <input
        className="field"
        aria-label={words.addTag}
        placeholder={words.addTag}
        value={draft}
        onChange={({ target }) => setDraft(target.value)}
      />
      <p className="meta">{words.tagHint}</p>
    </form>
  );
}

function parse(text: string): Fields | string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : text.slice(0, 40);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

interface JsonFormProps {
  readonly meta: Fields;
  readonly onSave: (meta: Fields) => void;
  readonly onClose: () => void;
}

function JsonForm({ meta, onSave, onClose }: JsonFormProps) {
  const [text, setText] = useState(() => JSON.stringify(meta, null, 2));
  const parsed = parse(text);
  const bad = typeof parsed === "string";
  const save = (event: SubmitEvent) => {
    event.preventDefault();
    if (bad) return;
    onSave(parsed);
    onClose();
  };
  return (
    <form onSubmit={save}>
      <textarea
        className="field metadata-json"
        aria-label={words.json}
        aria-invalid={bad}
        spellCheck={false}
        rows={12}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <p className={bad ? "meta bad" : "meta"} role="status">
        {bad ? words.invalid(parsed) : ""}
      </p>
      <div className="actions">
        <Button look="outlined" onClick={onClose}>
          {strings.cancel}
        </Button>
        <Button look="primary" type="submit" disabled={bad}>
          {strings.save}
        </Button>
      </div>
    </form>
  );
}
