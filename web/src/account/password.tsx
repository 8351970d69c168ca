/** A new password, which ends all other sessions. */
import { type SubmitEvent, useState } from "react";

import { account, rest } from "../browser";
import { MeRest } from "../net/me-rest";
import type { Me } from "../net/rest";
import { Button } from "../ui/button";
import { useDoing } from "../ui/doing";
import { PasswordField } from "../ui/labelled";
import { PanelHead } from "../panel/panel";
import type { Toasts } from "../ui/toasts";
import { LIMITS } from "../wire/types";
import { strings } from "../words";
import { saidOf } from "../ui/said";

const words = strings.account;
const api = new MeRest(rest);

export function PasswordPart({ me, toasts }: { readonly me: Me; readonly toasts: Toasts }) {
  const [old, setOld] = useState("");
  const [password, setPassword] = useState("");
  const { busy, problem, run } = useDoing();
  const change = (event: SubmitEvent) => {
    event.preventDefault();
    void run(async () => {
      await api.setPassword(old, password);
      setOld("");
      setPassword("");
      toasts.say(words.passwordChanged);
      void account.ask();
    });
  };
  return (
    <>
      <PanelHead title={words.part.password} note={me.has_password ? words.passwordNote : words.passwordNone} />
      <form className="fields narrow" onSubmit={change}>
        {problem !== null && (
          <p className="form-problem" role="alert">
            {saidOf(problem)}
          </p>
        )}
        {/* Password managers want to know whose it is. */}
        <input type="text" name="username" autoComplete="username" value={me.login} readOnly hidden />
        {me.has_password && (
          <PasswordField
            label={words.oldPassword}
            name="password"
            autoComplete="current-password"
            required
            value={old}
            onValue={setOld}
          />
        )}
        <PasswordField
          label={words.newPassword}
          hint={words.passwordHint(LIMITS.PASSWORD_CHARS_LEAST)}
          name="new-password"
          autoComplete="new-password"
          required
          minLength={LIMITS.PASSWORD_CHARS_LEAST}
          value={password}
          onValue={setPassword}
        />
        <div className="panel-actions">
          <Button look="primary" type="submit" disabled={busy || password === ""}>
            {words.changePassword}
          </Button>
        </div>
      </form>
    </>
  );
}
