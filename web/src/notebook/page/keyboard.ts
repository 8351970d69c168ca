/**
 * Keys of the page: finds out who has them, and runs the command that they are bound to. One listener for the whole
 * document, ahead of the editors, so that a shortcut is the same wherever the caret is.
 */
import { keymapOf, type Keymap, type Mode } from "../../commands/keymap";
import { strokeOf } from "../../commands/keys";
import { isMac } from "../../platform";
import { commands } from "../commands";
import type { NotebookController } from "../controller";

/** In these, keys write or find by letters: only chords with a modifier are the page's. */
const FIELDS = "input, textarea, select, [contenteditable=true], [data-own-letters]";
/** These have keys of their own, all of them. */
const CLOSED = "[role=dialog], [role=menu], [role=listbox], .xterm, [data-own-keys]";

/** Whose the key is: the page's in command mode, the page's if it is no writing, or none of its business. */
export function modeFor(target: EventTarget | null): Mode | null {
  if (!(target instanceof Element)) return "command";
  if (target.closest(CLOSED) !== null) return null;
  return target.closest(FIELDS) === null ? "command" : "anywhere";
}

const SCROLL_KEYS: ReadonlySet<string> = new Set([
  ...["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Home", "End", "Space"],
]);

/** A box with more in it than it shows is scrolled by its own keys while it has the focus; a tree is walked by them. */
function isScrolled(target: Element, stroke: string): boolean {
  if (!SCROLL_KEYS.has(stroke) && stroke !== "Enter") return false;
  if (target.getAttribute("role") === "tree") return true;
  const isBox = target.hasAttribute("data-scrolls") && stroke !== "Enter";
  return isBox && (target.scrollHeight > target.clientHeight + 1 || target.scrollWidth > target.clientWidth + 1);
}

/** Keys by which a focused button, link or tab works. */
function isOwnKey(target: EventTarget | null, stroke: string): boolean {
  if (!(target instanceof Element)) return false;
  if (isScrolled(target, stroke)) return true;
  const control = target.closest("button, a, summary, [role=tab], [role=treeitem], [role=slider], [role=row]");
  if (control === null) return false;
  return ["Enter", "Space", "ArrowUp", "ArrowDown", "Home", "End"].includes(stroke);
}

export function listenToKeys(controller: NotebookController, signal: AbortSignal): void {
  const { settings, shell } = controller;
  let overrides = settings.read().shortcuts;
  let keymap: Keymap = keymapOf(commands.all(), overrides, isMac);
  const current = () => {
    if (settings.read().shortcuts !== overrides) {
      overrides = settings.read().shortcuts;
      keymap = keymapOf(commands.all(), overrides, isMac);
    }
    return keymap;
  };
  const press = (event: KeyboardEvent) => {
    const stroke = event.isComposing ? null : strokeOf(event);
    if (stroke === null || event.defaultPrevented) return;
    const mode = modeFor(event.target);
    const { chord } = shell.read();
    if (mode === null || (chord === null && isOwnKey(event.target, stroke))) return;
    const found = current().press(stroke, mode, chord, Date.now());
    shell.setChord(found.t === "waiting" ? found.waiting : null);
    if (found.t === "none") return;
    const taken = found.t !== "run" || commands.run(found.id, controller);
    if (!taken && mode === "anywhere" && !/Ctrl|Meta/.test(stroke)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener("keydown", press, { capture: true, signal });
}

/** Cells by the browser's own copy, cut and paste, where no text is meant. */
export function listenToClipboard(controller: NotebookController, signal: AbortSignal): void {
  const meant = (event: ClipboardEvent) =>
    modeFor(event.target) === "command" && (document.getSelection()?.isCollapsed ?? true) && controller.cell !== null;
  const give = (event: ClipboardEvent, text: string) => {
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
  };
  document.addEventListener("copy", (event) => meant(event) && give(event, controller.structure.copy()), { signal });
  document.addEventListener("cut", (event) => meant(event) && give(event, controller.structure.cutCells()), { signal });
  document.addEventListener(
    "paste",
    (event) => {
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (meant(event) && controller.structure.paste(text)) event.preventDefault();
    },
    { signal },
  );
}
