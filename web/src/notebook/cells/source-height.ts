/** How high a cell is without its outputs, before it is laid out. As editor.css and notebook.css make it; long lines break. */
const LINE_PX = 20;
/** Above and below the lines of a source. */
const AROUND_PX = 32;

export function sourceHeight(source: string): number {
  let lines = 1;
  for (let at = source.indexOf("\n"); at !== -1; at = source.indexOf("\n", at + 1)) lines += 1;
  return lines * LINE_PX + AROUND_PX;
}
