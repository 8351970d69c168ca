/** What others are called here, and the letter that stands for them. Pure. */
import type { Other } from "../../session/presence";
import { strings } from "../../words";

const words = strings.people;

export const nameOf = ({ own, name }: Other): string => (own ? words.yourWindow : name);

/** Within a sentence. */
export const calledOf = ({ own, name }: Other): string => (own ? words.yourOther : name);

/** Beside a caret, where there is no room. */
export const shortNameOf = ({ own, name }: Other): string => (own ? words.you : name);

export function initialOf(other: Other): string {
  const first = shortNameOf(other).codePointAt(0);
  return first === undefined ? "" : String.fromCodePoint(first).toLocaleUpperCase(strings.locale);
}

export const colourOf = ({ colour }: Other): string => `person-${colour}`;
