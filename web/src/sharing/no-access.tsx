/** Stands where something should be that this person may not see, or that is not there: nobody learns which. */
import "./sharing.css";

import { LockKeyhole } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { driveRest, rest } from "../browser";
import type { Me } from "../net/rest";
import { nameOfPerson } from "../net/sharing-rest";
import { Button } from "../ui/button";
import { strings } from "../words";
import { AskForm } from "./ask-form";

const words = strings.share;

interface NoAccessProps {
  readonly item: string;
  readonly onAgain: () => void;
  readonly back: { readonly label: string; readonly run: () => void };
}

export function NoAccess({ item, onAgain, back }: NoAccessProps) {
  const me = useMe();
  useComes(item, onAgain);
  return (
    <section className="no-access" role="alert" aria-label={words.none}>
      <LockKeyhole aria-hidden className="no-access-sign" />
      <h1>{words.none}</h1>
      <p>{words.noneDetail}</p>
      {me?.mode === "team" && (
        <>
          <AskForm item={item} has={null} first="viewer" live={false} />
          <p className="meta">{words.signedInAs(nameOfPerson({ id: me.user, login: me.login, shown: me.shown }))}</p>
        </>
      )}
      <p className="no-access-ways">
        <Button look="outlined" onClick={onAgain}>
          {words.again}
        </Button>
        <Button onClick={back.run}>{back.label}</Button>
      </p>
    </section>
  );
}

const LOOK_MS = 5_000;

/** Whoever was given access need not ask for it twice: it is looked for while the page is in sight. */
function useComes(item: string, onComes: () => void): void {
  const latest = useRef(onComes);
  useEffect(() => {
    latest.current = onComes;
  }, [onComes]);
  useEffect(() => {
    let current = true;
    const look = () => {
      if (document.visibilityState !== "visible") return;
      driveRest.item(item).then(
        () => current && latest.current(),
        () => undefined,
      );
    };
    const timer = setInterval(look, LOOK_MS);
    return () => {
      current = false;
      clearInterval(timer);
    };
  }, [item]);
}

/** Who is signed in; null until it is known. */
export function useMe(): Me | null {
  const [me, setMe] = useState<Me | null>(null);
  useEffect(() => {
    let current = true;
    rest.me().then(
      (found) => current && setMe(found),
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, []);
  return me;
}
