/** Whether everyone here who has the link may open the item, and as what. */
import { Link2, Lock } from "lucide-react";

import type { GivenRole, Grant } from "../net/sharing-rest";
import { strings } from "../words";
import { RoleSelect } from "./holder-row";
import { higher } from "./model/roles";

const words = strings.share;

interface GeneralProps {
  readonly anyone: Grant | null;
  /** The grant for anyone on a folder above. */
  readonly above: Grant | null;
  readonly changeable: boolean;
  readonly busy: boolean;
  readonly onChange: (role: GivenRole | null) => void;
}

export function GeneralAccess({ anyone, above, changeable, busy, onChange }: GeneralProps) {
  const role = anyone?.role ?? null;
  const holds = [anyone?.role, above?.role].flatMap((one) => one ?? []);
  const highest = holds.reduce<GivenRole | null>(
    (found, one) => (found === null || higher(one, found) === one ? one : found),
    null,
  );
  const Sign = highest === null ? Lock : Link2;
  return (
    <div className="general">
      <span className={highest === null ? "face-of sign" : "face-of sign open"} aria-hidden>
        <Sign />
      </span>
      <div className="general-what">
        {changeable ? (
          <select
            className="field"
            aria-label={words.general}
            value={role === null ? "restricted" : "anyone"}
            disabled={busy}
            onChange={({ target }) => onChange(target.value === "anyone" ? "viewer" : null)}
          >
            <option value="restricted">{words.restricted}</option>
            <option value="anyone">{words.anyone}</option>
          </select>
        ) : (
          <span>{highest === null ? words.restricted : words.anyone}</span>
        )}
        <span className="meta">
          {highest === null ? words.restrictedHint : words.anyoneHint[highest]}
          {above?.item != null && above.item.name !== "" && ` ${words.anyoneAbove(above.item.name)}`}
        </span>
      </div>
      {role !== null &&
        (changeable ? (
          <RoleSelect label={words.anyoneRole} value={role} disabled={busy} onChange={onChange} />
        ) : (
          <span className="holder-role">{words.roles[role]}</span>
        ))}
    </div>
  );
}
