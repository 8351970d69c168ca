/** Somebody who has the item: their role, from where it comes, when it ends; and, for the owner, what can be changed of it. */
import { ChevronDown } from "lucide-react";
import { type MouseEvent, useState } from "react";

import type { GivenRole } from "../net/sharing-rest";
import { Menu, type MenuGroups } from "../ui/menu";
import { useNow } from "../ui/hooks";
import { strings } from "../words";
import { Face } from "./face";
import { dayOf, expiryOf, today } from "./model/expiry";
import type { Sharing } from "./model/sharing";
import { comesFrom, type Holder } from "./model/who";

const words = strings.share;
const ROLES = ["viewer", "commenter", "editor"] as const;

interface HolderRowProps {
  readonly holder: Holder;
  readonly sharing: Sharing;
  readonly changeable: boolean;
  readonly busy: boolean;
  readonly onTransfer: () => void;
  readonly onFolder: (event: MouseEvent, folder: string) => void;
}

export function HolderRow({ holder, sharing, changeable, busy, onTransfer, onFolder }: HolderRowProps) {
  const [dating, setDating] = useState(false);
  const { kind, name, login, role, you, ends } = holder;
  const from = comesFrom(holder);
  const note = kind === "team" ? words.team : login !== name ? login : "";
  return (
    <li className="holder">
      <Face kind={kind} name={name} />
      <span className="holder-name">
        <span>
          <bdi>{name}</bdi>
          {you && ` (${words.you})`}
        </span>
        <span className="meta">
          {note !== "" && <span>{note}</span>}
          {from !== null && (
            <span>
              {words.from}{" "}
              {from.id === "" ? (
                words.hiddenFolder
              ) : (
                <a
                  href={`/drive/${encodeURIComponent(from.id)}`}
                  title={words.fromTitle(from.name)}
                  onClick={(event) => onFolder(event, from.id)}
                >
                  <bdi>{from.name}</bdi>
                </a>
              )}
            </span>
          )}
          {ends !== null && <span>{words.endsOn(new Date(ends).toLocaleDateString(strings.locale))}</span>}
        </span>
      </span>
      {kind === "owner" || !changeable ? (
        <span className="holder-role">{words.roles[role]}</span>
      ) : (
        <Menu
          label={words.roleOf(name)}
          className="button holder-role"
          groups={groupsOf(holder, sharing, { date: () => setDating(true), transfer: onTransfer })}
          {...(from !== null && { note: <p className="note meta">{words.alsoFromAbove}</p> })}
        >
          <span className="visually-hidden">{words.roleOf(name)}: </span>
          {words.roles[role]}
          <ChevronDown aria-hidden />
        </Menu>
      )}
      {dating && holder.own !== null && (
        <EndField
          value={holder.own.expires_at}
          busy={busy}
          onEnd={(expires) => {
            setDating(false);
            void sharing.setRole(holder, holder.own?.role ?? "viewer", expires);
          }}
        />
      )}
    </li>
  );
}

interface Acts {
  readonly date: () => void;
  readonly transfer: () => void;
}

function groupsOf(holder: Holder, sharing: Sharing, { date, transfer }: Acts): MenuGroups {
  const { kind, own, role } = holder;
  const roles = ROLES.map((one) => ({
    id: one,
    title: words.roles[one],
    checked: one === role,
    run: () => void sharing.setRole(holder, one),
  }));
  const end = own === null ? [] : [{ id: "end", title: words.setEnd, run: date }];
  const give = kind === "user" ? [{ id: "owner", title: words.makeOwner, run: transfer }] : [];
  const remove =
    own === null ? [] : [{ id: "remove", title: words.remove, danger: true, run: () => void sharing.remove(holder) }];
  return [roles, [...end, ...give], remove];
}

interface EndFieldProps {
  readonly value: string | null;
  readonly busy: boolean;
  readonly onEnd: (expires: string | null) => void;
}

/** Enter or leaving the field takes the day; an empty one is no end. */
function EndField({ value, busy, onEnd }: EndFieldProps) {
  const [day, setDay] = useState(dayOf(value));
  const now = useNow(true, 60_000);
  return (
    <span className="holder-end">
      <label>
        {words.ends}{" "}
        <input
          type="date"
          className="field"
          autoFocus
          disabled={busy}
          min={today(now)}
          value={day}
          onChange={({ target }) => setDay(target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            onEnd(expiryOf(day));
          }}
        />
      </label>
      <button type="button" className="button outlined" disabled={busy} onClick={() => onEnd(expiryOf(day))}>
        {strings.done}
      </button>
      <button type="button" className="button" disabled={busy} onClick={() => onEnd(null)}>
        {words.removeEnd}
      </button>
    </span>
  );
}

/** A role to be given, and by whom it is chosen: small enough to stand beside a field. */
export function RoleSelect({
  label,
  value,
  disabled,
  onChange,
}: {
  readonly label: string;
  readonly value: GivenRole;
  readonly disabled: boolean;
  readonly onChange: (role: GivenRole) => void;
}) {
  return (
    <select
      className="field"
      aria-label={label}
      value={value}
      disabled={disabled}
      onChange={({ target }) => onChange(ROLES.find((role) => role === target.value) ?? "viewer")}
    >
      {ROLES.map((role) => (
        <option key={role} value={role}>
          {words.roles[role]}
        </option>
      ))}
    </select>
  );
}
