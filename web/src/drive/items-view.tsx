/** The items of a view, as rows or as cards: only those near the viewport are in the page, and the keys stay with the whole. */
import "./items.css";

import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from "react";

import type { FoundItem } from "../net/drive-rest";
import { count } from "../ui/format";
import { useNow, useSettings, useValue } from "../ui/hooks";
import { Rows } from "../ui/rows";
import { useWindow } from "../ui/use-window";
import { strings } from "../words";
import { Card } from "./card";
import { useDrive, useListing } from "./context";
import { useItemKeys } from "./item-keys";
import { ItemMenu, type MenuPlace } from "./item-menu";
import { ListHead } from "./list-head";
import { homeHeads, type HomeGroup } from "./model/home";
import { Row, rowId } from "./row";
import { useLasso } from "./use-lasso";

const words = strings.drive;

const ROW_PX = 44;
const CARD = { width: 184, height: 184, gap: 12 } as const;
/** Rows ahead of the viewport that are read before one comes there. */
const AHEAD = 100;

const HEADS: Readonly<Record<HomeGroup, string>> = {
  running: words.runningNow,
  away: words.whileAway,
  recent: words.recentHead,
};

interface ItemsProps {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly label: string;
}

export function ItemsView({ scroller, label }: ItemsProps) {
  const drive = useDrive();
  const { desk } = drive;
  const { layout } = useSettings().drive;
  const { items, total, whole } = useListing();
  const view = useValue(desk.view);
  const { chosen, focus } = useValue(desk.selection);
  const cut = useCut();
  const now = useNow(true, 30_000);
  const grid = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const [menu, setMenu] = useState<MenuPlace | null>(null);
  const showMenu = useCallback((x: number, y: number) => setMenu({ x, y }), []);
  // Cards have no room for what was found.
  const asCards = layout === "grid" && view.t !== "search";
  const columns = useColumns(body, asCards);
  const all = whole ? items.length : Math.max(total ?? 0, items.length);
  const lines = Math.ceil(all / columns);
  const heads = useMemo(() => (view.t === "home" && !asCards ? homeHeads(items) : NO_HEADS), [view.t, asCards, items]);
  const rowHeight = asCards ? CARD.height + CARD.gap : ROW_PX;
  const rows = useMemo(() => new Rows(lines, rowHeight, extrasOf(items, heads)), [lines, rowHeight, items, heads]);
  const near = useWindow({ scroller, body, rows });
  const box = useLasso({ scroller, body, rows, columns, gap: asCards ? CARD.gap : 0 });

  useEffect(() => {
    desk.look(near.first * columns, near.end * columns);
    const wanted = Math.min(all, near.end * columns) + AHEAD;
    if (!whole && items.length > 0 && wanted > items.length) void desk.listing.read().need(wanted);
  }, [desk, near.first, near.end, columns, all, whole, items.length]);

  const reveal = (id: string) => {
    const at = desk.order.indexOf(id);
    const element = scroller.current;
    const inside = body.current;
    if (at === -1 || element === null || inside === null) return;
    const line = Math.floor(at / columns);
    const offset = inside.getBoundingClientRect().top - element.getBoundingClientRect().top + element.scrollTop;
    const from = offset + rows.top(line);
    const height = rows.heightOf(line);
    const head = asCards ? 0 : ROW_PX;
    if (from - head < element.scrollTop) element.scrollTo({ top: from - head });
    else if (from + height > element.scrollTop + element.clientHeight) {
      element.scrollTo({ top: from + height - element.clientHeight });
    }
  };
  const onKeyDown = useItemKeys({
    columns,
    page: () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2) * columns,
    showMenu: () => {
      const at = focus === null ? null : document.getElementById(rowId(focus));
      const { left, bottom } = (at ?? grid.current)?.getBoundingClientRect() ?? { left: 0, bottom: 0 };
      setMenu({ x: left + 48, y: at === null ? 120 : bottom });
    },
    reveal,
  });
  useRevealChosen(reveal, focus);

  const focusAt = focus === null ? -1 : items.findIndex(({ id }) => id === focus);
  const shown = range(near.first * columns, Math.min(all, near.end * columns), focusAt);
  const here = focus !== null && shown.some((at) => items[at]?.id === focus);
  const shared = (at: number) => {
    const item = items[at];
    if (item === undefined) return null;
    return {
      item,
      chosen: chosen.has(item.id),
      focused: focus === item.id,
      cut: cut.has(item.id),
      onMenu: showMenu,
    };
  };

  return (
    <div
      ref={grid}
      className={asCards ? "items-grid as-cards" : "items-grid"}
      role="grid"
      tabIndex={0}
      aria-label={`${label}, ${words.itemsOf(count(all))}`}
      aria-multiselectable
      aria-rowcount={lines + (asCards ? 0 : 1)}
      {...(here && { "aria-activedescendant": rowId(focus) })}
      onKeyDown={onKeyDown}
    >
      {!asCards && (
        <div role="rowgroup" className="item-heads">
          <ListHead />
        </div>
      )}
      <div ref={body} role="rowgroup" className="items-body" style={{ height: rows.total }}>
        {!asCards &&
          [...heads].map(([at, group]) => (
            <div key={group} className="group-head" role="presentation" style={{ top: rows.top(at) - ROW_PX }}>
              {HEADS[group]}
            </div>
          ))}
        {!asCards &&
          shown.map((at) => {
            const props = shared(at);
            const style = { transform: `translateY(${rows.top(at)}px)`, height: rows.heightOf(at) };
            if (props === null) return <div key={at} className="item-row awaited" role="presentation" style={style} />;
            return <Row key={props.item.id} {...props} at={at} now={now} style={style} />;
          })}
        {asCards &&
          linesOf(shown, columns).map((line) => (
            <div
              key={line}
              role="row"
              aria-rowindex={line + 1}
              className="card-line"
              style={{ transform: `translateY(${rows.top(line)}px)`, gridTemplateColumns: `repeat(${columns}, 1fr)` }}
            >
              {range(line * columns, Math.min(all, (line + 1) * columns), -1).map((at) => {
                const props = shared(at);
                if (props === null) return <div key={at} role="presentation" className="item-card awaited" />;
                return <Card key={props.item.id} {...props} />;
              })}
            </div>
          ))}
        {box !== null && (
          <div
            className="lasso"
            style={{ left: box.left, top: box.top, width: box.right - box.left, height: box.bottom - box.top }}
          />
        )}
      </div>
      {menu !== null && <ItemMenu place={menu} onClose={() => setMenu(null)} />}
    </div>
  );
}

