/**
 * Task lists: `- [ ] text`. Marks each with the exact place of the sign between its brackets in the source, so that
 * checking one changes that sign and nothing else. Pure rules of markdown-it.
 */
import type { MarkdownIt, StateCore, Token } from "markdown-it";

const MARK = /^\[([ xX])\](?=\s)/;
/** What may stand before a task on its line: indentation, quotations, the marks of lists. */
const BEFORE = /^(?:[ \t>]|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))*/;

/** Where each line of the source begins; lines end as markdown-it takes them to end. */
function lineStarts(source: string): readonly number[] {
  return [0, ...Array.from(source.matchAll(/\r\n?|\n/g), ({ index, 0: end }) => index + end.length)];
}

function taskRule(state: StateCore): void {
  const source = (state.env as { source: string }).source;
  let starts: readonly number[] | null = null;
  for (const [at, token] of state.tokens.entries()) {
    if (!isTask(state.tokens, at)) continue;
    starts ??= lineStarts(source);
    const line = starts[token.map?.[0] ?? 0] ?? 0;
    const place = line + (BEFORE.exec(source.slice(line))?.[0].length ?? 0) + 1;
    if (!isTaskAt(source, place)) continue;
    const box = new state.Token("task", "span", 0);
    box.meta = { place, checked: !token.content.startsWith("[ ]") };
    const [first, ...others] = token.children ?? [];
    if (first !== undefined) first.content = first.content.slice(3).trimStart();
    token.children = [box, ...(first === undefined ? [] : [first]), ...others];
    state.tokens[at - 2]?.attrSet("data-task", "item");
  }
}

function isTask(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  return (
    token?.type === "inline" &&
    tokens[at - 1]?.type === "paragraph_open" &&
    tokens[at - 2]?.type === "list_item_open" &&
    MARK.test(token.content) &&
    token.children?.[0]?.type === "text"
  );
}

/** Whether the sign between the brackets of a task stands here. */
export function isTaskAt(source: string, place: number): boolean {
  return /^\[[ xX]\]$/.test(source.slice(place - 1, place + 2));
}

export function taskRules(markdown: MarkdownIt): void {
  markdown.core.ruler.after("inline", "tasks", taskRule);
  markdown.renderer.rules["task"] = (tokens, at) => {
    const { place, checked } = tokens[at]?.meta as { place: number; checked: boolean };
    return `<span data-task="${place}${checked ? " checked" : ""}"></span>`;
  };
}
