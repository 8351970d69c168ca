/** One cell of a comparison: what became of it, its source on both sides, metadata, and its outputs when asked for. */
import { ArrowUpDown, ChevronDown, ChevronRight, RotateCcw } from "lucide-react";
import { useState } from "react";

import type { CellThen } from "../../net/revisions-rest";
import { Button } from "../../ui/button";
import { strings } from "../../words";
import type { Sides } from "./history";
import type { DiffLayout } from "./merge";
import { PastOutputs } from "./past-outputs";
import { metadataChanges, type Row } from "./rows";
import { SourceAlone, SourceDiff } from "./source-diff";

const words = strings.revisions;

/** What the cells of one comparison share. */
export interface CellsContext {
  readonly sides: Sides;
  readonly titles: { readonly old: string; readonly new: string };
  readonly layout: DiffLayout;
  /** Of code, by its name. */
  readonly language: string;
  /** Of which side cells can be had back; null: of none. */
  readonly restores: "old" | "new" | null;
  readonly onRestore: (row: Row, cell: CellThen) => void;
}

interface CellProps {
  readonly row: Row;
  readonly context: CellsContext;
}

const kindOf = ({ type }: CellThen): string => strings.cell.kind[type];

export function ComparedCell({ row, context }: CellProps) {
  const { cell, fate, moved, differences } = row;
  const [opened, setOpened] = useState(false);
  const [whole, setWhole] = useState(false);
  const [folded, setFolded] = useState(false);
  const hasOutputs = row.old?.outputs === true || row.new?.outputs === true;
  const changed = fate !== "same";
  return (
    <section
      className={`compared ${fate}`}
      aria-label={words.cellLabel(kindOf(cell), words.fate[fate])}
      {...(changed && { tabIndex: -1, "data-change": row.key })}
    >
      <header className="compared-head">
        <span className={`fate ${fate}`}>{words.fate[fate]}</span>
        <span className="compared-kind">{kindOf(cell)}</span>
        {moved && fate !== "moved" && (
          <span className="compared-what">
            <ArrowUpDown aria-hidden />
            {words.fate.moved}
          </span>
        )}
        {differences.map((what) => (
          <span key={what} className="compared-what">
            {words.what[what]}
          </span>
        ))}
        <span className="grow" />
        {folded && <Button onClick={() => setWhole(true)}>{words.diff.whole}</Button>}
        {hasOutputs && (
          <Button icon={opened ? ChevronDown : ChevronRight} aria-expanded={opened} onClick={() => setOpened(!opened)}>
            {opened ? words.outputs.hide : words.outputs.show}
          </Button>
        )}
        <RestoreCell row={row} context={context} />
      </header>
      <Source row={row} context={context} folds={!whole} onFolded={setFolded} />
      <Notes row={row} />
      {opened && <Outputs row={row} context={context} />}
    </section>
  );
}

function RestoreCell({ row, context: { restores, onRestore } }: CellProps) {
  const cell = restores === null ? null : row[restores];
  if (cell === null || row.fate === "same" || row.fate === "moved") return null;
  return (
    <Button icon={RotateCcw} onClick={() => onRestore(row, cell)}>
      {words.restoreCell}
    </Button>
  );
}

const languageOf = ({ type }: CellThen, language: string): string =>
  ({ code: language, markdown: "markdown", raw: "plain" })[type];

interface SourceProps extends CellProps {
  readonly folds: boolean;
  readonly onFolded: (folded: boolean) => void;
}

function Source({ row, context, folds, onFolded }: SourceProps) {
  const { old, cell, fate, differences } = row;
  const language = languageOf(cell, context.language);
  if (old !== null && row.new !== null && differences.includes("source")) {
    const { layout, titles } = context;
    return <SourceDiff {...{ layout, titles, language, folds, onFolded }} old={old.source} new={row.new.source} />;
  }
  const alone = fate === "added" || fate === "removed" ? fate : "same";
  return (
    <div className={`compared-alone ${alone} ${context.layout}`}>
      <SourceAlone source={cell.source} language={language} fate={alone} />
    </div>
  );
}

/** What is different beside source and outputs, in words. */
function Notes({ row }: { readonly row: Row }) {
  const { old, differences } = row;
  const changes = metadataChanges(row);
  return (
    <>
      {old !== null && row.new !== null && differences.includes("type") && (
        <p className="compared-note">{words.typeChange(kindOf(old), kindOf(row.new))}</p>
      )}
      {differences.includes("attachments") && <p className="compared-note">{words.attachmentsChanged}</p>}
      {changes.length > 0 && (
        <dl className="compared-meta" aria-label={words.metadataOf}>
          {changes.map(({ key, was, is }) => (
            <div key={key}>
              <dt>{key}</dt>
              <dd>
                <Value text={was} side="was" />
                <span className="meta">{words.becomes}</span>
                <Value text={is} side="is" />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}

function Value({ text, side }: { readonly text: string | null; readonly side: "was" | "is" }) {
  return text === null ? <em className="meta">{words.absent}</em> : <code className={side}>{text}</code>;
}

function Outputs({ row, context: { sides, titles, layout } }: CellProps) {
  return (
    <div className={`compared-outputs ${layout}`}>
      {row.old !== null && <PastOutputs moment={sides.old} cell={row.old.id} title={titles.old} />}
      {row.new !== null && <PastOutputs moment={sides.new} cell={row.new.id} title={titles.new} />}
    </div>
  );
}
