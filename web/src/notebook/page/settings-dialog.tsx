/** What a person can set: the page, the editors, the keys. Everything takes effect at once. */
import "./settings-dialog.css";

import { Tab, TabList, TabPanel, Tabs } from "react-aria-components/Tabs";

import type { EditorSettings, Settings } from "../../settings/settings";
import { FONT_SIZES, INDENTS } from "../../settings/settings";
import { Dialog } from "../../ui/dialog";
import { useSettings } from "../../ui/hooks";
import { strings } from "../../words";
import { useController } from "../context";
import type { DialogProps } from "./dialogs";
import { NotifySettings } from "./notify-settings";
import { Row } from "./settings-row";
import { ShortcutList } from "./shortcut-list";

const words = strings.shell.settings;

export default function SettingsDialog({ about, onClose }: DialogProps) {
  return (
    <Dialog title={words.title} size="page" onClose={onClose}>
      <Tabs className="tabs" defaultSelectedKey={about === "shortcuts" ? "shortcuts" : "site"}>
        <TabList className="tab-list" aria-label={words.title}>
          <Tab id="site">{words.sections.site}</Tab>
          <Tab id="editor">{words.sections.editor}</Tab>
          <Tab id="shortcuts">{words.sections.shortcuts}</Tab>
        </TabList>
        <TabPanel id="site" className="tab-panel">
          <SiteSettings />
        </TabPanel>
        <TabPanel id="editor" className="tab-panel">
          <EditorSettingsForm />
        </TabPanel>
        <TabPanel id="shortcuts" className="tab-panel">
          <ShortcutList searching={about === "shortcuts"} />
        </TabPanel>
      </Tabs>
    </Dialog>
  );
}

function useChange(): (part: Partial<Settings>) => void {
  const { settings } = useController();
  return (part) => settings.change(part);
}

function SiteSettings() {
  const settings = useSettings();
  const change = useChange();
  return (
    <>
      <Choice label={words.theme} of={words.themes} value={settings.theme} onChange={(theme) => change({ theme })} />
      <Choice
        label={words.language}
        of={words.languages}
        value={settings.language}
        note={words.languageNote}
        onChange={(language) => {
          change({ language });
          location.reload();
        }}
      />
      <Choice
        label={words.density}
        of={words.densities}
        value={settings.density}
        onChange={(density) => change({ density })}
      />
      <Choice label={words.width} of={words.widths} value={settings.width} onChange={(width) => change({ width })} />
      <NumberChoice
        label={words.fontSize}
        of={FONT_SIZES}
        value={settings.fontSize}
        onChange={(fontSize) => change({ fontSize })}
      />
      <NotifySettings />
    </>
  );
}

function EditorSettingsForm() {
  const { editor } = useSettings();
  const change = useChange();
  const set = (part: Partial<EditorSettings>) => change({ editor: { ...editor, ...part } });
  return (
    <>
      <Choice label={words.keys} of={words.keysOf} value={editor.keys} onChange={(keys) => set({ keys })} />
      <NumberChoice label={words.indent} of={INDENTS} value={editor.indent} onChange={(indent) => set({ indent })} />
      <Row label={words.ruler}>
        {(id) => (
          <input
            id={id}
            className="field"
            type="number"
            min={0}
            max={400}
            value={editor.ruler}
            onChange={({ target }) => set({ ruler: Math.min(400, Math.max(0, Math.floor(target.valueAsNumber || 0))) })}
          />
        )}
      </Row>
      <Switch label={words.suggest} value={editor.suggest} onChange={(suggest) => set({ suggest })} />
      <Switch
        label={words.closeBrackets}
        value={editor.closeBrackets}
        onChange={(closeBrackets) => set({ closeBrackets })}
      />
      <Switch label={words.lineNumbers} value={editor.lineNumbers} onChange={(lineNumbers) => set({ lineNumbers })} />
      <Switch label={words.folding} value={editor.folding} onChange={(folding) => set({ folding })} />
      <Switch label={words.wrap} value={editor.wrap} onChange={(wrap) => set({ wrap })} />
      <Switch label={words.whitespace} value={editor.whitespace} onChange={(whitespace) => set({ whitespace })} />
    </>
  );
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly of: Readonly<Record<T, string>>;
  readonly value: T;
  readonly note?: string;
  readonly onChange: (value: T) => void;
}

function Choice<T extends string>({ label, of, value, note, onChange }: ChoiceProps<T>) {
  const entries = Object.entries(of) as [T, string][];
  return (
    <Row label={label} note={note}>
      {(id) => (
        <select id={id} className="field" value={value} onChange={({ target }) => onChange(target.value as T)}>
          {entries.map(([key, title]) => (
            <option key={key} value={key}>
              {title}
            </option>
          ))}
        </select>
      )}
    </Row>
  );
}

interface NumberChoiceProps {
  readonly label: string;
  readonly of: readonly number[];
  readonly value: number;
  readonly onChange: (value: number) => void;
}

function NumberChoice({ label, of, value, onChange }: NumberChoiceProps) {
  return (
    <Row label={label}>
      {(id) => (
        <select id={id} className="field" value={value} onChange={({ target }) => onChange(Number(target.value))}>
          {of.map((item) => (
            <option key={item} value={item}>
              {item}
            </option>
          ))}
        </select>
      )}
    </Row>
  );
}

interface SwitchProps {
  readonly label: string;
  readonly value: boolean;
  readonly onChange: (value: boolean) => void;
}

function Switch({ label, value, onChange }: SwitchProps) {
  return (
    <Row label={label}>
      {(id) => (
        <input
          id={id}
          className="switch"
          type="checkbox"
          checked={value}
          onChange={({ target }) => onChange(target.checked)}
        />
      )}
    </Row>
  );
}
