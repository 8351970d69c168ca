/** Who manages the server: `/admin[/part]`. */
import "./admin.css";

import { Cpu, HardDrive, Layers, Mail, ScrollText, Settings2, Shield, Users, UsersRound } from "lucide-react";
import { useMemo } from "react";

import { useWatched } from "../person/watched";
import type { Go } from "../app";
import { account } from "../browser";
import { Panel, PanelNothing, type Part } from "../panel/panel";
import { useValue } from "../ui/hooks";
import type { Toasts } from "../ui/toasts";
import { strings } from "../words";
import { AuditPart } from "./audit";
import { AdminContext } from "./context";
import { Invitations } from "./invitations";
import { Plans } from "./plans";
import { Runtimes } from "./runtimes";
import { SettingsPart } from "./settings";
import { Storage } from "./storage";
import { Teams } from "./teams";
import { UsersPart } from "./users";

const words = strings.admin;

const PARTS = {
  users: { path: "/admin", title: words.part.users, icon: Users },
  invitations: { path: "/admin/invitations", title: words.part.invitations, icon: Mail },
  teams: { path: "/admin/teams", title: words.part.teams, icon: UsersRound },
  plans: { path: "/admin/plans", title: words.part.plans, icon: Layers },
  runtimes: { path: "/admin/runtimes", title: words.part.runtimes, icon: Cpu },
  storage: { path: "/admin/storage", title: words.part.storage, icon: HardDrive },
  audit: { path: "/admin/audit", title: words.part.audit, icon: ScrollText },
  settings: { path: "/admin/settings", title: words.part.settings, icon: Settings2 },
} as const satisfies Record<string, Part>;

type PartName = keyof typeof PARTS;

const TEAM = Object.keys(PARTS) as readonly PartName[];
/** Of one user there are no accounts to manage; the settings say so. */
const PERSONAL: readonly PartName[] = ["runtimes", "storage", "audit", "settings"];

interface PageProps {
  readonly address: string;
  readonly go: Go;
  readonly toasts: Toasts;
}

export default function AdminPage({ address, go, toasts }: PageProps) {
  useWatched();
  const who = useValue(account.who);
  const me = who.t === "in" ? who.me : who.t === "out" ? who.was : null;
  const admin = useMemo(() => (me === null ? null : { me, go, toasts }), [me, go, toasts]);
  const personal = me?.mode === "personal";
  const names = personal ? PERSONAL : TEAM;
  const [path = ""] = address.split(/[?#]/);
  const plain = path.replace(/\/$/, "");
  const name = names.find((each) => PARTS[each].path === plain) ?? names[0] ?? "users";
  return (
    <Panel
      title={personal ? strings.account.server : words.title}
      parts={names.map((each) => PARTS[each])}
      current={PARTS[name].path}
      go={go}
      toasts={toasts}
    >
      {admin === null ? (
        <p>{strings.loading}</p>
      ) : admin.me.admin ? (
        <AdminContext value={admin}>
          <Shown name={name} />
        </AdminContext>
      ) : (
        <PanelNothing icon={Shield} title={words.notAdmin} hint={words.notAdminDetail} />
      )}
    </Panel>
  );
}

function Shown({ name }: { readonly name: PartName }) {
  switch (name) {
    case "users":
      return <UsersPart />;
    case "invitations":
      return <Invitations />;
    case "teams":
      return <Teams />;
    case "plans":
      return <Plans />;
    case "runtimes":
      return <Runtimes />;
    case "storage":
      return <Storage />;
    case "audit":
      return <AuditPart />;
    case "settings":
      return <SettingsPart />;
  }
}
