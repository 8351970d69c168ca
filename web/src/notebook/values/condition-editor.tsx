/** One condition on a column: how, and what. */
import { type SubmitEvent, useState } from "react";

import { Button } from "../../ui/button";
import type { Condition } from "../../wire/types";
import { strings } from "../../words";

const words = strings.values.table;

type Op = Condition["op"];

const OF_TEXT: readonly Op[] = ["has", "eq", "ne", "lt", "gt", "missing", "present"];
const OF_NUMBERS: readonly Op[] = ["eq", "ne", "lt", "le", "gt", "ge", "has", "missing", "present"];

interface EditorProps {
  readonly column: number;
  readonly title: string;
  readonly numeric: boolean;
  readonly onAnswer: (condition: Condition) => void;
  readonly onClose: () => void;
}

export function ConditionEditor({ column, title, numeric, onAnswer, onClose }: EditorProps) {
  const ops = numeric ? OF_NUMBERS : OF_TEXT;
  const [op, setOp] = useState<Op>(ops[0] ?? "has");
  const [value, setValue] = useState("");
  const alone = op === "missing" || op === "present";
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onAnswer({ column, op, value: alone ? "" : value });
  };
  return (
    <form className="table-filter" onSubmit={submit}>
      <span className="table-filter-name" title={title}>
        {title}
      </span>
      <select
        className="field"
        aria-label={words.filter(title)}
        value={op}
        onChange={({ target }) => setOp(ops.find((one) => one === target.value) ?? op)}
      >
        {ops.map((one) => (
          <option key={one} value={one}>
            {words.ops[one]}
          </option>
        ))}
      </select>
      {!alone && (
        <input
          className="field"
          aria-label={words.value}
          placeholder={words.value}
          value={value}
          autoFocus
          onChange={({ target }) => setValue(target.value)}
        />
      )}
      <Button look="primary" type="submit">
        {words.apply}
      </Button>
      <Button onClick={onClose}>{strings.cancel}</Button>
    </form>
  );
}
