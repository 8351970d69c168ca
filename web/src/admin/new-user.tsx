/** An account that an admin makes for somebody. */
import { useState } from "react";

import { isolated, nameOf } from "../person/model/names";
import { FormDialog } from "../ui/form-dialog";
import { TextField } from "../ui/labelled";
import { strings } from "../words";
import { adminApi, useAdmin } from "./context";
import { PasswordSuggested } from "./user-dialogs";

const words = strings.admin;

export function NewUser({ onDone, onClose }: { readonly onDone: () => void; readonly onClose: () => void }) {
  const { toasts } = useAdmin();
  const [login, setLogin] = useState("");
  const [shown, setShown] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [admin, setAdmin] = useState(false);
  const make = async () => {
    const person = { login: login.trim(), shown, email, admin, ...(password !== "" && { password }) };
    toasts.say(words.made(isolated(nameOf(await adminApi.makeAccount(person)))));
    onDone();
  };
  return (
    <FormDialog
      title={words.newTitle}
      action={words.make}
      ready={login.trim() !== ""}
      onSubmit={make}
      onClose={onClose}
    >
      <TextField
        label={words.login}
        hint={strings.door.newLoginHint}
        autoFocus
        required
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={39}
        value={login}
        onValue={setLogin}
      />
      <TextField label={words.name} dir="auto" maxLength={80} value={shown} onValue={setShown} />
      <TextField label={words.email} hint={words.emailHint} type="email" value={email} onValue={setEmail} />
      <PasswordSuggested label={words.password} hint={words.passwordHint} value={password} onValue={setPassword} />
      <label className="check">
        <input type="checkbox" checked={admin} onChange={({ target }) => setAdmin(target.checked)} />
        <span>{words.adminBox}</span>
      </label>
    </FormDialog>
  );
}
