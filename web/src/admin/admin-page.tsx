/** Who manages the server: `/admin[/part]`. */
import "./admin.css";

import { Cpu, HardDrive, Layers, Mail, ScrollText, Settings2, Shield, Users, UsersRound } from "lucide-react";
import { type ComponentType, useMemo } from "react";

import { type PageProps, Panel, PanelNothing, type Part } from "../panel/panel";
import { useMe } from "../person/use-me";
import { strings } from "../words";
import { AuditPart } from "./audit";
import { type Admin, AdminContext } from "./context";
import { Invitations } from "./invitations";
import { Plans } from "./plans";
import { Runtimes } from "./runtimes";
import { SettingsPart } from "./settings";
import { Storage } from "./storage";
import { Teams } from "./teams";
import { UsersPart } from "./users";

const words = strings.admin;

interface AdminPart extends Part {
  readonly Shown: ComponentType;
}

const users: AdminPart = { path: "/admin", title: words.part.users, icon: Users, Shown: UsersPart };
/** Of accounts, which there are in team mode alone. */
const ofPeople: readonly AdminPart[] = [
  { path: "/admin/invitations", title: words.part.invitations, icon: Mail, Shown: Invitations },
  { path: "/admin/teams", title: words.part.teams, icon: UsersRound, Shown: Teams },
  { path: "/admin/plans", title: words.part.plans, icon: Layers, Shown: Plans },
];
const runtimes: AdminPart = { path: "/admin/runtimes", title: words.part.runtimes, icon: Cpu, Shown: Runtimes };
const ofServer: readonly AdminPart[] = [
  { path: "/admin/storage", title: words.part.storage, icon: HardDrive, Shown: Storage },
  { path: "/admin/audit", title: words.part.audit, icon: ScrollText, Shown: AuditPart },
  { path: "/admin/settings", title: words.part.settings, icon: Settings2, Shown: SettingsPart },
];

export default function AdminPage(page: PageProps) {
  const { go, toasts } = page;
  const me = useMe();
  const admin = useMemo<Admin | null>(() => (me === null ? null : { me, go, toasts }), [me, go, toasts]);
  const personal = me?.mode === "personal";
  return (
    <Panel
      {...page}
      me={me}
      title={personal ? strings.account.server : words.title}
      parts={personal ? [runtimes, ...ofServer] : [users, ...ofPeople, runtimes, ...ofServer]}
    >
      {({ Shown }, { admin: manages }) =>
        manages ? (
          <AdminContext value={admin}>
            <Shown />
          </AdminContext>
        ) : (
          <PanelNothing icon={Shield} title={words.notAdmin} hint={words.notAdminDetail} />
        )
      }
    </Panel>
  );
}
