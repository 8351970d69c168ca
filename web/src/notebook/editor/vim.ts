/**
 * Vim in a cell: the editor's own modes, and the ways out of it into the page. Fetched when a person chooses it.
 *
 * Commands and actions of Vim are one table for all editors; what they need of an editor is a facet of its state.
 */
import { closeCompletion } from "@codemirror/autocomplete";
import { type Extension, Facet, Prec } from "@codemirror/state";
import { EditorView, ViewPlugin } from "@codemirror/view";
import { type CodeMirror, getCM, Vim, vim } from "@replit/codemirror-vim";
import type * as Y from "yjs";

import type { EditorEvents } from "./codemirror";
import { atEdge, columnOf, leaveEditor } from "./keys";

type VimState = NonNullable<CodeMirror["state"]["vim"]>;

interface VimPorts {
  readonly on: EditorEvents;
  readonly undo: Y.UndoManager;
}

const ports = Facet.define<VimPorts, VimPorts | null>({ combine: ([first]) => first ?? null });

const viewOf = (cm: unknown): EditorView => (cm as CodeMirror).cm6;
const portsOf = (cm: unknown): VimPorts | null => viewOf(cm).state.facet(ports);

const save = (cm: unknown) => portsOf(cm)?.on.save();
function leave(cm: unknown): void {
  const found = portsOf(cm);
  // Behind the prompt, which gives the keys back to the editor when the command is done.
  if (found !== null) setTimeout(() => leaveEditor(viewOf(cm), found.on));
}
function saveAndLeave(cm: unknown): void {
  save(cm);
  leave(cm);
}

Vim.defineEx("write", "w", save);
Vim.defineEx("quit", "q", leave);
Vim.defineEx("wq", "wq", saveAndLeave);
Vim.defineEx("xit", "x", saveAndLeave);

/** In normal mode there is a cursor and no selection, also where undo would bring one back. */
const times = (action: (undo: Y.UndoManager) => void) => (cm: unknown, args: unknown) => {
  const editor = cm as CodeMirror;
  const { repeat } = args as { repeat?: number };
  const undo = portsOf(cm)?.undo;
  editor.operation(() => {
    for (let left = repeat ?? 1; left > 0 && undo !== undefined; left -= 1) action(undo);
    editor.setCursor(editor.getCursor("start"));
  });
};
Vim.defineAction(
  "undo",
  times((undo) => undo.undo()),
);
Vim.defineAction(
  "redo",
  times((undo) => undo.redo()),
);

/** Nothing was begun that the next key goes on with: a count, an operator, a register. */
function isIdle({ insertMode, visualMode, inputState, expectLiteralNext }: VimState): boolean {
  const { keyBuffer, operator, prefixRepeat, motionRepeat, registerName } = inputState;
  if (insertMode || visualMode || expectLiteralNext) return false;
  return keyBuffer.length + prefixRepeat.length + motionRepeat.length === 0 && operator == null && registerName == null;
}

const STEPS: Readonly<Record<string, 1 | -1>> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

/** Ahead of Vim: the ways out of the cell, in normal mode. */
const waysOut = Prec.highest(
  EditorView.domEventHandlers({
    keydown: (event, view) => {
      const state = getCM(view)?.state.vim;
      const found = view.state.facet(ports);
      if (event.key === "Escape") closeCompletion(view);
      if (state == null || found === null || !isIdle(state) || view.state.selection.ranges.length > 1) return false;
      if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return false;
      if (event.key === "Escape") {
        leaveEditor(view, found.on);
        return true;
      }
      const by = STEPS[event.key];
      return by !== undefined && atEdge(view, by) && found.on.step(by, columnOf(view));
    },
  }),
);

/** Tells the mode, makes each command and each insertion one step for undo, and comes back in normal mode. */
class Follower {
  private readonly view: EditorView;
  private readonly ports: VimPorts;
  private readonly cm: CodeMirror | null;
  /** How long one types for one step of undo, where no mode says it. */
  private readonly pause: number;
  private readonly stop = new AbortController();

  constructor(view: EditorView, found: VimPorts) {
    this.view = view;
    this.ports = found;
    this.cm = getCM(view);
    this.pause = found.undo.captureTimeout;
    this.cm?.on("vim-mode-change", this.changed);
    this.cm?.on("vim-command-done", this.done);
    const { signal } = this.stop;
    view.dom.addEventListener("focusin", () => this.tell(), { signal });
    view.dom.addEventListener("focusout", (event) => this.left(event), { signal });
    if (view.hasFocus) this.tell();
  }

  destroy(): void {
    this.stop.abort();
    this.ports.undo.captureTimeout = this.pause;
    if (this.view.hasFocus) this.ports.on.vimMode(null);
  }

  private readonly changed = ({ mode }: { readonly mode: string }) => {
    const { on, undo } = this.ports;
    undo.stopCapturing();
    undo.captureTimeout = mode === "insert" || mode === "replace" ? Number.MAX_SAFE_INTEGER : this.pause;
    on.vimMode(mode);
  };

  private readonly done = () => {
    if (this.cm?.state.vim?.insertMode !== true) this.ports.undo.stopCapturing();
  };

  private tell(): void {
    this.ports.on.vimMode(this.cm?.state.vim?.mode ?? "normal");
  }

  private left({ relatedTarget }: FocusEvent): void {
    if (relatedTarget instanceof Node && this.view.dom.contains(relatedTarget)) return;
    const { cm } = this;
    if (cm?.state.vim?.insertMode === true) Vim.exitInsertMode(cm as Parameters<typeof Vim.exitInsertMode>[0]);
    this.ports.on.vimMode(null);
  }
}

export const vimKeys = (on: EditorEvents, undo: Y.UndoManager): Extension => [
  ports.of({ on, undo }),
  waysOut,
  Prec.high(vim()),
  Prec.low(ViewPlugin.define((view) => new Follower(view, { on, undo }))),
];
