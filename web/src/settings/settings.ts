/**
 * What a person sets about the page: its look, its editors, its keys. Plain values with defaults; no browser, no React.
 *
 * Kept in this browser (settings/store.ts). What is read back is checked field by field, so that an older or a damaged
 * text never breaks the page: a field that is not understood has its default.
 */

export const SETTINGS_KEY = "noctule.settings";
export type StoredText = string | null;

export type Theme = "system" | "light" | "dark";
export type LanguageChoice = "system" | "en" | "zh";
export type Density = "comfortable" | "compact";
export type PageWidth = "column" | "full";
export type Keys = "default" | "vim";
export type DriveLayout = "list" | "grid";

export interface EditorSettings {
  readonly keys: Keys;
  readonly lineNumbers: boolean;
  readonly folding: boolean;
  readonly wrap: boolean;
  readonly closeBrackets: boolean;
  /** Spaces and tabs are shown as marks. */
  readonly whitespace: boolean;
  /** Suggestions come while one types, and not only when asked for. */
  readonly suggest: boolean;
  /** Spaces for one step of indentation. */
  readonly indent: number;
  /** A line at this column; 0 for none. */
  readonly ruler: number;
}

export interface Settings {
  readonly theme: Theme;
  readonly language: LanguageChoice;
  readonly density: Density;
  readonly width: PageWidth;
  /** Of code, in CSS pixels. */
  readonly fontSize: number;
  readonly editor: EditorSettings;
  /** Key chords by command id, in place of the default ones. An empty list: the command has none. */
  readonly shortcuts: Readonly<Record<string, readonly string[]>>;
  readonly notify: {
    readonly on: boolean;
    /** Runs shorter than this are not told of. */ readonly afterSeconds: number;
  };
  /** A text cell that is written shows how it will look. */
  readonly textPreview: boolean;
  readonly rail: { readonly open: string | null; /** CSS pixels. */ readonly width: number };
  /** The tabs beside the cells. CSS pixels. */
  readonly dock: { readonly width: number };
  readonly terminal: { /** What is said in it is read out. */ readonly screenReader: boolean };
  readonly files: { /** Names that begin with a dot, too. */ readonly hidden: boolean };
  readonly drive: { readonly layout: DriveLayout; /** The panel beside the list. */ readonly details: boolean };
}

export const RAIL_WIDTH = { least: 280, most: 480, first: 320 } as const;
export const DOCK_WIDTH = { least: 320, most: 1600, first: 640 } as const;
export const FONT_SIZES = [11, 12, 13, 13.5, 14, 15, 16, 18, 20, 24] as const;
export const INDENTS = [2, 4, 8] as const;

export const DEFAULTS: Settings = {
  theme: "system",
  language: "system",
  density: "comfortable",
  width: "column",
  fontSize: 13.5,
  editor: {
    keys: "default",
    lineNumbers: false,
    folding: true,
    wrap: false,
    closeBrackets: true,
    whitespace: false,
    suggest: true,
    indent: 4,
    ruler: 0,
  },
  shortcuts: {},
  notify: { on: false, afterSeconds: 60 },
  textPreview: true,
  rail: { open: null, width: RAIL_WIDTH.first },
  dock: { width: DOCK_WIDTH.first },
  terminal: { screenReader: false },
  files: { hidden: false },
  drive: { layout: "list", details: false },
};

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};

/** `value` if it is one of `known`, else `otherwise`. */
function one<T>(value: unknown, known: readonly T[], otherwise: T): T {
  return known.find((item) => item === value) ?? otherwise;
}

function within(value: unknown, least: number, most: number, otherwise: number): number {
  return typeof value === "number" && value >= least && value <= most ? value : otherwise;
}

const truth = (value: unknown, otherwise: boolean) => (typeof value === "boolean" ? value : otherwise);

function readEditor(fields: Fields): EditorSettings {
  const { editor } = DEFAULTS;
  return {
    keys: one<Keys>(fields["keys"], ["default", "vim"], editor.keys),
    lineNumbers: truth(fields["lineNumbers"], editor.lineNumbers),
    folding: truth(fields["folding"], editor.folding),
    wrap: truth(fields["wrap"], editor.wrap),
    closeBrackets: truth(fields["closeBrackets"], editor.closeBrackets),
    whitespace: truth(fields["whitespace"], editor.whitespace),
    suggest: truth(fields["suggest"], editor.suggest),
    indent: one<number>(fields["indent"], INDENTS, editor.indent),
    ruler: within(fields["ruler"], 0, 400, editor.ruler),
  };
}

function readShortcuts(fields: Fields): Settings["shortcuts"] {
  const lists = Object.entries(fields).filter(
    (entry): entry is [string, string[]] =>
      Array.isArray(entry[1]) && entry[1].every((chord) => typeof chord === "string"),
  );
  return Object.fromEntries(lists);
}

function parse(stored: StoredText): unknown {
  try {
    return JSON.parse(stored ?? "{}");
  } catch {
    return {};
  }
}

export function readSettings(stored: StoredText): Settings {
  const fields = fieldsOf(parse(stored));
  const notify = fieldsOf(fields["notify"]);
  const rail = fieldsOf(fields["rail"]);
  return {
    theme: one<Theme>(fields["theme"], ["system", "light", "dark"], DEFAULTS.theme),
    language: one<LanguageChoice>(fields["language"], ["system", "en", "zh"], DEFAULTS.language),
    density: one<Density>(fields["density"], ["comfortable", "compact"], DEFAULTS.density),
    width: one<PageWidth>(fields["width"], ["column", "full"], DEFAULTS.width),
    fontSize: one<number>(fields["fontSize"], FONT_SIZES, DEFAULTS.fontSize),
    editor: readEditor(fieldsOf(fields["editor"])),
    shortcuts: readShortcuts(fieldsOf(fields["shortcuts"])),
    notify: {
      on: truth(notify["on"], DEFAULTS.notify.on),
      afterSeconds: within(notify["afterSeconds"], 0, 86_400, DEFAULTS.notify.afterSeconds),
    },
    textPreview: truth(fields["textPreview"], DEFAULTS.textPreview),
    rail: {
      open: typeof rail["open"] === "string" ? rail["open"] : DEFAULTS.rail.open,
      width: within(rail["width"], RAIL_WIDTH.least, RAIL_WIDTH.most, DEFAULTS.rail.width),
    },
    dock: {
      width: within(fieldsOf(fields["dock"])["width"], DOCK_WIDTH.least, DOCK_WIDTH.most, DEFAULTS.dock.width),
    },
    terminal: { screenReader: fieldsOf(fields["terminal"])["screenReader"] === true },
    files: { hidden: fieldsOf(fields["files"])["hidden"] === true },
    drive: {
      layout: one<DriveLayout>(fieldsOf(fields["drive"])["layout"], ["list", "grid"], DEFAULTS.drive.layout),
      details: fieldsOf(fields["drive"])["details"] === true,
    },
  };
}
