/** Finds one person among all, by a few letters: a field, and those that fit below it. By keys as by hand. */
import { useEffect, useId, useState } from "react";

import { saidOf } from "../ui/said";
import { Initial, PersonName } from "../person/person";
import type { Person } from "../net/admin-rest";
import { problemOf } from "../ui/doing";
import { strings } from "../words";
import { teamsApi } from "./context";

const words = strings.admin;
/** After so long without a key what was typed is looked for. */
const REST_MS = 200;

interface SearchProps {
  readonly label: string;
  /** They are not offered. */
  readonly without: readonly Person[];
  readonly onChoose: (person: Person) => void;
  readonly onProblem: (said: string) => void;
}

export function PeopleSearch({ label, without, onChoose, onProblem }: SearchProps) {
  const id = useId();
  const [text, setText] = useState("");
  const [found, setFound] = useState<{ readonly of: string; readonly people: readonly Person[] }>(NOBODY);
  const [at, setAt] = useState(0);
  const wanted = text.trim();
  useEffect(() => {
    if (wanted === "") return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      teamsApi.people(wanted, stop.signal).then(
        (people) => setFound({ of: wanted, people }),
        (error: unknown) => stop.signal.aborted || onProblem(saidOf(problemOf(error))),
      );
    }, REST_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
    // The same words are not looked for again because the page was drawn anew.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [wanted]);
  const there = new Set(without.map((person) => person.id));
  const people = found.of === wanted && wanted !== "" ? found.people.filter((person) => !there.has(person.id)) : [];
  const none = wanted !== "" && found.of === wanted && people.length === 0;
  const current = Math.min(at, people.length - 1);
  const choose = (person: Person | undefined) => {
    if (person === undefined) return;
    setText("");
    setFound(NOBODY);
    setAt(0);
    onChoose(person);
  };
  return (
    <div className="people-search">
      <input
        className="field whole"
        role="combobox"
        dir="auto"
        aria-label={label}
        aria-expanded={people.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        {...(people.length > 0 && { "aria-activedescendant": `${id}-${current}` })}
        placeholder={words.addHint}
        autoComplete="off"
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") setAt(Math.min(current + 1, people.length - 1));
          else if (event.key === "ArrowUp") setAt(Math.max(current - 1, 0));
          else if (event.key === "Enter") choose(people[current]);
          else if (event.key === "Escape") setText("");
          else return;
          event.preventDefault();
        }}
      />
      <ul id={`${id}-list`} role="listbox" aria-label={label} hidden={people.length === 0}>
        {people.map((person, place) => (
          <li
            key={person.id}
            id={`${id}-${place}`}
            role="option"
            aria-selected={place === current}
            onMouseMove={() => setAt(place)}
            onClick={() => choose(person)}
          >
            <Initial person={person} />
            <PersonName person={person} />
          </li>
        ))}
      </ul>
      {none && (
        <p className="meta" role="status">
          {words.peopleNone}
        </p>
      )}
    </div>
  );
}

const NOBODY = { of: "", people: [] } as const;
