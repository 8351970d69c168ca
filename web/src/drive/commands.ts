/** Everything that can be done on the Drive page, written once: its menus, its toolbar and its keys read this. */
import { Commands, type Command } from "../commands/command";
import { settings } from "../browser";
import type { Item } from "../net/drive-rest";
import { strings } from "../words";
import type { Drive } from "./drive-here";
import { addressOfItem } from "./model/deeds";
import { mayEdit, mayTakeAway, type Target } from "./model/moving";
import { everything, none } from "./model/selection";

const words = strings.drive;

const chosen = ({ desk }: Drive): readonly Item[] => desk.chosen;
const one = ({ desk }: Drive): Item | null => (desk.chosen.length === 1 ? (desk.chosen[0] ?? null) : null);
const inBin = ({ desk }: Drive): boolean => desk.view.read().t === "bin";
const some = (drive: Drive): boolean => chosen(drive).length > 0;
const outOfBin = (drive: Drive): boolean => some(drive) && !inBin(drive);
const editable = (drive: Drive): boolean => outOfBin(drive) && chosen(drive).every(({ role }) => mayEdit(role));
const movable = (drive: Drive): boolean => {
  const folder = targetHere(drive)?.role ?? null;
  return outOfBin(drive) && chosen(drive).every((item) => mayTakeAway(item, folder));
};
const binned = (drive: Drive): boolean => some(drive) && inBin(drive);

/** The folder that is shown, as one that things are put into; null where none is. */
export function targetHere({ desk }: Drive): Target | null {
  const view = desk.view.read();
  if (view.t !== "folder") return null;
  const { item, path } = desk.here.read();
  const isRoot = desk.isRoot(view.id);
  if (!isRoot && item === null) return null;
  const above = path.map(({ id }) => id);
  return { id: view.id, name: item?.name ?? words.myDrive, above, role: item?.role ?? "owner", isRoot };
}

/** Reads what is not here yet, which can be stopped. */
async function chooseAll({ desk, works }: Drive): Promise<void> {
  const listing = desk.listing.read();
  desk.selection.become(everything(desk.selection.read(), desk.order));
  if (listing.read().whole) return;
  const work = works.show(words.choosingAll, null, () => listing.enough());
  const stop = listing.subscribe(() => work.progress(listing.read().items.length, listing.read().total));
  await listing.need(Infinity);
  stop();
  work.over();
  if (desk.listing.read() === listing) desk.selection.become(everything(desk.selection.read(), desk.order));
}

