/** Making an account of one's own: with an invitation, or where anybody may. */
import { useState } from "react";

import { rest } from "../browser";
import { DoorRest } from "../net/door-rest";
import type { Me } from "../net/rest";
import { Button } from "../ui/button";
import { Form } from "../ui/form";
import { PasswordField, TextField } from "../ui/labelled";
import { LIMITS } from "../wire/types";
import { strings } from "../words";

const words = strings.door;
const door = new DoorRest(rest);

interface FormProps {
  readonly invitation?: string;
  /** The invitation says the email. */
  readonly email?: string | null;
  readonly onDone: (me: Me) => void;
}

export function SignUpForm({ invitation, email: given = null, onDone }: FormProps) {
  const [login, setLogin] = useState("");
  const [shown, setShown] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const make = async () => {
    const person = {
      login: login.trim(),
      password,
      shown: shown.trim(),
      ...(given === null && email.trim() !== "" && { email: email.trim() }),
      ...(invitation !== undefined && { invitation }),
    };
    onDone(await door.signUp(person));
  };
  return (
    <Form
      onSubmit={make}
      buttons={(busy) => (
        <Button look="primary" type="submit" disabled={busy}>
          {busy ? words.making : words.makeAccount}
        </Button>
      )}
    >
      <TextField
        label={words.newLogin}
        hint={words.newLoginHint}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        autoFocus
        maxLength={39}
        value={login}
        onValue={setLogin}
      />
      <TextField
        label={words.shown}
        hint={words.shownHint}
        name="name"
        autoComplete="name"
        dir="auto"
        maxLength={80}
        value={shown}
        onValue={setShown}
      />
      {given === null && (
        <TextField
          label={words.email}
          hint={words.emailHint}
          name="email"
          type="email"
          autoComplete="email"
          value={email}
          onValue={setEmail}
        />
      )}
      <PasswordField
        label={words.newPassword}
        hint={words.newPasswordHint(LIMITS.PASSWORD_CHARS_LEAST)}
        name="new-password"
        autoComplete="new-password"
        required
        minLength={LIMITS.PASSWORD_CHARS_LEAST}
        value={password}
        onValue={setPassword}
      />
    </Form>
  );
}
