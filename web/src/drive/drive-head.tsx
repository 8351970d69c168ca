/** Above the items: where one is, how they are shown; and when some are chosen, what can be done with them. */
import { EllipsisVertical, Info, LayoutGrid, List, X } from "lucide-react";

import { settings } from "../browser";
import { Button, IconButton } from "../ui/button";
import { useSettings, useValue } from "../ui/hooks";
import { Menu } from "../ui/menu";
import { strings } from "../words";
import { driveCommands } from "./commands";
import { useDrive } from "./context";
import { Crumbs } from "./crumbs";
import { groupsOf, iconOf, itemGroups } from "./item-menu";
import { none } from "./model/selection";
import { addressOf, type View } from "./model/views";

const words = strings.drive;

export function DriveHead() {
  const { desk } = useDrive();
  const { chosen } = useValue(desk.selection);
  return (
    <div className="drive-head">
      <div className="drive-where">
        <Crumbs />
        {chosen.size === 0 && <Looks />}
      </div>
      {chosen.size > 0 && <ChosenBar count={chosen.size} />}
    </div>
  );
}

function Looks() {
  const drive = useDrive();
  const view = useValue(drive.desk.view);
  const current = useSettings().drive;
  const change = (part: Partial<typeof current>) => settings.change({ drive: { ...current, ...part } });
  const folder = view.t === "folder" || view.t === "bin";
  return (
    <div className="drive-looks">
      {view.t === "bin" && driveCommands.can("drive.emptyBin", drive) && (
        <Button look="outlined" onClick={() => driveCommands.run("drive.emptyBin", drive)}>
          {words.emptyBin}
        </Button>
      )}
      {view.t === "search" ? <Reach view={view} /> : <LayoutChoice />}
      <IconButton
        icon={Info}
        label={words.details}
        className="wide-details"
        aria-pressed={current.details}
        onClick={() => change({ details: !current.details })}
      />
      {folder && (
        <Menu
          label={words.actionsHere}
          icon={EllipsisVertical}
          groups={groupsOf(drive, [
            ["drive.newFolder", "drive.paste"],
            ["drive.all"],
            ["drive.largest", "drive.emptyBin"],
          ])}
        />
      )}
    </div>
  );
}

function LayoutChoice() {
  const current = useSettings().drive;
  const change = (layout: typeof current.layout) => settings.change({ drive: { ...current, layout } });
  return (
    <div className="choice-pair" role="group" aria-label={words.viewAs}>
      <IconButton
        icon={List}
        label={words.list}
        aria-pressed={current.layout === "list"}
        onClick={() => change("list")}
      />
      <IconButton
        icon={LayoutGrid}
        label={words.grid}
        aria-pressed={current.layout === "grid"}
        onClick={() => change("grid")}
      />
    </div>
  );
}

/** Where a search looks. */
function Reach({ view }: { readonly view: Extract<View, { t: "search" }> }) {
  const { go } = useDrive();
  return (
    <div className="choice-pair reach" role="group" aria-label={words.reach}>
      {[true, false].map((inside) => (
        <Button
          key={String(inside)}
          aria-pressed={view.inside === inside}
          onClick={() => go(addressOf({ ...view, inside }))}
        >
          {inside ? words.reachInside : words.reachNames}
        </Button>
      ))}
    </div>
  );
}

const TOOLS = [
  "drive.restore",
  "drive.share",
  "drive.move",
  "drive.star",
  "drive.unstar",
  "drive.download",
  "drive.bin",
  "drive.forever",
];

function ChosenBar({ count }: { readonly count: number }) {
  const drive = useDrive();
  const { desk } = drive;
  const clear = () => {
    desk.selection.become(none(desk.selection.read()));
    document.querySelector<HTMLElement>(".items-grid")?.focus({ preventScroll: true });
  };
  return (
    <div className="chosen-bar" role="toolbar" aria-label={words.chosen(count)}>
      <IconButton icon={X} label={words.clear} onClick={clear} />
      <span className="tabular" aria-live="polite">
        {words.chosen(count)}
      </span>
      <span className="chosen-tools">
        {TOOLS.filter((id) => driveCommands.can(id, drive)).map((id) => {
          const icon = iconOf(id);
          if (icon === undefined) return null;
          const { title } = driveCommands.get(id);
          return <IconButton key={id} icon={icon} label={title} onClick={() => driveCommands.run(id, drive)} />;
        })}
        <Menu label={strings.more} icon={EllipsisVertical} groups={itemGroups(drive)} />
      </span>
    </div>
  );
}
