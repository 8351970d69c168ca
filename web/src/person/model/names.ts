/** Names of people within sentences, and what stands for them where there is little room. Pure. */

interface Named {
  readonly id: string;
  readonly login: string;
  readonly shown: string;
}

export const nameOf = ({ shown, login }: Pick<Named, "shown" | "login">): string => shown || login;

/** A name cannot turn the direction of the sentence that it stands in. In HTML `<bdi>` does this. */
export const isolated = (name: string): string => `\u2068${name}\u2069`;

export function initialOf(named: Pick<Named, "shown" | "login">): string {
  const first = nameOf(named).trim().codePointAt(0);
  return first === undefined ? "?" : String.fromCodePoint(first).toUpperCase();
}

const COLOURS = 8;

/** The class of their colour (ui/tokens.css); always the same for one account. */
export function colourOf({ id }: Pick<Named, "id">): string {
  let sum = 0;
  for (const char of id) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 9973;
  return `person-${sum % COLOURS}`;
}
