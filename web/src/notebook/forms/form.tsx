/** A code cell with a form: the code, the form beside it, or the form alone. The form is the source, seen another way. */
import "./form.css";

import { Code, EyeOff } from "lucide-react";
import { memo, type ReactNode, Suspense, useEffect, useMemo, useRef } from "react";

import type { CellFacts } from "../../doc/layout";
import { IconButton } from "../../ui/button";
import { strings } from "../../words";
import { useBook, useCellMeta, useController, useMay, useSelected, useText } from "../context";
import { Markdown } from "../text/markdown";
import { FieldRow } from "./controls";
import { AUTO_RUN_MS, hasRun, keyed, type KeyedField, setView, viewOf, writeField } from "./edits";
import { type Form, readForm } from "./grammar";

const words = strings.forms;

interface WithFormProps {
  readonly cell: CellFacts;
  /** The source of the cell. */
  readonly children: ReactNode;
}

/**
 * The cell's source, and the form that it asks for. The source stands at the same place whether there is a form or not: an
 * editor in which somebody types the first `#@param` stays as it is.
 */
export function WithForm({ cell, children }: WithFormProps) {
  const source = useText(cell.source);
  const form = useMemo(() => readForm(source), [source]);
  const meta = useCellMeta(cell.id);
  const editing = useSelected(cell.id) === "edit";
  const view = form === null ? "code" : viewOf(meta, form);
  // Who is in the editor sees it, whatever the cell asks for: `display-mode` may just have been typed.
  const alone = view === "form" && !editing;
  return (
    <div className="with-form">
      <div className={`form-layout ${view === "code" ? "" : alone ? "form-only" : "both"}`}>
        <div className="form-code" hidden={alone}>
          {children}
        </div>
        {form !== null && view !== "code" && <FormPanel cell={cell} form={form} alone={view === "form"} />}
      </div>
    </div>
  );
}

interface PanelProps {
  readonly cell: CellFacts;
  readonly form: Form;
  readonly alone: boolean;
}

const FormPanel = memo(function FormPanel({ cell, form, alone }: PanelProps) {
  const { id } = cell;
  const book = useBook();
  const title = form.title?.text ?? "";
  const looking = !useMay("edit");
  const commit = useCommit(id, form.title?.auto ?? false);
  const fields = new Map(keyed(form).map((one) => [one.field, one]));
  return (
    <section className="form" aria-label={title === "" ? words.untitled : title} data-own-keys>
      <header className="form-head">
        <IconButton
          icon={alone ? Code : EyeOff}
          label={alone ? words.showCode : words.hideCode}
          onClick={() => book !== null && setView(book, id, alone ? "both" : "form")}
        />
        <FormTitle text={title} />
      </header>
      {form.rows.map((row, index) => {
        if (row.t === "markdown") return <FormText key={index} text={row.text} />;
        const one = fields.get(row);
        if (one === undefined) return null;
        return (
          <FieldRow
            key={`${one.name} ${one.nth}`}
            field={row}
            disabled={looking || book === null}
            onCommit={(text) => commit(one, text)}
          />
        );
      })}
      {looking && <p className="form-looking meta">{strings.share.cannotUse.form}</p>}
      <Problems form={form} />
    </section>
  );
});

/** Writes a value, and runs the cell a moment later when the form asks for that and the cell was run before. */
function useCommit(id: string, auto: boolean): (field: KeyedField, text: string) => void {
  const { session, running } = useController();
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (field, text) => {
    const { book } = session.status();
    const written = book === null ? "refused" : writeField(book, id, field, text);
    if (written !== "written" || !auto || !hasRun(session.runs, id)) return;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => running.run([id]), AUTO_RUN_MS);
  };
}

function FormTitle({ text }: { readonly text: string }) {
  if (text === "") return <span className="form-title" />;
  // Colab shows a title as a heading of some level when it begins with `#`; its size here is always the same.
  const plain = text.replace(/^#{1,6}\s+/, "");
  return (
    <div className="form-title" role="heading" aria-level={3}>
      <Suspense fallback={plain}>
        <Markdown source={plain} />
      </Suspense>
    </div>
  );
}

function FormText({ text }: { readonly text: string }) {
  return (
    <div className="form-text">
      <Suspense fallback={text}>
        <Markdown source={text} />
      </Suspense>
    </div>
  );
}

function Problems({ form: { problems } }: { readonly form: Form }) {
  if (problems.length === 0) return null;
  return (
    <ul className="form-problems">
      {problems.map(({ line, reason }) => (
        <li key={line}>{words.problem(line, words.reasons[reason])}</li>
      ))}
    </ul>
  );
}
