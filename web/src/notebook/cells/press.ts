/** What a press on a cell means for the selection: of cells, or of the text that the browser selects. */

/** In these a press is not for the cell. */
const OWN = "button, a, input, textarea, select, label, summary, .cm-editor, [role=menu], [data-own-keys]";
/** Text that one reads, and takes a piece of. */
const READ = ".outputs, .prose, .text-raw";

/** Whether a press there selects the cell, and is no business of what stands in it. */
export function isForCell(target: EventTarget | null): target is Element {
  return target instanceof Element && target.closest(OWN) === null;
}

/**
 * Whether Shift makes the selected text longer: it begins in the text that was pressed. Everywhere else Shift selects cells,
 * as in JupyterLab, and the browser must select nothing: what it would select is what Ctrl+C takes, and what is dragged.
 */
export function extendsText(target: Element, selected = document.getSelection()): boolean {
  if (selected === null || selected.isCollapsed) return false;
  return target.closest(READ)?.contains(selected.anchorNode) ?? false;
}

/** Cells are selected from now on, and no text. */
export function deselectText(): void {
  document.getSelection()?.removeAllRanges();
}
