/** Fields with their label above and a word of help below, tied together for screen readers. */
import "./labelled.css";

import { Eye, EyeOff } from "lucide-react";
import { type InputHTMLAttributes, type ReactNode, useId, useRef, useState } from "react";

import { strings } from "../words";
import { IconButton } from "./button";

interface LabelledProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly children: (field: { readonly id: string; readonly "aria-describedby"?: string }) => ReactNode;
}

/** For a control of any kind. */
export function Labelled({ label, hint, children }: LabelledProps) {
  const id = useId();
  return (
    <div className="labelled">
      <label htmlFor={id}>{label}</label>
      {children({ id, ...(hint !== undefined && { "aria-describedby": `${id}-hint` }) })}
      {hint !== undefined && (
        <p className="meta" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "onChange" | "value"> {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly value: string;
  readonly onValue: (value: string) => void;
}

export function TextField({ label, hint, value, onValue, ...rest }: FieldProps) {
  return (
    <Labelled label={label} hint={hint}>
      {(field) => (
        <input
          className="field whole"
          value={value}
          onChange={(event) => onValue(event.target.value)}
          {...rest}
          {...field}
        />
      )}
    </Labelled>
  );
}

/** It can be shown: a long password is typed more surely when it is seen. */
export function PasswordField({ label, hint, value, onValue, ...rest }: FieldProps) {
  const [shown, setShown] = useState(false);
  return (
    <Labelled label={label} hint={hint}>
      {(field) => (
        <div className="password-field">
          <input
            className="field whole"
            type={shown ? "text" : "password"}
            value={value}
            spellCheck={false}
            autoCapitalize="none"
            onChange={(event) => onValue(event.target.value)}
            {...rest}
            {...field}
          />
          <IconButton
            icon={shown ? EyeOff : Eye}
            label={shown ? strings.door.hide : strings.door.show}
            onClick={() => setShown(!shown)}
          />
        </div>
      )}
    </Labelled>
  );
}

interface CopyProps {
  readonly label: string;
  readonly value: string;
  readonly action: string;
  readonly focus?: boolean;
}

/** A text to be copied, with its button. */
export function CopyField({ label, value, action, focus = false }: CopyProps) {
  const [copied, setCopied] = useState(false);
  const text = useRef<HTMLInputElement>(null);
  const copy = () => {
    // Over plain HTTP from another machine there is no clipboard to write to: it is selected, to be copied by keys.
    if (!window.isSecureContext) text.current?.focus();
    else void navigator.clipboard.writeText(value).then(() => setCopied(true));
  };
  return (
    <Labelled label={label}>
      {(field) => (
        <div className="copy-field">
          <input
            ref={text}
            className="field whole"
            readOnly
            dir="ltr"
            value={value}
            autoFocus={focus}
            onFocus={({ target }) => target.select()}
            {...field}
          />
          <button type="button" className="button outlined" onClick={copy}>
            <span role="status">{copied ? strings.copied : action}</span>
          </button>
        </div>
      )}
    </Labelled>
  );
}
