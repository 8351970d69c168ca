/** What others are called here, and the letter that stands for them. Pure. */
import type { Other } from "../../session/presence";
import { strings } from "../../words";

const words = strings.people;

export const nameOf = ({ own, user }: Other): string => (own ? words.yourWindow : user);

/** Within a sentence. */
export const calledOf = ({ own, user }: Other): string => (own ? words.yourOther : user);

/** Beside a caret, where there is no room. */
export const shortNameOf = ({ own, user }: Other): string => (own ? words.you : user);

export function initialOf(other: Other): string {
  const first = shortNameOf(other).codePointAt(0);
  return first === undefined ? "" : String.fromCodePoint(first).toLocaleUpperCase(strings.locale);
}

export const colourOf = ({ colour }: Other): string => `person-${colour}`;