const list: readonly Command<Drive>[] = [
  {
    id: "drive.open",
    title: words.open,
    keys: ["Enter", "Mod+ArrowDown"],
    when: (drive) => one(drive) !== null && !inBin(drive),
    run: (drive) => {
      const item = one(drive);
      if (item !== null) drive.deeds.open(item);
    },
  },
  {
    id: "drive.openTab",
    title: words.openTab,
    keys: ["Mod+Enter"],
    when: (drive) => outOfBin(drive) && chosen(drive).every((item) => addressOfItem(item) !== null),
    run: (drive) => chosen(drive).forEach((item) => window.open(addressOfItem(item) ?? "", "_blank", "noopener")),
  },
  {
    id: "drive.preview",
    title: words.preview,
    keys: ["Space"],
    when: (drive) => ["file", "notebook"].includes(one(drive)?.kind ?? ""),
    run: (drive) => {
      const item = one(drive);
      if (item !== null) drive.desk.question.become({ t: "preview", id: item.id });
    },
  },
  {
    id: "drive.share",
    title: words.share,
    when: (drive) => outOfBin(drive) && one(drive) !== null,
    run: (drive) => {
      const item = one(drive);
      if (item !== null) drive.desk.question.become({ t: "share", item });
    },
  },
  {
    id: "drive.rename",
    title: words.rename,
    keys: ["F2"],
    when: (drive) => editable(drive) && one(drive) !== null,
    run: (drive) => drive.desk.renaming.become(one(drive)?.id ?? null),
  },
  {
    id: "drive.move",
    title: words.move,
    when: movable,
    run: (drive) => drive.desk.question.become({ t: "move", items: chosen(drive), copy: false }),
  },
  {
    id: "drive.copyTo",
    title: words.copyTo,
    when: outOfBin,
    run: (drive) => drive.desk.question.become({ t: "move", items: chosen(drive), copy: true }),
  },
  {
    id: "drive.duplicate",
    title: words.duplicate,
    when: outOfBin,
    run: (drive) => void drive.deeds.copy(chosen(drive), null),
  },
  { id: "drive.cut", title: words.cut, keys: ["Mod+X"], when: movable, run: (d) => d.deeds.clip(chosen(d), true) },
  { id: "drive.copy", title: words.copy, keys: ["Mod+C"], when: outOfBin, run: (d) => d.deeds.clip(chosen(d), false) },
  {
    id: "drive.paste",
    title: words.paste,
    // The browser's own event comes first: files may be on its clipboard.
    when: (drive) => drive.desk.clipboard.read() !== null && mayEdit(targetHere(drive)?.role ?? "viewer"),
    run: (drive) => {
      const target = targetHere(drive);
      if (target !== null) void drive.deeds.paste(target);
    },
  },
  {
    id: "drive.star",
    title: words.star,
    when: (drive) => outOfBin(drive) && chosen(drive).some(({ starred }) => !starred),
    run: (drive) => void drive.deeds.star(chosen(drive), true),
  },
  {
    id: "drive.unstar",
    title: words.unstar,
    when: (drive) => outOfBin(drive) && chosen(drive).every(({ starred }) => starred),
    run: (drive) => void drive.deeds.star(chosen(drive), false),
  },
  {
    id: "drive.download",
    title: words.download,
    when: (drive) => outOfBin(drive) && chosen(drive).every(({ kind }) => kind !== "other"),
    run: (drive) => drive.deeds.download(chosen(drive)),
  },
  {
    id: "drive.details",
    title: words.details,
    when: (drive) => one(drive) !== null,
    run: (drive) => {
      const item = one(drive);
      if (item === null) return;
      if (window.matchMedia("(max-width: 900px)").matches) drive.desk.question.become({ t: "details", item });
      else settings.change({ drive: { ...settings.read().drive, details: true } });
    },
  },
  {
    id: "drive.bin",
    title: words.toBin,
    keys: ["Delete"],
    when: movable,
    run: (drive) => drive.deeds.askBin(chosen(drive)),
  },
  {
    id: "drive.leave",
    title: strings.share.leave,
    when: (drive) =>
      outOfBin(drive) && one(drive) !== null && one(drive)?.role !== "owner" && one(drive)?.parent === null,
    run: (drive) => {
      const item = one(drive);
      if (item !== null) drive.desk.question.become({ t: "leave", item });
    },
  },
  { id: "drive.restore", title: words.restore, when: binned, run: (drive) => void drive.deeds.restore(chosen(drive)) },
  {
    id: "drive.forever",
    title: words.forever,
    keys: ["Delete"],
    when: binned,
    run: (drive) => drive.desk.question.become({ t: "forever", items: chosen(drive) }),
  },
  {
    id: "drive.emptyBin",
    title: words.emptyBin,
    when: (drive) => inBin(drive) && drive.desk.items.length > 0,
    run: (drive) => drive.desk.question.become({ t: "empty-bin" }),
  },
  {
    id: "drive.newFolder",
    title: words.newFolder,
    when: ({ desk }) => desk.view.read().t !== "bin",
    run: ({ desk }) => desk.question.become({ t: "new-folder" }),
  },
  { id: "drive.largest", title: words.largest, run: ({ desk }) => desk.question.become({ t: "largest" }) },
  { id: "drive.all", title: words.chooseAll, keys: ["Mod+A"], run: (drive) => void chooseAll(drive) },
  {
    id: "drive.clear",
    title: words.clear,
    keys: ["Esc"],
    when: some,
    run: ({ desk }) => desk.selection.become(none(desk.selection.read())),
  },
  {
    id: "drive.up",
    title: words.up,
    keys: ["Backspace", "Alt+ArrowUp"],
    when: ({ desk }) => desk.above !== null,
    run: ({ deeds }) => deeds.up(),
  },
];

export const driveCommands = new Commands(list);
