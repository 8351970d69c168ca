/** Who has an item, in the order in which it is shown: the owner, then people, then teams; what comes from above with its folder. Pure. */
import type { Item, Place, Role } from "../../net/drive-rest";
import type { GivenRole, Grant } from "../../net/sharing-rest";
import { strings } from "../../words";
import { higher } from "./roles";

export interface Holder {
  /** Stable: kind and whom. */
  readonly key: string;
  readonly kind: "owner" | "user" | "team";
  readonly whom: string;
  readonly name: string;
  readonly login: string;
  readonly role: Role;
  readonly you: boolean;
  /** The grant on the item itself, which can be changed here; null: only what comes from above. */
  readonly own: Grant | null;
  /** The grants on folders above, the highest role first. */
  readonly above: readonly Grant[];
  /** When the role ends that holds now; null: never. */
  readonly ends: string | null;
}

export interface Access {
  readonly holders: readonly Holder[];
  /** The grant for anyone on the item itself. */
  readonly anyone: Grant | null;
  /** The highest one for anyone on a folder above. */
  readonly anyoneAbove: Grant | null;
}

const best = (grants: readonly Grant[]): Grant | null =>
  grants.reduce<Grant | null>((found, grant) => {
    if (found === null) return grant;
    return higher(grant.role, found.role) === found.role ? found : grant;
  }, null);

function holderOf(kind: "user" | "team", grants: readonly Grant[], you: string): Holder | null {
  const [first] = grants;
  const highest = best(grants);
  if (first === undefined || highest === null) return null;
  const own = grants.find(({ item }) => item === null) ?? null;
  const above = grants
    .filter(({ item }) => item !== null)
    .toSorted((one, two) => (one.role === two.role ? 0 : higher(one.role, two.role) === one.role ? -1 : 1));
  const { whom, login } = first;
  // Who chose no name is called as they sign in; of who is gone there is no name.
  const name = [first.name, login].find((one) => one !== "") ?? strings.people.gone;
  const key = `${kind}:${whom}`;
  return {
    key,
    kind,
    whom,
    name,
    login,
    role: highest.role,
    you: kind === "user" && whom === you,
    own,
    above,
    ends: highest.expires_at,
  };
}

/** `you`: one's own id. */
export function accessOf(item: Pick<Item, "owner">, grants: readonly Grant[], you: string): Access {
  const { owner } = item;
  const first: Holder = {
    key: `owner:${owner.id}`,
    kind: "owner",
    whom: owner.id,
    name: owner.name,
    login: "",
    role: "owner",
    you: owner.id === you,
    own: null,
    above: [],
    ends: null,
  };
  const grouped = (kind: "user" | "team") => {
    const those = grants.filter((grant) => grant.kind === kind);
    return [...new Set(those.map(({ whom }) => whom))]
      .map((whom) => those.filter((grant) => grant.whom === whom))
      .flatMap((group) => holderOf(kind, group, you) ?? [])
      .toSorted((one, two) => one.name.localeCompare(two.name));
  };
  const anyone = grants.filter(({ kind }) => kind === "anyone");
  return {
    holders: [first, ...grouped("user"), ...grouped("team")],
    anyone: anyone.find(({ item }) => item === null) ?? null,
    anyoneAbove: best(anyone.filter(({ item }) => item !== null)),
  };
}

/** The folder that gives more than the item itself does, or all of it; null: the item's own grant decides. */
export function comesFrom({ own, above, role }: Holder): Place | null {
  const [first] = above;
  if (first === undefined || own?.role === role) return null;
  return first.item;
}

/** A role below what a folder above gives would change nothing: so much is there anyway. */
export const least = ({ above }: Holder): GivenRole | null => above[0]?.role ?? null;
