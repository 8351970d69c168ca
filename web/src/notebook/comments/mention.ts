/** Whom somebody who writes a comment may mean after an @. Pure; what becomes a mention, the server says (runs/comments.py). */
import type { Thread } from "../../runs/discussion";

/** What was begun to be written: where its @ stands, and what is behind it up to the caret. */
export interface MentionQuery {
  readonly start: number;
  readonly name: string;
}

export interface Person {
  readonly name: string;
  /** Has the notebook open now. */
  readonly here: boolean;
}

export interface Known {
  readonly me: string;
  readonly here: Iterable<string>;
  readonly threads: readonly Thread[];
  /** Who ran what. */
  readonly ran: Iterable<string>;
  /** The login of an account. */
  readonly called: (id: string) => string;
}

/** So many are shown at once: more is a list to read, and a letter more to type is quicker. */
export const SHOWN = 8;

/** As the server finds them: an @ that is part of no address and no path, letters and digits of any script behind it. */
const BEGUN = /(?<![\p{L}\p{N}_@/.-])@((?:[\p{L}\p{N}][\p{L}\p{N}_.-]{0,63})?)$/u;
const MENTIONABLE = /^[\p{L}\p{N}](?:[\p{L}\p{N}_.-]{0,62}[\p{L}\p{N}_])?$/u;

export function mentionAt(text: string, caret: number): MentionQuery | null {
  const found = BEGUN.exec(text.slice(0, caret));
  return found === null ? null : { start: found.index, name: found[1] ?? "" };
}

/** All but oneself whom this page knows of, those who are here first, the others in the order of their names. */
export function peopleOf({ me, here, threads, ran, called }: Known): readonly Person[] {
  const present = new Set(here);
  const said = threads.flatMap(({ comments }) => comments.map(({ by }) => by));
  return [...new Set([...present, ...said, ...ran])]
    .filter((id) => id !== me)
    .map((id) => ({ name: called(id), here: present.has(id) }))
    .filter(({ name }) => MENTIONABLE.test(name))
    .sort((a, b) => Number(b.here) - Number(a.here) || a.name.localeCompare(b.name));
}

/** Those whose name, or a part of it, begins so. One that is written out is no question any more. */
export function matching(people: readonly Person[], begun: string): readonly Person[] {
  const wanted = begun.toLowerCase();
  const rank = ({ name }: Person) => {
    const lower = name.toLowerCase();
    if (lower.startsWith(wanted)) return 0;
    return lower.split(/[._-]/).some((part) => part.startsWith(wanted)) ? 1 : 2;
  };
  const found = people.filter((person) => rank(person) < 2).sort((a, b) => rank(a) - rank(b));
  return found.length === 1 && found[0]?.name === begun ? [] : found.slice(0, SHOWN);
}
