/**
 * Keys of the page: finds out who has them, and runs the command that they are bound to. One listener for the whole
 * document, ahead of the editors, so that a shortcut is the same wherever the caret is.
 */
import { keymapOf, type Keymap, type Mode } from "../../commands/keymap";
import { strokeOf } from "../../commands/keys";
import { isMac } from "../../platform";
import { strings } from "../../words";
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

/** The cell that is edited while its editor has not the keys yet, and nothing else that is to have them: they are its. */
function expecting({ selection }: NotebookController, target: EventTarget | null): string | null {
  const { id, mode } = selection.read();
  if (mode !== "edit" || id === null || !(target instanceof Element)) return null;
  const editor = target.closest(".cm-editor");
  const place = target.closest<HTMLElement>("section.cell");
  if (editor !== null) return place !== null && place.dataset.cell !== id ? id : null;
  return target === document.body || target === place ? id : null;
}

/** Where the focus goes when what a command opened is there. */
const ARRIVED = "[role=dialog], [role=alertdialog], aside.pane";

/** Of the page itself, not an editor of a cell. */
const isField = (target: EventTarget | null): boolean =>
  target instanceof Element && target.matches("input, textarea") && target.closest(".cm-editor") === null;

/** The text of a cell in its editor. */
const isSource = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest(".cm-content") !== null;

/** By these one turns to something else. */
const TURNS = /^(Escape|Tab|Arrow|Page|Home$|End$)/;

/** What writes, or takes away what was written. */
const isWriting = ({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean =>
  !ctrlKey && !metaKey && !altKey && /^(.|Enter|Backspace|Delete)$/su.test(key);

/**
 * `atOnce` shows what its argument did before it returns: when a command gives the keys to an editor, it has them with the
 * next one.
 */
export function listenToKeys(
  controller: NotebookController,
  signal: AbortSignal,
  atOnce: (change: () => void) => void,
): void {
  const { files, selection, settings, shell, lostCell, typeAhead, writing } = controller;
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
    // Where nothing can be written, a key that writes is answered in words.
    if (isWriting(event) && isSource(event.target) && !controller.session.may("edit")) {
      controller.toasts.remind(strings.share.cannot.edit);
    }
    if (stroke !== null && !event.defaultPrevented) handle(event, stroke);
  };
  const handle = (event: KeyboardEvent, stroke: string) => {
    if (isField(event.target)) typeAhead.end();
    if (typeAhead.isWaiting && waits(event, stroke)) return;
    const expected = expecting(controller, event.target);
    const mode = expected === null ? modeFor(event.target) : "anywhere";
    const { chord } = shell.read();
    if (mode === null || (chord === null && isOwnKey(event.target, stroke))) return;
    const take = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (files.pasting !== null && mode === "command") {
      // It is meant for what will be there then: the cells that are pasted.
      void files.pasting.then(() => handle(event, stroke));
      take();
      return;
    }
    if (TURNS.test(event.key)) lostCell.wake();
    const found = current().press(stroke, mode, chord, Date.now());
    if (lostCell.isSilent && mode === "command") {
      // A run was meant for that cell too.
      if (isWriting(event) || found.t !== "none") take();
      return;
    }
    shell.setChord(found.t === "waiting" ? found.waiting : null);
    if (found.t === "none") {
      if (expected === null) return;
      if (isWriting(event)) controller.earlyTyping.press(expected, event.key);
      else if (stroke === "Esc") selection.select(expected, "command");
      else return;
      take();
      return;
    }
    const taken = found.t !== "run" || run(found.id);
    if (!taken && mode === "anywhere" && !/Ctrl|Meta/.test(stroke)) return;
    take();
  };
  /** Something with a field is on its way: what writes is for that. */
  const waits = (event: KeyboardEvent, stroke: string): boolean => {
    if (stroke === "Esc") shell.closeDialog();
    else if (isWriting(event)) typeAhead.press(event.key);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  const arrived = ({ target }: FocusEvent) => {
    if (!typeAhead.isWaiting || !(target instanceof Element) || target.closest(ARRIVED) === null) return;
    const text = typeAhead.end();
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else keeps the undo of a field
    if (text !== "" && isField(target)) document.execCommand("insertText", false, text);
  };
  const run = (id: string): boolean => {
    const refused = commands.refusal(id, controller);
    if (refused !== null) {
      controller.toasts.remind(refused);
      return true;
    }
    let ran = false;
    writing.ended();
    atOnce(() => {
      ran = commands.run(id, controller);
    });
    return ran;
  };
  document.addEventListener("keydown", press, { capture: true, signal });
  const turn = () => {
    lostCell.wake();
    typeAhead.end();
  };
  document.addEventListener("pointerdown", turn, { capture: true, signal });
  document.addEventListener("focusin", () => writing.ended(), { capture: true, signal });
  document.addEventListener("focusin", arrived, { signal });
  document.addEventListener("input", () => writing.typed(), { capture: true, signal });
}

/** Cells by the browser's own copy, cut and paste, where no text is meant. */
export function listenToClipboard(controller: NotebookController, signal: AbortSignal): void {
  const meant = (event: ClipboardEvent) =>
    modeFor(event.target) === "command" && (document.getSelection()?.isCollapsed ?? true) && controller.cell !== null;
  const may = () => controller.session.may("edit");
  const give = (event: ClipboardEvent, text: string) => {
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
  };
  document.addEventListener("copy", (event) => meant(event) && give(event, controller.structure.copy()), { signal });
  document.addEventListener("cut", (event) => meant(event) && may() && give(event, controller.structure.cutCells()), {
    signal,
  });
  document.addEventListener(
    "paste",
    (event) => {
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (meant(event) && may() && controller.structure.paste(text)) event.preventDefault();
    },
    { signal },
  );
}
