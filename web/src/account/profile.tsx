/** Name and email, as others see and find them. */
import { useState } from "react";

import { account, rest } from "../browser";
import { MeRest } from "../net/me-rest";
import type { Me } from "../net/rest";
import { Button } from "../ui/button";
import { Form } from "../ui/form";
import { TextField } from "../ui/labelled";
import { PanelHead } from "../panel/panel";
import type { Toasts } from "../ui/toasts";
import { strings } from "../words";

const words = strings.account;
const api = new MeRest(rest);

interface ProfileProps {
  readonly me: Me;
  readonly toasts: Toasts;
}

export function Profile({ me, toasts }: ProfileProps) {
  const [shown, setShown] = useState(me.shown);
  const [email, setEmail] = useState(me.email ?? "");
  if (me.mode === "personal") return <PanelHead title={words.part.profile} note={words.personalNote} />;
  const changed = shown !== me.shown || email !== (me.email ?? "");
  const save = async () => {
    const now = await api.change({ shown, email });
    setShown(now.shown);
    setEmail(now.email ?? "");
    account.begin(now);
    toasts.say(words.saved);
  };
  return (
    <>
      <PanelHead title={words.part.profile} note={words.profileNote} />
      <Form
        className="narrow"
        ready={changed}
        onSubmit={save}
        buttons={(busy) => (
          <div className="panel-actions">
            <Button look="primary" type="submit" disabled={busy || !changed}>
              {strings.save}
            </Button>
          </div>
        )}
      >
        <TextField
          label={words.name}
          hint={words.nameHint}
          name="name"
          autoComplete="name"
          dir="auto"
          maxLength={80}
          value={shown}
          onValue={setShown}
        />
        <TextField label={words.login} hint={words.loginHint} value={me.login} onValue={() => undefined} readOnly />
        <TextField
          label={words.email}
          hint={words.emailHint}
          name="email"
          type="email"
          autoComplete="email"
          value={email}
          onValue={setEmail}
        />
        {me.providers.length > 0 && (
          <p>
            {words.providers} <bdi>{me.providers.join(", ")}</bdi>
          </p>
        )}
      </Form>
    </>
  );
}
