/** One's own account: `/account[/part]`. */
import "./account.css";

import { DatabaseZap, KeyRound, Laptop, LockKeyhole, UserRound } from "lucide-react";
import type { ComponentType } from "react";

import type { Me } from "../net/rest";
import { type PageProps, Panel, type Part } from "../panel/panel";
import { useMe } from "../person/use-me";
import type { Toasts } from "../ui/toasts";
import { strings } from "../words";
import { Leave } from "./leave";
import { PasswordPart } from "./password";
import { Profile } from "./profile";
import { Sessions } from "./sessions";
import { Tokens } from "./tokens";

const words = strings.account.part;

interface AccountPart extends Part {
  readonly Shown: ComponentType<{ readonly me: Me; readonly toasts: Toasts }>;
}

const profile: AccountPart = { path: "/account", title: words.profile, icon: UserRound, Shown: Profile };
const password: AccountPart = {
  path: "/account/password",
  title: words.password,
  icon: LockKeyhole,
  Shown: PasswordPart,
};
const sessions: AccountPart = { path: "/account/sessions", title: words.sessions, icon: Laptop, Shown: Sessions };
const tokens: AccountPart = { path: "/account/tokens", title: words.tokens, icon: KeyRound, Shown: Tokens };
const data: AccountPart = { path: "/account/data", title: words.leave, icon: DatabaseZap, Shown: Leave };

export default function AccountPage(page: PageProps) {
  const me = useMe();
  // In personal mode there are no passwords, and nobody signs in.
  const personal = me?.mode === "personal";
  return (
    <Panel
      {...page}
      me={me}
      title={strings.account.title}
      parts={personal ? [profile, tokens, data] : [profile, password, sessions, tokens, data]}
    >
      {({ Shown }, whose) => <Shown key={whose.id} me={whose} toasts={page.toasts} />}
    </Panel>
  );
}
