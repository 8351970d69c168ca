/**
 * Over a page whose session has ended while it was open. It covers all, for whoever ended the session wants nothing to be seen;
 * and the page stays below, so that who signs in again goes on with what was typed.
 */
import "./door.css";

import { useEffect } from "react";

import { isolated, nameOf } from "../person/model/names";
import { ownedBy } from "../person/model/owned";
import { account, keep, rest } from "../browser";
import { DoorRest } from "../net/door-rest";
import type { Me } from "../net/rest";
import { useRead } from "../ui/doing";
import { strings } from "../words";
import { Card } from "./door-page";
import { doorAddress } from "./model/next-path";
import { Providers, SignInForm } from "./sign-in-form";

const words = strings.door;
const api = new DoorRest(rest);
const readDoor = () => api.door();

interface OverProps {
  readonly was: Me;
  readonly address: string;
}

export default function SessionOver({ was, address }: OverProps) {
  const door = useRead(readDoor);
  useEffect(() => {
    // Signed in again in another tab: this one goes on, too.
    const look = () => document.visibilityState === "visible" && void account.ask();
    document.addEventListener("visibilitychange", look);
    window.addEventListener("focus", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      window.removeEventListener("focus", look);
    };
  }, []);
  const done = (me: Me) => {
    if (me.id === was.id) account.begin(me);
    else void anotherComes(me);
  };
  return (
    <div className="session-over door" role="dialog" aria-modal aria-label={words.overTitle}>
      <Card title={words.overTitle}>
        <p role="alert">{words.overDetail}</p>
        <p>{words.overOther(isolated(nameOf(was)))}</p>
        {was.has_password && <SignInForm login={was.login} onDone={done} />}
        {door.value !== null && <Providers providers={door.value.providers} next={address} />}
        <p className="door-below">
          <a href={doorAddress(address)}>{words.another}</a>
        </p>
      </Card>
    </div>
  );
}

async function anotherComes(me: Me): Promise<void> {
  ownedBy(localStorage, me.id);
  await keep.forgetAll();
  location.assign("/");
}
