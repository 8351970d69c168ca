/** The menu of the account, at the top right: who one is, and the ways to the pages of account and server. */
import { KeyRound, LogOut, Server, Settings2, Shield, UserRound } from "lucide-react";
import { useState } from "react";

import type { Go } from "../app";
import type { Me } from "../net/rest";
import { Confirm } from "../ui/dialog";
import { problemOf } from "../ui/doing";
import { Menu, type MenuGroups } from "../ui/menu";
import type { Toasts } from "../ui/toasts";
import { strings } from "../words";
import { nameOf } from "./model/names";
import { saidOf } from "../ui/said";
import { Initial } from "./person";
import { signOut, unsavedHere } from "./sign-out";
import { useMe } from "./use-me";

const words = strings.account;

interface MenuProps {
  readonly go: Go;
  readonly toasts: Toasts;
  readonly className?: string;
}

export function AccountMenu({ go, toasts, className = "" }: MenuProps) {
  const me = useMe();
  if (me === null) return <span className={`account-button ${className}`} aria-hidden />;
  if (me.mode === "personal") return <PersonalMenu go={go} className={className} />;
  return <TeamMenu me={me} go={go} toasts={toasts} className={className} />;
}

/** There is one user, who needs no name and no way out. */
function PersonalMenu({ go, className }: { readonly go: Go; readonly className: string }) {
  const groups: MenuGroups = [
    [
      { id: "tokens", title: words.tokens, icon: KeyRound, run: () => go("/account/tokens") },
      { id: "server", title: words.server, icon: Server, run: () => go("/admin") },
    ],
  ];
  return <Menu label={words.menuPersonal} icon={Settings2} className={`button icon ${className}`} groups={groups} />;
}

function TeamMenu({ me, go, toasts, className = "" }: MenuProps & { readonly me: Me }) {
  const [unsaved, setUnsaved] = useState(0);
  const leave = () => void signOut().catch((error: unknown) => toasts.say(saidOf(problemOf(error)), null, true));
  const ask = () =>
    void unsavedHere().then((count) => {
      if (count === 0) leave();
      else setUnsaved(count);
    });
  const groups: MenuGroups = [
    [
      { id: "account", title: words.title, icon: UserRound, run: () => go("/account") },
      ...(me.admin ? [{ id: "admin", title: words.admin, icon: Shield, run: () => go("/admin") }] : []),
    ],
    [{ id: "sign-out", title: words.signOut, icon: LogOut, run: ask }],
  ];
  return (
    <>
      <Menu label={words.menu} className={`account-button ${className}`} groups={groups} note={<Who me={me} />}>
        <Initial person={me} />
        <span className="visually-hidden">{words.menu}</span>
      </Menu>
      {unsaved > 0 && (
        <Confirm
          title={words.signOutTitle}
          detail={words.signOutDetail(unsaved)}
          action={words.signOut}
          onConfirm={leave}
          onClose={() => setUnsaved(0)}
        />
      )}
    </>
  );
}

function Who({ me }: { readonly me: Me }) {
  return (
    <div className="account-who">
      <Initial person={me} />
      <span className="person-name">
        <bdi className="person-shown">{nameOf(me)}</bdi>
        <bdi className="meta">{me.email ?? me.login}</bdi>
      </span>
    </div>
  );
}
