/** The pane of variables: name, type, shape, size and the beginning of each; what has rows opens as a table. */
import "./values.css";

import { useDeferredValue, useState, useSyncExternalStore } from "react";

import { bytes, count } from "../../ui/format";
import type { Variable } from "../../wire/types";
import { strings } from "../../words";
import { useController } from "../context";
import type { NotebookController } from "../controller";
import { ProblemLine, ProblemNote } from "./problem-note";
import { VariablesFeed } from "./variables";

const words = strings.values;

function feedOf({ session }: NotebookController): VariablesFeed {
  return new VariablesFeed({
    ask: () => session.ask({ t: "variables" }, "variables"),
    summary: session.runs.summary,
    subscribe: session.runs.subscribe,
    timers: session.timers,
  });
}

export default function VariablesPane() {
  const controller = useController();
  const [feed] = useState(() => feedOf(controller));
  const { items, total, problem } = useSyncExternalStore(feed.subscribe, feed.read);
  const [filter, setFilter] = useState("");
  const wanted = useDeferredValue(filter).trim().toLowerCase();
  if (items === null) {
    if (problem === null) return <p className="pane-note">{words.waiting}</p>;
    return <ProblemNote problem={problem} onRetry={() => feed.refresh()} />;
  }
  const shown = items.filter(({ name, type }) => `${name} ${type}`.toLowerCase().includes(wanted));
  return (
    <div className="values-pane">
      <div className="values-filter">
        <input
          className="field whole"
          type="search"
          aria-label={words.filter}
          placeholder={words.filter}
          value={filter}
          onChange={({ target }) => setFilter(target.value)}
        />
      </div>
      {problem !== null && <ProblemLine problem={problem} onRetry={() => feed.refresh()} />}
      {items.length === 0 && <p className="pane-note">{words.empty}</p>}
      {items.length > 0 && shown.length === 0 && <p className="pane-note">{words.noMatch}</p>}
      <ul className="variables">
        {shown.map((variable) => (
          <Row key={variable.name} variable={variable} />
        ))}
      </ul>
      {total > items.length && <p className="pane-note">{words.more(items.length, total)}</p>}
    </div>
  );
}

function Row({ variable }: { readonly variable: Variable }) {
  const { shell } = useController();
  const { name, type, preview, opens } = variable;
  const measures = [shapeOf(variable), sizeOf(variable)].filter((part) => part !== "").join(" · ");
  const inside = (
    <>
      <span className="variable-head">
        <span className="variable-name" title={name}>
          {name}
        </span>
        <span className="variable-type" title={type}>
          {type}
        </span>
      </span>
      <span className="variable-preview" title={preview}>
        {preview}
      </span>
      {measures !== "" && <span className="variable-measures tabular">{measures}</span>}
    </>
  );
  return (
    <li className="variable">
      {opens ? (
        <button
          type="button"
          className="variable-body"
          title={words.open(name)}
          onClick={() => shell.openDialog("value", { t: "named", name })}
        >
          {inside}
        </button>
      ) : (
        <div className="variable-body">{inside}</div>
      )}
    </li>
  );
}

function shapeOf({ shape, kind, type }: Variable): string {
  const [first] = shape;
  if (first === undefined) return "";
  if (kind === "text") return type === "str" ? words.chars(first) : words.bytes(first);
  if (kind === "sequence" || kind === "mapping") return words.items(first);
  return shape.map(count).join(" × ");
}

/** Of a number or a text it says nothing that one does not see. */
function sizeOf({ size, kind }: Variable): string {
  return size === null || kind === "number" || kind === "text" ? "" : bytes(size);
}
