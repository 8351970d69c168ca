/** Find and replace: the fields, the count, the list of matches by cell. */
import "./find.css";

import { CaseSensitive, ChevronDown, ChevronUp, Regex, Replace, ReplaceAll, WholeWord } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useSyncExternalStore } from "react";

import { IconButton } from "../../../ui/button";
import { count } from "../../../ui/format";
import { strings } from "../../../words";
import { useController, useMay } from "../../context";
import type { NotebookController } from "../../controller";
import type { FindState } from "../../find/finder";
import { markMatches } from "../../find/marking";
import { FindList } from "./find-list";

const words = strings.find;

export default function FindPane() {
  const controller = useController();
  const { finder } = controller;
  const state = useSyncExternalStore(finder.subscribe, finder.read);
  useEffect(() => {
    const stop = finder.open();
    const stopMarks = markMatches(controller);
    return () => {
      stopMarks();
      stop();
    };
  }, [finder, controller]);
  return (
    <div className="find" onKeyDown={(event) => leaveOn(event, controller)}>
      <FindFields state={state} controller={controller} />
      <Places state={state} controller={controller} />
      <FindList state={state} />
    </div>
  );
}

/** Escape goes to the match, with it selected, and closes the pane. */
function leaveOn(event: KeyboardEvent, { finder, shell, selection, editor }: NotebookController): void {
  if (event.key !== "Escape") return;
  event.preventDefault();
  event.stopPropagation();
  const match = finder.current();
  shell.openPane(null);
  if (match === null) return;
  const handle = match.part === "source" ? editor.of(match.cell) : null;
  if (handle === null) return selection.select(match.cell);
  handle.show(match.from, match.to, true);
}

interface PartProps {
  readonly state: FindState;
  readonly controller: NotebookController;
}

function FindFields({ state, controller }: PartProps) {
  const editable = useMay("edit");
  const { finder } = controller;
  const { query, replacement, asked } = state;
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, [asked]);
  const steps = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
    event.preventDefault();
    finder.step(event.shiftKey ? -1 : 1);
  };
  const replaceOn = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void finder.replace();
  };
  const invalid = state.trouble !== null;
  return (
    <div className="find-fields">
      <div className="find-field">
        <input
          ref={field}
          className="field"
          aria-label={words.find}
          placeholder={words.find}
          value={query.text}
          spellCheck={false}
          aria-invalid={invalid}
          onChange={({ target }) => finder.look({ text: target.value })}
          onKeyDown={steps}
        />
        <Toggle
          icon={CaseSensitive}
          label={words.matchCase}
          on={query.matchCase}
          set={(matchCase) => finder.look({ matchCase })}
        />
        <Toggle
          icon={WholeWord}
          label={words.wholeWord}
          on={query.wholeWord}
          set={(wholeWord) => finder.look({ wholeWord })}
        />
        <Toggle icon={Regex} label={words.regex} on={query.regex} set={(regex) => finder.look({ regex })} />
      </div>
      {editable && (
        <div className="find-field">
          <input
            className="field"
            aria-label={words.replace}
            placeholder={words.replace}
            value={replacement}
            spellCheck={false}
            onChange={({ target }) => finder.replaceBy(target.value)}
            onKeyDown={replaceOn}
          />
          <IconButton icon={Replace} label={words.replaceOne} shortcut="Enter" onClick={() => void finder.replace()} />
          <IconButton icon={ReplaceAll} label={words.replaceAll} onClick={() => void replaceAll(controller)} />
        </div>
      )}
    </div>
  );
}

interface ToggleProps {
  readonly icon: typeof Regex;
  readonly label: string;
  readonly on: boolean;
  readonly set: (on: boolean) => void;
}

function Toggle({ icon, label, on, set }: ToggleProps) {
  return (
    <IconButton icon={icon} label={label} className={on ? "chosen" : ""} aria-pressed={on} onClick={() => set(!on)} />
  );
}

async function replaceAll({ finder, toasts }: NotebookController): Promise<void> {
  const made = await finder.replaceAll();
  if (made.t === "slow") {
    toasts.say(words.slow, null, true);
    return;
  }
  if (made.count === 0) {
    toasts.say(words.noneReplaced, null, true);
    return;
  }
  const undo = () => {
    if (!made.undo()) toasts.say(words.undoGone, null, true);
  };
  const said = [words.replaced(count(made.count), made.cells), made.left > 0 ? words.left(count(made.left)) : ""];
  toasts.say(said.filter(Boolean).join(" "), { label: strings.undo, run: undo });
}

/** Where it looks, how much was found, and the way from match to match. */
function Places({ state, controller }: PartProps) {
  const { finder, session } = controller;
  const { where, matches, partly } = state;
  const lacking = partly.filter((cell) => session.runs.cell(cell).outputs?.complete === false);
  return (
    <>
      <fieldset className="find-where">
        <legend className="visually-hidden">{words.where}</legend>
        <Check label={words.code} on={where.code} set={(code) => finder.lookIn({ code })} />
        <Check label={words.text} on={where.text} set={(text) => finder.lookIn({ text })} />
        <Check label={words.outputs} on={where.outputs} set={(outputs) => finder.lookIn({ outputs })} />
        <Check
          label={words.onlySelected}
          on={where.onlySelected}
          set={(onlySelected) => finder.lookIn({ onlySelected })}
        />
      </fieldset>
      <div className="find-count">
        <span role="status" className={state.trouble === null ? "tabular" : "tabular bad"}>
          {summary(state)}
        </span>
        <IconButton
          icon={ChevronUp}
          label={words.previous}
          shortcut="Shift+F3"
          disabled={matches.length === 0}
          onClick={() => finder.step(-1)}
        />
        <IconButton
          icon={ChevronDown}
          label={words.next}
          shortcut="F3"
          disabled={matches.length === 0}
          onClick={() => finder.step(1)}
        />
      </div>
      {partly.length > 0 && state.query.text !== "" && (
        <p className="find-partly meta">
          {words.partly(partly.length)}{" "}
          {lacking.length > 0 && (
            <button type="button" className="find-load" onClick={() => lacking.forEach((cell) => session.need(cell))}>
              {words.loadPartly}
            </button>
          )}
        </p>
      )}
    </>
  );
}

function summary({ query, trouble, count: all, matches, at, searching }: FindState): string {
  if (query.text === "") return "";
  if (trouble !== null) return trouble.t === "slow" ? words.slow : words.invalid(trouble.why);
  if (all === 0) return searching ? words.searching : words.none;
  if (at !== null) return words.place(count(at + 1), count(all));
  return words.count(count(all), new Set(matches.map(({ cell }) => cell)).size);
}

interface CheckProps {
  readonly label: string;
  readonly on: boolean;
  readonly set: (on: boolean) => void;
}

function Check({ label, on, set }: CheckProps) {
  return (
    <label className="find-check">
      <input type="checkbox" checked={on} onChange={({ target }) => set(target.checked)} />
      {label}
    </label>
  );
}
