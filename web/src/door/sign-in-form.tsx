/** Signing in: login and password, and the provider. What is wrong is said in place. */
import { useState } from "react";

import { rest } from "../browser";
import { DoorRest, providerAddress } from "../net/door-rest";
import type { Me } from "../net/rest";
import { Button } from "../ui/button";
import { Form } from "../ui/form";
import { PasswordField, TextField } from "../ui/labelled";
import { strings } from "../words";

const words = strings.door;
const door = new DoorRest(rest);

interface FormProps {
  /** Known already: only the password is asked. */
  readonly login?: string;
  /** Connects the account with the sign-in at the provider that led here. */
  readonly link?: boolean;
  readonly onDone: (me: Me) => void;
}

export function SignInForm({ login: known, link = false, onDone }: FormProps) {
  const [login, setLogin] = useState(known ?? "");
  const [password, setPassword] = useState("");
  return (
    <Form
      ready={login.trim() !== "" && password !== ""}
      onSubmit={async () => onDone(await door.signIn(login.trim(), password, link))}
      buttons={(busy) => (
        <Button look="primary" type="submit" disabled={busy}>
          {busy ? words.signingIn : link ? words.linkAction : words.signIn}
        </Button>
      )}
    >
      <TextField
        label={words.login}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        autoFocus={known === undefined}
        readOnly={known !== undefined}
        value={login}
        onValue={setLogin}
      />
      <PasswordField
        label={words.password}
        name="password"
        autoComplete="current-password"
        required
        autoFocus={known !== undefined}
        value={password}
        onValue={setPassword}
      />
    </Form>
  );
}

interface ProvidersProps {
  readonly providers: readonly string[];
  readonly next: string;
  readonly invitation?: string;
}

export function Providers({ providers, next, invitation }: ProvidersProps) {
  if (providers.length === 0) return null;
  return (
    <>
      <div className="door-or">{words.or}</div>
      <div className="door-providers">
        {providers.map((name) => (
          <a key={name} className="button outlined" href={providerAddress(next, invitation ?? null)}>
            {words.by(name)}
          </a>
        ))}
      </div>
    </>
  );
}
