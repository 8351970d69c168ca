/** The door: `/sign-in` and `/invitation/SECRET`. Whoever comes in goes on by a fresh load: nothing of before is left in the page. */
import "./door.css";

import { type ReactNode, useCallback, useState } from "react";

import { nameOf } from "../person/model/names";
import { ownedBy } from "../person/model/owned";
import { saidOfCode } from "../ui/said";
import { account, keep, rest } from "../browser";
import { type Door, DoorRest } from "../net/door-rest";
import type { Me } from "../net/rest";
import { Button } from "../ui/button";
import { useRead } from "../ui/doing";
import { useTab, useValue } from "../ui/hooks";
import { Mark } from "../ui/mark";
import { strings } from "../words";
import { type DoorAddress, doorAt, invitationAt } from "./model/door-at";
import { Providers, SignInForm } from "./sign-in-form";
import { SignUpForm } from "./sign-up-form";

const words = strings.door;
const api = new DoorRest(rest);
const readDoor = () => api.door();

interface PageProps {
  /** Path and query. */
  readonly address: string;
}

export default function DoorPage({ address }: PageProps) {
  const door = useRead(readDoor);
  const invitation = invitationAt(address);
  return (
    <main className="door">
      {door.value === null ? (
        <Card title={words.titleTo(strings.product)}>
          {door.problem === null ? (
            <p>{strings.loading}</p>
          ) : (
            <>
              <p role="alert">{words.lost}</p>
              <Button look="outlined" onClick={door.again}>
                {strings.retry}
              </Button>
            </>
          )}
        </Card>
      ) : door.value.mode === "personal" ? (
        <Personal door={door.value} />
      ) : invitation !== null ? (
        <Invitation door={door.value} secret={invitation} />
      ) : (
        <SignIn door={door.value} at={doorAt(address, location.origin)} />
      )}
    </main>
  );
}

export function Card({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  useTab(`${title} - ${strings.product}`, "idle");
  return (
    <section className="door-card">
      <Mark alive={false} />
      <h1>{title}</h1>
      {children}
    </section>
  );
}

/** What the browser kept of another person is gone before this one's page begins. */
async function comeIn(me: Me, next: string): Promise<void> {
  if (!ownedBy(localStorage, me.id)) await keep.forgetAll();
  location.assign(next);
}

function Personal({ door }: { readonly door: Door }) {
  return (
    <Card title={words.personal}>
      {door.signed_in ? (
        <div className="door-providers">
          <a className="button primary" href="/">
            {words.goOn}
          </a>
        </div>
      ) : (
        <p>{words.personalDetail}</p>
      )}
    </Card>
  );
}

function SignIn({ door, at }: { readonly door: Door; readonly at: DoorAddress }) {
  const [making, setMaking] = useState(false);
  const who = useValue(account.who);
  const [another, setAnother] = useState(false);
  const done = (me: Me) => void comeIn(me, at.next);
  if (who.t === "in" && !at.link && at.problem === null && !another) {
    return (
      <Card title={words.titleTo(strings.product)}>
        <p>{words.already(`\u2068${nameOf(who.me)}\u2069`)}</p>
        <div className="door-providers">
          <a className="button primary" href={at.next}>
            {words.goOn}
          </a>
          <Button look="outlined" onClick={() => setAnother(true)}>
            {words.another}
          </Button>
        </div>
      </Card>
    );
  }
  if (making) {
    return (
      <Card title={words.signUpTitle}>
        <SignUpForm onDone={done} />
        <Providers providers={door.providers} next={at.next} />
        <p className="door-below">
          {words.haveAccount} <Button onClick={() => setMaking(false)}>{words.signIn}</Button>
        </p>
      </Card>
    );
  }
  return (
    <Card title={at.link ? words.linkTitle : words.titleTo(strings.product)}>
      {at.link && <p>{words.linkDetail}</p>}
      {at.problem !== null && (
        <p className="form-problem" role="alert">
          {saidOfCode(at.problem)}
        </p>
      )}
      <SignInForm key={String(at.link)} link={at.link} onDone={done} />
      {!at.link && <Providers providers={door.providers} next={at.next} />}
      {!at.link && (
        <p className="door-below">
          {door.sign_up === "open" ? (
            <>
              {words.noAccount} <Button onClick={() => setMaking(true)}>{words.make}</Button>
            </>
          ) : (
            words.noAccountClosed
          )}
        </p>
      )}
    </Card>
  );
}

function Invitation({ door, secret }: { readonly door: Door; readonly secret: string }) {
  const read = useCallback(() => api.invitation(secret), [secret]);
  const { value: invited, problem, again } = useRead(read);
  if (problem !== null) {
    const gone = problem.status === 404;
    return (
      <Card title={gone ? words.goneTitle : words.titleTo(strings.product)}>
        <p role="alert">{gone ? words.goneDetail : words.lost}</p>
        <div className="door-providers">
          {gone ? (
            <a className="button outlined" href="/sign-in">
              {words.signIn}
            </a>
          ) : (
            <Button look="outlined" onClick={again}>
              {strings.retry}
            </Button>
          )}
        </div>
      </Card>
    );
  }
  if (invited === null) {
    return (
      <Card title={words.titleTo(strings.product)}>
        <p>{words.looking}</p>
      </Card>
    );
  }
  const until = new Date(invited.expires_at).toLocaleDateString(strings.locale, { dateStyle: "long" });
  return (
    <Card title={words.invitedTitle(strings.product)}>
      {invited.admin && <p>{words.invitedAdmin}</p>}
      <p>{words.invitedUntil(until)}</p>
      {door.signed_in && <p>{words.signedInAs}</p>}
      {invited.email !== null && (
        <p>
          {words.invitedEmail} <bdi className="door-email">{invited.email}</bdi>
        </p>
      )}
      <SignUpForm invitation={secret} email={invited.email} onDone={(me) => void comeIn(me, "/")} />
      <Providers providers={door.providers} next="/" invitation={secret} />
    </Card>
  );
}
