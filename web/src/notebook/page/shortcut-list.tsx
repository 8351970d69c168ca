/** Every command with its keys, and the way to change them. A collision is told before it takes effect. */
import { Pencil, RotateCcw, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";

import type { Command } from "../../commands/command";
import { collisions, keysOf, type Overrides, rebind } from "../../commands/keymap";
import { showChord, strokeOf } from "../../commands/keys";
import { search } from "../../commands/search";
import { isMac } from "../../platform";
import { Button, IconButton } from "../../ui/button";
import { useSettings } from "../../ui/hooks";
import { strings } from "../../words";
import { commands } from "../commands";
import { useController } from "../context";
import type { NotebookController } from "../controller";
import { type EditorShortcut, editorShortcuts } from "../editor/shortcuts";

const words = strings.shell.shortcuts;
type NotebookCommand = Command<NotebookController>;

const written = (text: string) => showChord(text, isMac) + (text.startsWith("Esc ") ? ` (${words.commandMode})` : "");

/** `searching`: one came for the shortcuts, and types at once which. */
export function ShortcutList({ searching }: { readonly searching: boolean }) {
  const { settings } = useController();
  const { shortcuts } = useSettings();
  const [query, setQuery] = useState("");
  const [changing, setChanging] = useState<string | null>(null);
  const text = (command: NotebookCommand) =>
    `${command.title} ${keysOf(command, shortcuts)
      .map((keys) => showChord(keys, isMac))
      .join(" ")}`;
  const found = search(query, commands.all(), text);
  const inEditor = search(query, editorShortcuts, ({ title, keys }) =>
    [strings.editor.shortcuts[title], ...keys.map((one) => showChord(one, isMac))].join(" "),
  );
  const change = (id: string, keys: readonly string[] | null) => {
    const before = settings.read().shortcuts;
    const others = Object.fromEntries(Object.entries(before).filter(([other]) => other !== id));
    settings.change({ shortcuts: keys === null ? others : rebind(commands.all(), others, id, keys, isMac) });
    setChanging(null);
  };
  return (
    <>
      <div className="shortcut-head">
        <input
          className="field"
          type="search"
          aria-label={words.search}
          placeholder={words.search}
          value={query}
          autoFocus={searching}
          onChange={({ target }) => setQuery(target.value)}
        />
        <Button look="outlined" onClick={() => settings.change({ shortcuts: {} })}>
          {words.resetAll}
        </Button>
      </div>
      {found.map((command) => (
        <Shortcut
          key={command.id}
          command={command}
          shortcuts={shortcuts}
          changing={changing === command.id}
          onChanging={(is) => setChanging(is ? command.id : null)}
          onChange={(keys) => change(command.id, keys)}
        />
      ))}
      {found.length + inEditor.length === 0 && <p className="pane-note">{strings.shell.paletteEmpty}</p>}
      {inEditor.length > 0 && <EditorShortcuts shortcuts={inEditor} />}
    </>
  );
}

/** Keys of the editors: to be read, not to be changed. */
function EditorShortcuts({ shortcuts }: { readonly shortcuts: readonly EditorShortcut[] }) {
  return (
    <section>
      <h3 className="shortcut-part">{strings.editor.shortcutsTitle}</h3>
      <p className="meta">{strings.editor.shortcutsNote}</p>
      {shortcuts.map(({ title, keys }) => (
        <div key={title} className="shortcut">
          <span className="shortcut-title">{strings.editor.shortcuts[title]}</span>
          <span className="shortcut-keys">
            {keys.map((text) => (
              <kbd key={text}>{written(text)}</kbd>
            ))}
          </span>
        </div>
      ))}
    </section>
  );
}

interface ShortcutProps {
  readonly command: NotebookCommand;
  readonly shortcuts: Overrides;
  readonly changing: boolean;
  readonly onChanging: (changing: boolean) => void;
  /** null: the first ones again. */
  readonly onChange: (keys: readonly string[] | null) => void;
}

function Shortcut({ command, shortcuts, changing, onChanging, onChange }: ShortcutProps) {
  const { id, title } = command;
  const keys = keysOf(command, shortcuts);
  const pencil = useRef<HTMLButtonElement>(null);
  const done = (chord: string | null) => {
    // While the field is still there: with it the focus would go, to the first button of the dialog.
    pencil.current?.focus();
    if (chord === null) onChanging(false);
    else onChange([chord]);
  };
  return (
    <div className="shortcut">
      <span className="shortcut-title">{title}</span>
      <span className="shortcut-keys">
        {keys.map((text) => (
          <kbd key={text}>{written(text)}</kbd>
        ))}
        {keys.length === 0 && <span className="meta">{words.none}</span>}
      </span>
      <span>
        <IconButton ref={pencil} icon={Pencil} label={words.change(title)} onClick={() => onChanging(!changing)} />
        <IconButton icon={X} label={words.clear(title)} disabled={keys.length === 0} onClick={() => onChange([])} />
        <IconButton
          icon={RotateCcw}
          label={words.reset(title)}
          disabled={shortcuts[id] === undefined}
          onClick={() => onChange(null)}
        />
      </span>
      {changing && <Record id={id} shortcuts={shortcuts} onDone={done} />}
    </div>
  );
}

interface RecordProps {
  readonly id: string;
  readonly shortcuts: Overrides;
  /** null: leave it as it was. */
  readonly onDone: (chord: string | null) => void;
}

/** Takes the keys as they are pressed, up to two strokes. */
function Record({ id, shortcuts, onDone }: RecordProps) {
  const [strokes, setStrokes] = useState<readonly string[]>([]);
  const [inCommandMode, setInCommandMode] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const plain = strokes[0] !== undefined && !/Ctrl|Alt|Meta|F\d/.test(strokes[0]) && !/^Shift\+\w{2,}/.test(strokes[0]);
  const chord = [...(plain || inCommandMode ? ["Esc"] : []), ...strokes].join(" ");
  const taken = strokes.length === 0 ? [] : collisions(commands.all(), shortcuts, id, chord, isMac);
  const press = (event: KeyboardEvent) => {
    const stroke = strokeOf(event);
    if (stroke === null || stroke === "Tab" || stroke === "Shift+Tab") return;
    event.preventDefault();
    event.stopPropagation();
    if (stroke === "Esc") onDone(null);
    else if (stroke === "Enter" && strokes.length > 0) onDone(chord);
    else setStrokes((before) => (before.length >= 2 ? [stroke] : [...before, stroke]));
  };
  return (
    <div className="shortcut-record">
      <input
        className="field"
        readOnly
        aria-label={words.record}
        placeholder={words.recordFirst}
        value={strokes.length === 0 ? "" : written(chord)}
        ref={field}
        onKeyDown={press}
      />
      <label>
        <input
          type="checkbox"
          checked={plain || inCommandMode}
          disabled={plain}
          onChange={({ target }) => setInCommandMode(target.checked)}
        />{" "}
        {words.forCommandMode}
      </label>
      <Button look="primary" disabled={strokes.length === 0} onClick={() => onDone(chord)}>
        {words.use}
      </Button>
      <span className="meta" role="status">
        {taken.length === 0 ? words.record : words.taken(taken.map((other) => commands.get(other).title).join(", "))}
      </span>
    </div>
  );
}
