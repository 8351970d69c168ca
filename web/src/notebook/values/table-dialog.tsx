/** A table of the kernel over the page: what it is, its conditions, and its rows. What is nested opens in place. */
import "./values.css";

import { ChevronRight, RotateCw, X } from "lucide-react";
import { useState, useSyncExternalStore } from "react";

import { Button, IconButton } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { count } from "../../ui/format";
import type { Condition, Subject } from "../../wire/types";
import { strings } from "../../words";
import { useController } from "../context";
import { ConditionEditor } from "./condition-editor";
import { ProblemLine, ProblemNote } from "./problem-note";
import { TableGrid } from "./table-grid";
import { type TableHead, TableSource, type TableState } from "./table-source";

const words = strings.values.table;

interface TableDialogProps {
  /** A Subject. */
  readonly about: unknown;
  readonly onClose: () => void;
}

export default function TableDialog({ about, onClose }: TableDialogProps) {
  const { session } = useController();
  const subject = about as Subject;
  const [source] = useState(() => new TableSource(subject, (look) => session.ask(look)));
  const state = useSyncExternalStore(source.subscribe, source.read);
  const [filtered, setFiltered] = useState<number | null>(null);
  const { head, problem, busy } = state;
  const name = subject.t === "named" ? subject.name : words.result;
  const search = (where: readonly Condition[]) => {
    setFiltered(null);
    source.search(where);
  };
  return (
    <Dialog title={head === null ? name : words.title(name, head.type)} size="page" onClose={onClose}>
      <div className="table-bar">
        <span className="meta tabular" role="status">
          {head === null ? (busy ? words.loading : "") : sizes(head)}
        </span>
        <span className="grow" />
        <IconButton icon={RotateCw} label={strings.refresh} onClick={() => source.refresh()} />
      </div>
      {head !== null && head.found !== "name" && (
        <p className="meta">{head.found === "variable" ? words.asNow(head.name) : words.resultNow}</p>
      )}
      <Path source={source} state={state} name={name} />
      <Conditions source={source} state={state} onChange={search} />
      {filtered !== null && (
        <ConditionEditor
          key={filtered}
          column={filtered}
          title={source.column(filtered)?.name ?? words.index}
          numeric={source.column(filtered)?.numeric ?? false}
          onAnswer={(condition) => search([...state.where, condition])}
          onClose={() => setFiltered(null)}
        />
      )}
      {problem !== null && head !== null && <ProblemLine problem={problem} onRetry={() => source.refresh()} />}
      {problem !== null && head === null ? (
        <ProblemNote problem={problem} onRetry={() => source.refresh()} />
      ) : (
        <TableGrid source={source} state={state} onFilter={setFiltered} />
      )}
    </Dialog>
  );
}

function sizes({ rows, total_rows, total_columns }: TableHead): string {
  const down = rows === total_rows ? words.rows(count(rows)) : words.someRows(count(rows), count(total_rows));
  return `${down} × ${words.columns(count(total_columns))}`;
}

interface PartProps {
  readonly source: TableSource;
  readonly state: TableState;
}

/** Where one is in what is nested, and the way out. */
function Path({ source, state, name }: PartProps & { readonly name: string }) {
  if (state.path.length === 0) return null;
  return (
    <nav className="table-path" aria-label={words.path}>
      {[name, ...state.path.map(({ label }) => label)].map((label, depth) => (
        <span key={depth} className="table-step">
          {depth > 0 && <ChevronRight aria-hidden />}
          {depth === state.path.length ? (
            <span aria-current="location">{label}</span>
          ) : (
            <Button onClick={() => source.leaveTo(depth)}>{label}</Button>
          )}
        </span>
      ))}
    </nav>
  );
}

interface ConditionsProps extends PartProps {
  readonly onChange: (where: readonly Condition[]) => void;
}

function Conditions({ source, state, onChange }: ConditionsProps) {
  if (state.where.length === 0) return null;
  return (
    <div className="table-conditions">
      {state.where.map((condition, index) => {
        const { column, op, value } = condition;
        const text = `${source.column(column)?.name ?? words.index} ${words.ops[op]} ${value}`.trim();
        return (
          <span key={index} className="table-condition">
            {text}
            <IconButton
              icon={X}
              label={words.unfilter(text)}
              onClick={() => onChange(state.where.filter((one) => one !== condition))}
            />
          </span>
        );
      })}
    </div>
  );
}
