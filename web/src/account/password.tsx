/** A new password, which ends all other sessions. */
import { useState } from "react";

import { account, rest } from "../browser";
import { MeRest } from "../net/me-rest";
import type { Me } from "../net/rest";
import { Button } from "../ui/button";
import { Form } from "../ui/form";
import { PasswordField } from "../ui/labelled";
import { PanelHead } from "../panel/panel";
import type { Toasts } from "../ui/toasts";
import { LIMITS } from "../wire/types";
import { strings } from "../words";

const words = strings.account;
const api = new MeRest(rest);

export function PasswordPart({ me, toasts }: { readonly me: Me; readonly toasts: Toasts }) {
  const [old, setOld] = useState("");
  const [password, setPassword] = useState("");
  const change = async () => {
    await api.setPassword(old, password);
    setOld("");
    setPassword("");
    toasts.say(words.passwordChanged);
    void account.ask();
  };
  return (
    <>
      <PanelHead title={words.part.password} note={me.has_password ? words.passwordNote : words.passwordNone} />
      <Form
        className="narrow"
        ready={password !== ""}
        onSubmit={change}
        buttons={(busy) => (
          <div className="panel-actions">
            <Button look="primary" type="submit" disabled={busy || password === ""}>
              {words.changePassword}
            </Button>
          </div>
        )}
      >
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
      </Form>
    </>
  );
}
