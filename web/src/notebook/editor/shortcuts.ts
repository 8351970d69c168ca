/**
 * Keys that belong to an editor while it has the caret, for the page of shortcuts: what they are, not what they do
 * (keys.ts binds them, and a test holds the two together). They cannot be changed there. Plain TypeScript.
 */
import type { Words } from "../../words";

export interface EditorShortcut {
  readonly title: keyof Words["editor"]["shortcuts"];
  /** As in commands/keys.ts. */
  readonly keys: readonly string[];
}

export const editorShortcuts: readonly EditorShortcut[] = [
  { title: "undo", keys: ["Mod+Z"] },
  { title: "redo", keys: ["Mod+Shift+Z", "Mod+Y"] },
  { title: "complete", keys: ["Tab", "Ctrl+Space"] },
  { title: "inspect", keys: ["Shift+Tab"] },
  { title: "find", keys: ["Mod+F"] },
  { title: "findNext", keys: ["Mod+G"] },
  { title: "goToLine", keys: ["Mod+Alt+G"] },
  { title: "indent", keys: ["Tab", "Mod+]"] },
  { title: "dedent", keys: ["Shift+Tab", "Mod+["] },
  { title: "moveLineUp", keys: ["Alt+ArrowUp"] },
  { title: "moveLineDown", keys: ["Alt+ArrowDown"] },
  { title: "copyLineUp", keys: ["Alt+Shift+ArrowUp"] },
  { title: "copyLineDown", keys: ["Alt+Shift+ArrowDown"] },
  { title: "deleteLine", keys: ["Mod+Shift+K"] },
  { title: "selectLine", keys: ["Mod+L"] },
  { title: "selectNext", keys: ["Mod+D"] },
  { title: "selectAllMatches", keys: ["Mod+Shift+L"] },
  { title: "cursorAbove", keys: ["Mod+Alt+ArrowUp"] },
  { title: "cursorBelow", keys: ["Mod+Alt+ArrowDown"] },
  { title: "selectSyntax", keys: ["Mod+I"] },
  { title: "matchingBracket", keys: ["Mod+Shift+\\"] },
  { title: "fold", keys: ["Ctrl+Shift+["] },
  { title: "unfold", keys: ["Ctrl+Shift+]"] },
  { title: "foldAll", keys: ["Ctrl+Alt+["] },
  { title: "unfoldAll", keys: ["Ctrl+Alt+]"] },
];
