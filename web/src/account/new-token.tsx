/** What a new token is for, what it may, and until when. */
import { type SubmitEvent, useState } from "react";

import { rest } from "../browser";
import { type MadeToken, MeRest, type Scope, SCOPES } from "../net/me-rest";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { useDoing } from "../ui/doing";
import { Labelled, TextField } from "../ui/labelled";
import { strings } from "../words";
import { saidOf } from "../ui/said";

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
  const { busy, problem, run } = useDoing();
  const offered = SCOPES.filter((scope) => scope !== "manage" || admin);
  const toggle = (scope: Scope, on: boolean) => {
    const now = new Set(scopes);
    if (on) now.add(scope);
    else now.delete(scope);
    setScopes(now);
  };
  const make = (event: SubmitEvent) => {
    event.preventDefault();
    const wanted = offered.filter((scope) => scopes.has(scope));
    const until = days === "never" ? null : Number(days);
    void run(async () => onMade(await api.makeToken(label.trim(), wanted, until)));
  };
  return (
    <Dialog title={words.newToken} onClose={onClose}>
      <form className="fields dialog-form" onSubmit={make}>
        {problem !== null && (
          <p className="form-problem" role="alert">
            {saidOf(problem)}
          </p>
        )}
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
        <div className="actions">
          <Button look="outlined" onClick={onClose}>
            {strings.cancel}
          </Button>
          <Button look="primary" type="submit" disabled={busy || label.trim() === ""}>
            {words.makeToken}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
