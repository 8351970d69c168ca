/** One item as a card of the grid: its picture where it is one, else its sign. */
import { EllipsisVertical } from "lucide-react";
import { memo, useState } from "react";

import { driveAddress, type FoundItem } from "../net/drive-rest";
import { shownName } from "../notebook/model/file-names";
import { isMac } from "../platform";
import { IconButton } from "../ui/button";
import { strings } from "../words";
import { useDrive } from "./context";
import { FaceIcon } from "./face";
import { lookOf } from "./model/files";
import { press } from "./model/selection";
import { NameCell } from "./name-cell";
import { linkPress, rowId, useItem } from "./row";
import { RunningMark } from "./running-mark";

/** A larger picture is not fetched for so small a place. */
const PICTURE_BYTES = 4 * 1024 * 1024;

interface CardProps {
  readonly item: FoundItem;
  readonly chosen: boolean;
  readonly focused: boolean;
  readonly cut: boolean;
  readonly onMenu: (x: number, y: number) => void;
}

export const Card = memo(function Card({ item, chosen, focused, cut, onMenu }: CardProps) {
  const { desk } = useDrive();
  const { over, more, check, props } = useItem(item, onMenu);
  const [broken, setBroken] = useState(false);
  const picture = lookOf(item) === "image" && item.size <= PICTURE_BYTES && item.binned_at === null && !broken;
  const classes = ["item-card", chosen && "chosen", focused && "focused", cut && "cut", over && "over"];
  const choose = (event: { shiftKey: boolean; metaKey: boolean; ctrlKey: boolean }) => {
    const ctrl = isMac ? event.metaKey : event.ctrlKey;
    desk.selection.become(press(desk.selection.read(), desk.order, item.id, { ctrl, shift: event.shiftKey }));
  };
  return (
    <div
      {...props}
      id={rowId(item.id)}
      className={classes.filter(Boolean).join(" ")}
      role="gridcell"
      aria-selected={chosen}
      data-item={item.id}
      onClickCapture={(event) => linkPress(event, () => choose(event))}
    >
      <input
        type="checkbox"
        tabIndex={-1}
        className="card-check"
        aria-label={strings.drive.choose(shownName(item.name))}
        checked={chosen}
        readOnly
        onClick={check}
      />
      <span className="card-picture">
        {picture ? (
          <img
            src={driveAddress.inline(item)}
            alt=""
            loading="lazy"
            draggable={false}
            onError={() => setBroken(true)}
          />
        ) : (
          <FaceIcon item={item} />
        )}
        <RunningMark item={item} />
      </span>
      <span className="card-name">
        {picture && <FaceIcon item={item} />}
        <NameCell item={item} />
        <IconButton
          icon={EllipsisVertical}
          label={strings.drive.actions(shownName(item.name))}
          tabIndex={-1}
          onClick={more}
        />
      </span>
    </div>
  );
});
