/** The field in which people and teams are looked for, and those that are chosen: a combobox with several values. */
import { Users, X } from "lucide-react";
import { type KeyboardEvent, useId, useSyncExternalStore } from "react";

import { IconButton } from "../ui/button";
import { strings } from "../words";
import { Face } from "./face";
import { type Choice, type Chooser, keyOf } from "./model/chooser";

const words = strings.share;

interface ChooserFieldProps {
  readonly chooser: Chooser;
  readonly disabled: boolean;
}

export function ChooserField({ chooser, disabled }: ChooserFieldProps) {
  const state = useSyncExternalStore(chooser.subscribe, chooser.read);
  const id = useId();
  const { text, chosen, options, at, open, searching, searched } = state;
  const current = options[at];
  const shown = open && (options.length > 0 || (!searching && searched !== ""));
  const keys = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || !took(chooser, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="chooser">
      <div className="chooser-field">
        {chosen.length > 0 && (
          <ul className="chips" aria-label={words.chosen}>
            {chosen.map((choice) => (
              <Chip key={keyOf(choice)} choice={choice} onRemove={() => chooser.remove(choice)} />
            ))}
          </ul>
        )}
        <input
          role="combobox"
          aria-label={words.add}
          aria-autocomplete="list"
          aria-expanded={shown}
          aria-controls={`${id}-list`}
          {...(shown && current !== undefined && { "aria-activedescendant": `${id}-${keyOf(current)}` })}
          placeholder={chosen.length === 0 ? words.addFirst : words.addHint}
          autoComplete="off"
          spellCheck={false}
          dir="auto"
          disabled={disabled}
          value={text}
          onChange={({ target }) => chooser.type(target.value)}
          onKeyDown={keys}
          onBlur={() => chooser.close()}
        />
      </div>
      <div id={`${id}-list`} role="listbox" aria-label={words.add} className="chooser-list" hidden={!shown}>
        {options.map((option, place) => (
          <div
            key={keyOf(option)}
            id={`${id}-${keyOf(option)}`}
            role="option"
            aria-selected={place === at}
            className={place === at ? "chooser-option at" : "chooser-option"}
            // The field keeps the focus.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => chooser.choose(option)}
          >
            <Face kind={option.kind} name={option.name} />
            <span className="chooser-name">
              <bdi>{option.name}</bdi>
              <span className="meta">{option.kind === "team" ? words.team : option.login}</span>
            </span>
          </div>
        ))}
        {options.length === 0 && <p className="chooser-none meta">{words.noneFound(searched)}</p>}
      </div>
      <span className="visually-hidden" role="status">
        {shown ? (options.length === 0 ? words.noneFound(searched) : words.found(options.length)) : ""}
      </span>
    </div>
  );
}

/** False: the key is none of the combobox's. */
function took(chooser: Chooser, key: string): boolean {
  switch (key) {
    case "ArrowDown":
      chooser.step(1);
      return true;
    case "ArrowUp":
      chooser.step(-1);
      return true;
    case "Enter":
      return chooser.choose();
    case "Escape":
      return chooser.close();
    case "Backspace":
      return chooser.removeLast();
    default:
      return false;
  }
}

function Chip({ choice, onRemove }: { readonly choice: Choice; readonly onRemove: () => void }) {
  return (
    <li className="chip-of">
      {choice.kind === "team" && <Users aria-hidden />}
      <bdi>{choice.name}</bdi>
      <IconButton icon={X} label={words.unchoose(choice.name)} onClick={onRemove} />
    </li>
  );
}
