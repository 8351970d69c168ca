/** Which accounts of a list are looked for. Pure. */
import type { Account, Person } from "../../net/admin-rest";

export const FILTERS = ["all", "admins", "disabled", "never"] as const;
export type Filter = (typeof FILTERS)[number];

const FITS: Readonly<Record<Filter, (account: Account) => boolean>> = {
  all: () => true,
  admins: ({ admin }) => admin,
  disabled: ({ disabled }) => disabled,
  never: ({ visited_at }) => visited_at === null,
};

const plain = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** Every word stands somewhere in the name, the login or the email; accents and case do not matter. */
export function findPeople<P extends Person & { readonly email?: string | null }>(
  people: readonly P[],
  words: string,
): readonly P[] {
  const wanted = plain(words).split(/\s+/).filter(Boolean);
  return people.filter(({ shown, login, email }) => {
    const text = plain(`${shown}\n${login}\n${email ?? ""}`);
    return wanted.every((word) => text.includes(word));
  });
}

export const findAccounts = (accounts: readonly Account[], words: string, filter: Filter): readonly Account[] =>
  findPeople(accounts.filter(FITS[filter]), words);

/** By name, as people of this language sort; the login where names are the same. */
export function sortAccounts(accounts: readonly Account[], locale: string): readonly Account[] {
  const { compare } = new Intl.Collator(locale, { numeric: true, sensitivity: "base" });
  return [...accounts].sort(
    (one, other) => compare(one.shown || one.login, other.shown || other.login) || compare(one.login, other.login),
  );
}
