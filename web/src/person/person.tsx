/** A person as they are shown: a round initial, and the name, which is text of theirs and isolated as such. */
import "./person.css";

import { colourOf, initialOf, nameOf } from "./model/names";

interface PersonProps {
  readonly person: { readonly id: string; readonly login: string; readonly shown: string };
}

export function Initial({ person }: PersonProps) {
  return (
    <span className={`initial ${colourOf(person)}`} aria-hidden>
      {initialOf(person)}
    </span>
  );
}

/** Name and login: a name alone may be anybody's. */
export function PersonName({ person }: PersonProps) {
  return (
    <span className="person-name">
      <bdi className="person-shown">{nameOf(person)}</bdi>
      <bdi className="meta">{person.login}</bdi>
    </span>
  );
}
