/** What a new token is for, what it may, and until when. */
import { useState } from "react";

import { rest } from "../browser";
import { type MadeToken, MeRest, type Scope, SCOPES } from "../net/me-rest";
import { FormDialog } from "../ui/form-dialog";
import { Labelled, TextField } from "../ui/labelled";
import { strings } from "../words";

const words = strings.account;
const api = new MeRest(rest);

const DAYS = ["7", "30", "90", "365", "never"] as const;
type Days = (typeof DAYS)[number];

interface NewProps {
  readonly admin: boolean;
  readonly onMade: (made: MadeToken) => void;
  readonly onClose: () => void;
}

export function NewToken({ admin, onMade, onClose }: NewProps) {
  const [label, setLabel] = useState("");
  const [scopes, setScopes] = useState<ReadonlySet<Scope>>(new Set(["view", "edit"]));
  const [days, setDays] = useState<Days>("90");
  const offered = SCOPES.filter((scope) => scope !== "manage" || admin);
  const toggle = (scope: Scope, on: boolean) => {
    const now = new Set(scopes);
    if (on) now.add(scope);
    else now.delete(scope);
    setScopes(now);
  };
  const make = async () => {
    const wanted = offered.filter((scope) => scopes.has(scope));
    onMade(await api.makeToken(label.trim(), wanted, days === "never" ? null : Number(days)));
  };
  return (
    <FormDialog
      title={words.newToken}
      action={words.makeToken}
      ready={label.trim() !== ""}
      onSubmit={make}
      // The token takes this dialog's place.
      onDone={() => undefined}
      onClose={onClose}
    >
      <TextField
        label={words.label}
        placeholder={words.labelHint}
        required
        autoFocus
        dir="auto"
        maxLength={80}
        value={label}
        onValue={setLabel}
      />
      <fieldset className="scopes">
        <legend>{words.may}</legend>
        {offered.map((scope) => (
          <label key={scope} className="check">
            <input
              type="checkbox"
              checked={scopes.has(scope)}
              onChange={({ target }) => toggle(scope, target.checked)}
            />
            <span>
              {words.scopes[scope]}
              <span className="meta">{words.scopesHint[scope]}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <Labelled label={words.expires} {...(days === "never" && { hint: words.neverNote })}>
        {(field) => (
          <select
            className="field whole"
            value={days}
            onChange={({ target }) => setDays(DAYS.find((each) => each === target.value) ?? "90")}
            {...field}
          >
            {DAYS.map((each) => (
              <option key={each} value={each}>
                {words.days[each]}
              </option>
            ))}
          </select>
        )}
      </Labelled>
    </FormDialog>
  );
}
