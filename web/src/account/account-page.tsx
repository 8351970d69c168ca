/** One's own account: `/account[/part]`. */
import "./account.css";

import { DatabaseZap, KeyRound, Laptop, LockKeyhole, UserRound } from "lucide-react";

import type { Go } from "../app";
import { account } from "../browser";
import type { Me } from "../net/rest";
import { Panel, type Part } from "../panel/panel";
import { useValue } from "../ui/hooks";
import type { Toasts } from "../ui/toasts";
import { useWatched } from "../person/watched";
import { strings } from "../words";
import { Leave } from "./leave";
import { PasswordPart } from "./password";
import { Profile } from "./profile";
import { Sessions } from "./sessions";
import { Tokens } from "./tokens";

const words = strings.account;

const PARTS = {
  profile: { path: "/account", title: words.part.profile, icon: UserRound },
  password: { path: "/account/password", title: words.part.password, icon: LockKeyhole },
  sessions: { path: "/account/sessions", title: words.part.sessions, icon: Laptop },
  tokens: { path: "/account/tokens", title: words.part.tokens, icon: KeyRound },
  leave: { path: "/account/data", title: words.part.leave, icon: DatabaseZap },
} as const satisfies Record<string, Part>;

type PartName = keyof typeof PARTS;

/** In personal mode there are no passwords, and nobody signs in. */
const PERSONAL: readonly PartName[] = ["profile", "tokens", "leave"];
const TEAM: readonly PartName[] = ["profile", "password", "sessions", "tokens", "leave"];

interface PageProps {
  readonly address: string;
  readonly go: Go;
  readonly toasts: Toasts;
}

export default function AccountPage({ address, go, toasts }: PageProps) {
  useWatched();
  const who = useValue(account.who);
  const me = who.t === "in" ? who.me : who.t === "out" ? who.was : null;
  const names = me?.mode === "personal" ? PERSONAL : TEAM;
  const [path = ""] = address.split(/[?#]/);
  const name = names.find((each) => PARTS[each].path === path.replace(/\/$/, "")) ?? "profile";
  return (
    <Panel
      title={words.title}
      parts={names.map((each) => PARTS[each])}
      current={PARTS[name].path}
      go={go}
      toasts={toasts}
    >
      {me === null ? <p>{strings.loading}</p> : <Shown name={name} me={me} toasts={toasts} />}
    </Panel>
  );
}

function Shown({ name, me, toasts }: { readonly name: PartName; readonly me: Me; readonly toasts: Toasts }) {
  switch (name) {
    case "profile":
      return <Profile key={me.id} me={me} toasts={toasts} />;
    case "password":
      return <PasswordPart me={me} toasts={toasts} />;
    case "sessions":
      return <Sessions toasts={toasts} />;
    case "tokens":
      return <Tokens me={me} toasts={toasts} />;
    case "leave":
      return <Leave me={me} />;
  }
}
