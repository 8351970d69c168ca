/** Finds one person among all, by a few letters: a field, and those that fit below it. By keys as by hand. */
import { type KeyboardEvent, useEffect, useId, useState } from "react";

import type { Person } from "../net/admin-rest";
import { nameOf } from "../person/model/names";
import { Initial, PersonName } from "../person/person";
import { problemOf } from "../ui/doing";
import { saidOf } from "../ui/said";
import { strings } from "../words";
import { teamsApi } from "./context";

const words = strings.admin;
/** After so long without a key what was typed is looked for. */
const REST_MS = 200;

interface Found {
  /** What was typed. */
  readonly of: string;
  readonly people: readonly Person[];
  /** Why nobody could be looked for. */
  readonly problem: string;
}
const NOTHING: Found = { of: "", people: [], problem: "" };

/** Whom the server finds for these words. */
function useFound(wanted: string): Found {
  const [found, setFound] = useState(NOTHING);
  useEffect(() => {
    if (wanted === "") return;
    const stop = new AbortController();
    const become = (part: Partial<Found>) => stop.signal.aborted || setFound({ ...NOTHING, of: wanted, ...part });
    const timer = setTimeout(() => {
      teamsApi.people(wanted, stop.signal).then(
        (people) => become({ people }),
        (error: unknown) => become({ problem: saidOf(problemOf(error)) }),
      );
    }, REST_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [wanted]);
  return found.of === wanted ? found : NOTHING;
}

interface SearchProps {
  readonly id?: string;
  readonly label: string;
  readonly hint: string;
  /** The name that stands there until something is typed. */
  readonly chosen?: string;
  /** Offered before anything is typed: who is no account. */
  readonly others?: readonly Person[];
  /** They are not offered. */
  readonly without?: readonly Person[];
  /** Null: the name was taken away. */
  readonly onChoose: (person: Person | null) => void;
}

export function PeopleSearch(props: SearchProps) {
  const { id, label, hint, chosen = "", others = [], without = [], onChoose } = props;
  const list = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const wanted = typed?.trim() ?? "";
  const found = useFound(wanted);
  const there = new Set(without.map((person) => person.id));
  const options = [
    ...others.filter((person) => nameOf(person).toLowerCase().includes(wanted.toLowerCase())),
    ...found.people.filter((person) => !there.has(person.id)),
  ];
  const shown = open && options.length > 0;
  const current = Math.min(at, options.length - 1);
  const said = found.problem || (open && found.of !== "" && options.length === 0 ? words.peopleNone : "");
  const close = () => {
    setTyped(null);
    setOpen(false);
    setAt(0);
  };
  const choose = (person: Person | undefined) => {
    if (person === undefined) return;
    close();
    onChoose(person);
  };
  const type = (text: string) => {
    setTyped(text);
    setOpen(true);
    setAt(0);
    if (text === "" && chosen !== "") onChoose(null);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown") {
      setOpen(true);
      if (shown) setAt(Math.min(current + 1, options.length - 1));
    } else if (event.key === "ArrowUp") setAt(Math.max(current - 1, 0));
    else if (event.key === "Enter") choose(shown ? options[current] : undefined);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  };
  return (
    <div className="people-search">
      <input
        {...(id !== undefined && { id })}
        className="field whole"
        role="combobox"
        dir="auto"
        aria-label={label}
        aria-expanded={shown}
        aria-controls={list}
        aria-autocomplete="list"
        {...(shown && { "aria-activedescendant": `${list}-${current}` })}
        placeholder={hint}
        autoComplete="off"
        spellCheck={false}
        value={typed ?? chosen}
        onChange={({ target }) => type(target.value)}
        onClick={() => setOpen(true)}
        onFocus={({ target }) => target.select()}
        onBlur={close}
        onKeyDown={keys}
      />
      <ul
        id={list}
        role="listbox"
        aria-label={label}
        hidden={!shown}
        // The field keeps the focus.
        onMouseDown={(event) => event.preventDefault()}
      >
        {options.map((person, place) => (
          <li
            key={person.id}
            id={`${list}-${place}`}
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
      <p className="people-said meta" role="status">
        {said}
      </p>
    </div>
  );
}