const FOUND_PX = 24;
const FOUND_END_PX = 8;

/** The heads of Home above its rows, and the lines of a search below those in which they were found. */
function extrasOf(items: readonly FoundItem[], heads: ReadonlyMap<number, HomeGroup>) {
  return items.flatMap(({ lines }, line) => {
    const count = lines?.length ?? 0;
    const above = heads.has(line) ? ROW_PX : 0;
    const below = count === 0 ? 0 : count * FOUND_PX + FOUND_END_PX;
    return above + below === 0 ? [] : [{ line, above, below }];
  });
}

const NO_HEADS: ReadonlyMap<number, HomeGroup> = new Map();

/** Places from one to another, and that of the focus, which stays in the page wherever it is. */
function range(first: number, end: number, focus: number): readonly number[] {
  const places = Array.from({ length: Math.max(0, end - first) }, (_, at) => first + at);
  if (focus !== -1 && focus < first) return [focus, ...places];
  return focus >= end ? [...places, focus] : places;
}

const linesOf = (places: readonly number[], columns: number): readonly number[] => [
  ...new Set(places.map((at) => Math.floor(at / columns))),
];

function useCut(): ReadonlySet<string> {
  const clipboard = useValue(useDrive().desk.clipboard);
  return new Set(clipboard?.cut === true ? clipboard.items.map(({ id }) => id) : []);
}

/** How many cards have room beside each other. */
function useColumns(body: RefObject<HTMLElement | null>, asCards: boolean): number {
  const [columns, setColumns] = useState(4);
  useEffect(() => {
    const element = body.current;
    if (element === null) return;
    const look = () => setColumns(Math.max(2, Math.floor((element.clientWidth + CARD.gap) / (CARD.width + CARD.gap))));
    look();
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    return () => sizes.disconnect();
  }, [body, asCards]);
  return asCards ? columns : 1;
}

/** What is chosen from elsewhere (a new folder, the way up) is brought into sight, and has the keys. */
function useRevealChosen(reveal: (id: string) => void, focus: string | null): void {
  const seen = useRef<string | null>(null);
  useEffect(() => {
    if (focus === null || focus === seen.current) return;
    seen.current = focus;
    reveal(focus);
  });
}
