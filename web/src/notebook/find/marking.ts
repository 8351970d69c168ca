/**
 * Shows in the page where matches are: in editors by their own marks, in rendered text and outputs by the browser's
 * highlights, which change no node. Finds nothing itself: the worker also searches the rendered texts, for their words are
 * not those of the source.
 */
import type { EditorFocus } from "../model/editor-focus";
import type { SectionsModel } from "../model/sections";
import type { Match } from "./fields";
import type { Finder } from "./finder";
import type { Found } from "./match";
import type { Searcher } from "./searcher";

/** What a person reads as text in a cell, beside its editor. */
const SOURCE = ".prose";
const OUTPUT = ".output-text, .output-error, .output-pre, .outputs .prose";
const NEAR_PX = 600;
const SETTLE_MS = 120;
/** Rendered text of one cell that is looked at for marks. */
const MOST_CHARS = 200_000;
const MOST_MARKS = 1_000;

const ALL = "found";
const CURRENT = "found-at";

interface Rendered {
  readonly key: string;
  readonly cell: string;
  readonly part: Match["part"];
  readonly nodes: readonly Text[];
  readonly text: string;
}

export interface MarkingPorts {
  readonly finder: Finder;
  readonly searcher: Searcher;
  readonly editor: EditorFocus;
  readonly sections: SectionsModel;
}

/** Follows the finder until what comes back is called. */
export function markMatches({ finder, searcher, editor, sections }: MarkingPorts): () => void {
  let visits = finder.read().visits;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let marked = new Set<string>();
  let toShow: Match | null = null;

  const markEditor = (cell: string) => {
    const mine = finder.read().matches.filter((match) => match.cell === cell && match.part === "source");
    const current = finder.current();
    editor.of(cell)?.mark(mine, current === null ? null : mine.indexOf(current));
  };
  const markEditors = () => {
    const cells = new Set(finder.read().matches.map(({ cell }) => cell));
    for (const cell of new Set([...marked, ...cells])) markEditor(cell);
    marked = cells;
  };
  const show = (match: Match) => {
    sections.reveal(match.cell);
    const handle = match.part === "source" ? editor.of(match.cell) : null;
    if (handle === null) cellOf(match.cell)?.scrollIntoView({ block: "nearest" });
    else handle.show(match.from, match.to, false);
    // Its editor may come only now that it is near; rendered text is gone to when it is marked.
    toShow = handle === null ? match : null;
  };
  const paint = async () => {
    const ranges = await rendered(finder, searcher);
    if (ranges === null) return;
    highlight(ALL, ranges.all);
    highlight(CURRENT, ranges.current);
    const [range] = ranges.current;
    if (toShow === null || range === undefined) return;
    toShow = null;
    scrollToRange(range);
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void paint(), SETTLE_MS);
  };
  const follow = () => {
    markEditors();
    const state = finder.read();
    const current = finder.current();
    if (state.visits !== visits && current !== null) show(current);
    ({ visits } = state);
    later();
  };
  const come = (cell: string) => {
    markEditor(cell);
    if (toShow?.cell === cell && toShow.part === "source") show(toShow);
  };
  const stops = [finder.subscribe(follow), editor.onCome(come)];
  addEventListener("scroll", later, { passive: true });
  follow();
  return () => {
    for (const stop of stops) stop();
    removeEventListener("scroll", later);
    clearTimeout(timer);
    for (const cell of marked) editor.of(cell)?.mark([], null);
    highlight(ALL, []);
    highlight(CURRENT, []);
  };
}

export const cellOf = (id: string): HTMLElement | null => document.querySelector(`[data-cell="${CSS.escape(id)}"]`);

function highlight(name: string, ranges: readonly Range[]): void {
  // Absent in browsers before 2025: there the cell is gone to, and its text is not marked.
  if (!("highlights" in CSS)) return;
  if (ranges.length === 0) CSS.highlights.delete(name);
  else CSS.highlights.set(name, new Highlight(...ranges));
}

function scrollToRange(range: Range): void {
  const narrow = matchMedia("(max-width: 720px)").matches;
  // A box that scrolls for itself first, then the page; on a small screen the pane covers its lower half.
  range.startContainer.parentElement?.scrollIntoView({ block: "nearest" });
  const { top, bottom } = range.getBoundingClientRect();
  if (top > 120 && bottom < innerHeight * (narrow ? 0.45 : 0.9)) return;
  scrollBy({ top: top - (narrow ? 140 : innerHeight / 2) });
}

interface Ranges {
  readonly all: readonly Range[];
  readonly current: readonly Range[];
}

/** Where the rendered texts of near cells have what is looked for. null when a newer search is under way. */
async function rendered(finder: Finder, searcher: Searcher): Promise<Ranges | null> {
  const { query, matches } = finder.read();
  const counts = new Map<string, number>();
  for (const { cell, part } of matches) counts.set(`${part}:${cell}`, (counts.get(`${part}:${cell}`) ?? 0) + 1);
  const texts = [...counts.keys()].flatMap((key) => {
    const [part, cell] = [key.slice(0, key.indexOf(":")) as Match["part"], key.slice(key.indexOf(":") + 1)];
    return nearText(cell, part);
  });
  if (texts.length === 0) return { all: [], current: [] };
  const told = await searcher.search(
    texts.map(({ key, text }) => [key, text]),
    query,
    MOST_MARKS,
    "paint",
  );
  if (told.t !== "told") return told.t === "slow" ? { all: [], current: [] } : null;
  const found = new Map(told.value.texts);
  const at = finder.current();
  const all: Range[] = [];
  const current: Range[] = [];
  for (const text of texts) {
    const ranges = (found.get(text.key) ?? []).flatMap((place) => rangeOf(text, place) ?? []);
    // Which of them one is at can be told when rendering took none away and made none.
    const same = ranges.length === counts.get(`${text.part}:${text.cell}`);
    const isHere = at !== null && at.cell === text.cell && at.part === text.part;
    const here = isHere ? ranges[same ? at.nth : 0] : undefined;
    if (here !== undefined) current.push(here);
    all.push(...ranges.filter((range) => range !== here));
  }
  return { all, current };
}

function nearText(cell: string, part: Match["part"]): readonly Rendered[] {
  const place = cellOf(cell);
  if (place === null) return [];
  const { top, bottom } = place.getBoundingClientRect();
  if (bottom < -NEAR_PX || top > innerHeight + NEAR_PX) return [];
  const outputs = place.querySelector(".outputs");
  const roots = [...place.querySelectorAll(part === "source" ? SOURCE : OUTPUT)].filter(
    (root) => (outputs?.contains(root) ?? false) === (part === "output") && root.parentElement?.closest(OUTPUT) == null,
  );
  const nodes: Text[] = [];
  let text = "";
  for (const root of roots) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null && text.length < MOST_CHARS; node = walker.nextNode()) {
      nodes.push(node as Text);
      text += (node as Text).data;
    }
  }
  return nodes.length === 0 ? [] : [{ key: `paint:${part}:${cell}`, cell, part, nodes, text }];
}

function rangeOf({ nodes }: Rendered, { from, to }: Found): Range | null {
  const range = document.createRange();
  let start = 0;
  let begun = false;
  for (const node of nodes) {
    const end = start + node.data.length;
    if (!node.isConnected) return null;
    if (!begun && from < end) {
      range.setStart(node, from - start);
      begun = true;
    }
    if (begun && to <= end) {
      range.setEnd(node, to - start);
      return range;
    }
    start = end;
  }
  return null;
}
