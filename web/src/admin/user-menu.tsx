/** What can be done with one account. */
import { MoreVertical } from "lucide-react";
import { useState } from "react";

import { isolated, nameOf } from "../person/model/names";
import type { Account, AccountChange, Plan } from "../net/admin-rest";
import { Confirm } from "../ui/dialog";
import { Menu, type MenuGroups } from "../ui/menu";
import { strings } from "../words";
import { adminApi, useAct, useAdmin } from "./context";
import { DeleteUser, EditUser, PasswordUser, QuotaUser } from "./user-dialogs";

const words = strings.admin;

type Asked = "edit" | "quota" | "password" | "admin" | "disable" | "delete";

interface UserProps {
  readonly account: Account;
  readonly plans: readonly Plan[];
  /** Something has changed. */
  readonly onDone: () => void;
}

export function UserMenu({ account, plans, onDone }: UserProps) {
  const { me } = useAdmin();
  const [asked, setAsked] = useState<Asked | null>(null);
  const act = useAct(onDone);
  const name = isolated(nameOf(account));
  const own = account.id === me.id;
  const change = (change_: AccountChange, said: string) => act(() => adminApi.changeAccount(account.id, change_), said);
  const ask = (id: Asked, title: string, danger = false) => ({ id, title, danger, run: () => setAsked(id) });
  const groups: MenuGroups = [
    [ask("edit", words.edit), ask("quota", words.quota), ...(own ? [] : [ask("password", words.resetPassword)])],
    own
      ? []
      : [
          ask("admin", account.admin ? words.unmakeAdmin : words.makeAdmin),
          account.disabled
            ? { id: "enable", title: words.enable, run: () => change({ disabled: false }, words.enabled(name)) }
            : ask("disable", words.disable),
        ],
    own ? [] : [ask("delete", words.delete, true)],
  ];
  const close = () => setAsked(null);
  const dialog = { account, plans, onDone, onClose: close };
  return (
    <>
      <Menu label={words.actions(name)} icon={MoreVertical} groups={groups} />
      {asked === "edit" && <EditUser {...dialog} />}
      {asked === "quota" && <QuotaUser {...dialog} />}
      {asked === "password" && <PasswordUser {...dialog} />}
      {asked === "delete" && <DeleteUser {...dialog} />}
      {asked === "admin" && (
        <Confirm
          title={account.admin ? words.unmakeAdminTitle(name) : words.makeAdminTitle(name)}
          detail={account.admin ? words.unmakeAdminDetail : words.makeAdminDetail}
          action={account.admin ? words.unmakeAdmin : words.makeAdmin}
          onConfirm={() => change({ admin: !account.admin }, words.changed(name))}
          onClose={close}
        />
      )}
      {asked === "disable" && (
        <Confirm
          title={words.disableTitle(name)}
          detail={words.disableDetail}
          action={words.disable}
          onConfirm={() => change({ disabled: true }, words.disabled(name))}
          onClose={close}
        />
      )}
    </>
  );
}
