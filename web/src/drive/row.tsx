/** One item as a row of the list. */
import { EllipsisVertical, Star, Users } from "lucide-react";
import { type CSSProperties, memo, type MouseEvent } from "react";

import type { FoundItem, Item } from "../net/drive-rest";
import { shownName } from "../notebook/model/file-names";
import { Face } from "../sharing/face";
import { IconButton } from "../ui/button";
import { ago, bytes } from "../ui/format";
import { strings } from "../words";
import { useDrive } from "./context";
import { FaceIcon } from "./face";
import { FoundLines } from "./found-lines";
import { isMac } from "../platform";
import type { Target } from "./model/moving";
import { only, press, toggle } from "./model/selection";
import { NameCell } from "./name-cell";
import { RunningMark } from "./running-mark";
import { useDrag } from "./use-drag";
import { useDrop } from "./use-drop";
import { usePress } from "./use-press";

const words = strings.drive;

export interface RowProps {
  readonly item: FoundItem;
  /** Its place among all, from 0. */
  readonly at: number;
  readonly chosen: boolean;
  readonly focused: boolean;
  readonly cut: boolean;
  readonly now: number;
  readonly style: CSSProperties;
  readonly onMenu: (x: number, y: number) => void;
}

export const rowId = (id: string) => `item-${id}`;

/** A folder as a place to put things; those above it are those that are shown above. */
export function targetOf(item: Item, above: readonly string[]): Target | null {
  if (item.kind !== "folder" || item.binned_at !== null) return null;
  return { id: item.id, name: item.name, above, role: item.role, isRoot: false };
}

/** What a row and a card share: how it is pressed, dragged, dropped upon, and its menu. */
export function useItem(item: Item, onMenu: (x: number, y: number) => void) {
  const { desk } = useDrive();
  const above = desk.here.read().path.map(({ id }) => id);
  const { over, props: drop } = useDrop(targetOf(item, [...above, desk.folder]));
  const more = (event: MouseEvent) => {
    event.stopPropagation();
    const { left, bottom } = event.currentTarget.getBoundingClientRect();
    if (!desk.selection.read().chosen.has(item.id)) desk.selection.become(only(item.id));
    onMenu(left, bottom);
  };
  const check = (event: MouseEvent) => {
    event.stopPropagation();
    const { shiftKey } = event;
    const before = desk.selection.read();
    desk.selection.become(
      shiftKey ? press(before, desk.order, item.id, { ctrl: true, shift: true }) : toggle(before, item.id),
    );
  };
  const drag = useDrag(item);
  return { over, more, check, props: { ...usePress(item, onMenu), ...drop, ...drag } };
}

export const Row = memo(function Row({ item, at, chosen, focused, cut, now, style, onMenu }: RowProps) {
  const { deeds, desk } = useDrive();
  const { over, more, check, props } = useItem(item, onMenu);
  const name = shownName(item.name);
  const inBin = item.binned_at !== null;
  const moment = new Date(item.binned_at ?? item.changed_at);
  const classes = ["item-row", chosen && "chosen", focused && "focused", cut && "cut", over && "over"];
  return (
    <div
      {...props}
      id={rowId(item.id)}
      className={classes.filter(Boolean).join(" ")}
      role="row"
      aria-rowindex={at + 2}
      aria-selected={chosen}
      style={style}
      data-item={item.id}
      onClickCapture={(event) => linkPress(event, () => choose(event))}
    >
      <span role="gridcell" className="cell-check">
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={words.choose(name)}
          checked={chosen}
          readOnly
          onClick={check}
        />
      </span>
      <span role="gridcell" className="cell-name">
        <FaceIcon item={item} />
        <span className="name-lines">
          <NameCell item={item} />
          <span className="narrow-meta meta tabular">
            {ago(moment.getTime(), now)}
            {item.kind !== "folder" && ` · ${bytes(item.size)}`}
            {item.role !== "owner" && ` · ${item.owner.name}, ${words.roles[item.role]}`}
          </span>
        </span>
        {item.shared && item.role === "owner" && (
          <span className="shared-mark" title={words.sharedMark}>
            <Users aria-hidden />
            <span className="visually-hidden">{words.sharedMark}</span>
          </span>
        )}
        {!inBin && (item.starred ? <StarMark item={item} onPress={() => void deeds.star([item], false)} /> : null)}
      </span>
      <span role="gridcell" className="cell-running">
        <RunningMark item={item} />
      </span>
      <span role="gridcell" className="cell-owner meta">
        {item.role === "owner" ? (
          words.you
        ) : (
          <>
            <Face kind="user" name={item.owner.name} />
            <span className="owner-lines">
              <bdi>{item.owner.name}</bdi>
              <span>{words.roles[item.role]}</span>
            </span>
          </>
        )}
      </span>
      <span role="gridcell" className="cell-changed meta tabular">
        <time dateTime={moment.toISOString()} title={moment.toLocaleString(strings.locale)}>
          {ago(moment.getTime(), now)}
        </time>
      </span>
      <span role="gridcell" className="cell-size meta tabular">
        {item.kind === "folder" ? "" : bytes(item.size)}
      </span>
      <span role="gridcell" className="cell-more">
        <IconButton icon={EllipsisVertical} label={words.actions(name)} tabIndex={-1} onClick={more} />
      </span>
      <FoundLines item={item} />
    </div>
  );

  function choose(event: MouseEvent) {
    const ctrl = isMac ? event.metaKey : event.ctrlKey;
    desk.selection.become(press(desk.selection.read(), desk.order, item.id, { ctrl, shift: event.shiftKey }));
  }
});

/** A link that is pressed with Ctrl or Shift is chosen, and not followed. */
export function linkPress(event: MouseEvent, choose: () => void): void {
  const held = event.shiftKey || (isMac ? event.metaKey : event.ctrlKey);
  if (!held || !(event.target instanceof Element) || event.target.closest("a") === null) return;
  event.preventDefault();
  event.stopPropagation();
  choose();
}

function StarMark({ item, onPress }: { readonly item: Item; readonly onPress: () => void }) {
  return (
    <IconButton
      icon={Star}
      label={words.unstar}
      aria-pressed={item.starred}
      tabIndex={-1}
      className="star on item-star"
      onClick={onPress}
    />
  );
}
