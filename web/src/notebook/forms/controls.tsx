/** The controls of a form: one component for each kind of field. They show a value and offer another; nothing more. */
import { type ComponentPropsWithoutRef, useId, useState } from "react";

import { strings } from "../../words";
import type { Control, Field } from "./grammar";
import { literalFor, shownOf } from "./value";

const words = strings.forms;

export interface ControlProps {
  readonly field: Field;
  readonly disabled: boolean;
  /** Puts this value into the source. */
  readonly onCommit: (text: string) => void;
}

export function FieldRow(props: ControlProps) {
  const id = useId();
  const { field } = props;
  const [bad, setBad] = useState(false);
  const { fits } = shownOf(field);
  const note = bad ? words.invalid[kindOf(field.control)] : fits ? null : words.misfit(field.code);
  const common = {
    id,
    disabled: props.disabled,
    "aria-invalid": note !== null,
    ...(note !== null && { "aria-describedby": `${id}-note` }),
  };
  return (
    <div className={`form-field ${field.control.t}`}>
      <label htmlFor={id}>{field.name}</label>
      <OneControl {...props} common={common} onBad={setBad} />
      {note !== null && (
        <p id={`${id}-note`} className="form-note" role={bad ? "alert" : undefined}>
          {note}
        </p>
      )}
    </div>
  );
}

function kindOf(control: Control): keyof typeof words.invalid {
  return control.t === "number" && control.integer ? "integer" : control.t;
}

interface InnerProps extends ControlProps {
  readonly common: ComponentPropsWithoutRef<"input"> & { readonly id: string };
  readonly onBad: (bad: boolean) => void;
}

function OneControl(props: InnerProps) {
  const { control } = props.field;
  switch (control.t) {
    case "boolean":
      return <Check {...props} />;
    case "slider":
      return <Slider {...props} control={control} />;
    case "choice":
      return control.free === null ? <Choice {...props} control={control} /> : <Draft {...props} />;
    case "text":
    case "raw":
    case "date":
    case "number":
      return <Draft {...props} />;
  }
}

function Check({ field, onCommit, common }: InnerProps) {
  const { text } = shownOf(field);
  const commit = (on: boolean) => onCommit(on ? "True" : "False");
  return (
    <input {...common} type="checkbox" checked={text === "True"} onChange={({ target }) => commit(target.checked)} />
  );
}

function Choice({ field, onCommit, common, control }: InnerProps & { readonly control: Control & { t: "choice" } }) {
  const { text, fits } = shownOf(field);
  const { id, disabled } = common;
  return (
    <select
      id={id}
      disabled={disabled}
      aria-invalid={!fits}
      aria-describedby={common["aria-describedby"]}
      value={fits ? text : ""}
      onChange={({ target }) => onCommit(target.value)}
    >
      {!fits && (
        <option value="" disabled>
          {words.choose}
        </option>
      )}
      {control.choices.map(({ label }, index) => (
        <option key={index} value={label}>
          {label}
        </option>
      ))}
    </select>
  );
}

/** What is typed stays here until Enter, or until the field is left; then it is written, or said to be none. */
function Draft({ field, onCommit, common, onBad }: InnerProps) {
  const { control } = field;
  const { text, fits } = shownOf(field);
  const [draft, setDraft] = useState<string | null>(null);
  const list = control.t === "choice" ? `${common.id}-list` : undefined;
  const commit = () => {
    if (draft === null) return;
    const taken = literalFor(field, draft) !== null;
    onBad(!taken);
    if (!taken) return;
    setDraft(null);
    if (draft !== text || !fits) onCommit(draft);
  };
  const drop = () => {
    setDraft(null);
    onBad(false);
  };
  return (
    <>
      <input
        {...common}
        {...inputKind(control)}
        list={list}
        value={draft ?? (fits || control.t === "text" ? text : "")}
        spellCheck={false}
        autoComplete="off"
        onChange={({ target }) => setDraft(target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === "Enter") commit();
          else if (event.key === "Escape" && draft !== null) drop();
          else return;
          event.stopPropagation();
        }}
      />
      {control.t === "choice" && (
        <datalist id={list}>
          {control.choices.map(({ label }, index) => (
            <option key={index} value={label} />
          ))}
        </datalist>
      )}
    </>
  );
}

function inputKind(control: Control): ComponentPropsWithoutRef<"input"> {
  switch (control.t) {
    case "number": {
      const { min, max, step, integer, placeholder } = control;
      return { type: "number", min, max, step: step ?? (integer ? 1 : "any"), placeholder };
    }
    case "date":
      return { type: "date" };
    case "text":
      return { type: "text", placeholder: control.placeholder };
    case "raw":
      return { type: "text", placeholder: control.placeholder, className: "code" };
    default:
      return { type: "text" };
  }
}

/** The number follows the thumb; it is written when the thumb, or the key, is let go. */
function Slider({ field, onCommit, common, control }: InnerProps & { readonly control: Control & { t: "slider" } }) {
  const { text, fits } = shownOf(field);
  const [draft, setDraft] = useState<string | null>(null);
  const { min, max, step } = control;
  const shown = draft ?? (fits ? text : String(min));
  const commit = () => {
    if (draft !== null && (draft !== text || !fits)) onCommit(draft);
    setDraft(null);
  };
  return (
    <div className="form-slider">
      <input
        {...common}
        type="range"
        {...{ min, max, step }}
        value={shown}
        onChange={({ target }) => setDraft(target.value)}
        onPointerUp={commit}
        onKeyUp={commit}
        onBlur={commit}
      />
      <output htmlFor={common.id} className="tabular">
        {draft ?? text}
      </output>
    </div>
  );
}
