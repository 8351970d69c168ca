/** The places of Drive: beside the list on a wide screen, below it on a narrow one. Things are dropped on them, too. */
import { Clock, HardDrive, House, type LucideIcon, Star, Trash2, Users } from "lucide-react";
import type { DragEvent, MouseEvent, ReactNode } from "react";

import { ROOT } from "../net/drive-rest";
import { useValue } from "../ui/hooks";
import { strings } from "../words";
import { useDrive } from "./context";
import { addressOf, MY_DRIVE, type View } from "./model/views";
import { ITEMS, useDrop } from "./use-drop";

const words = strings.drive;

interface PlaceInfo {
  readonly view: View;
  readonly title: string;
  readonly icon: LucideIcon;
}

export const PLACES: readonly PlaceInfo[] = [
  { view: { t: "home" }, title: words.home, icon: House },
  { view: MY_DRIVE, title: words.myDrive, icon: HardDrive },
  { view: { t: "shared" }, title: words.shared, icon: Users },
  { view: { t: "recent" }, title: words.recent, icon: Clock },
  { view: { t: "starred" }, title: words.starred, icon: Star },
  { view: { t: "bin" }, title: words.bin, icon: Trash2 },
];
/** What was opened last is on Home, too. */
const BELOW = ["home", "folder", "shared", "starred", "bin"];

/** The place that a view belongs to; null for what is found. */
function useCurrent(): string | null {
  const { desk } = useDrive();
  const view = useValue(desk.view);
  const { item } = useValue(desk.here);
  if (view.t === "search") return null;
  if (view.t === "folder" && item !== null && item.role !== "owner") return "shared";
  return view.t;
}

export function Places({ children }: { readonly children?: ReactNode }) {
  const current = useCurrent();
  return (
    <nav className="places" aria-label={words.places}>
      {children}
      <ul>
        {PLACES.map((place) => (
          <li key={place.view.t}>
            <PlaceLink {...place} current={place.view.t === current} />
          </li>
        ))}
      </ul>
    </nav>
  );
}

export function PlacesBelow() {
  const current = useCurrent();
  return (
    <nav className="places-below" aria-label={words.places}>
      {PLACES.filter(({ view }) => BELOW.includes(view.t)).map((place) => (
        <PlaceLink
          key={place.view.t}
          {...place}
          title={place.view.t === "shared" ? words.sharedShort : place.title}
          current={place.view.t === current}
        />
      ))}
    </nav>
  );
}

/** How many ask for access. */
function Waiting() {
  const count = useValue(useDrive().desk.info)?.requests ?? 0;
  if (count === 0) return null;
  return (
    <span className="place-count tabular" title={strings.share.waiting(count)}>
      <span aria-hidden>{count}</span>
      <span className="visually-hidden">{strings.share.waiting(count)}</span>
    </span>
  );
}

function PlaceLink({ view, title, icon: Icon, current }: PlaceInfo & { readonly current: boolean }) {
  const drive = useDrive();
  const { desk, deeds, go } = drive;
  const address = addressOf(view);
  const folder = useDrop(
    view.t === "folder" ? { id: ROOT, name: words.myDrive, above: [], role: "owner", isRoot: true } : null,
  );
  const open = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go(address);
  };
  // The bin and the stars take what is dropped on them as their commands do.
  const special = {
    onDragOver: (event: DragEvent) => {
      if (event.dataTransfer.types.includes(ITEMS)) event.preventDefault();
    },
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      const items = desk.dragged.read();
      if (view.t === "bin") deeds.askBin(items);
      else void deeds.star(items, true);
    },
  };
  const drop = view.t === "folder" ? folder.props : view.t === "bin" || view.t === "starred" ? special : {};
  return (
    <a
      className={folder.over ? "place over" : "place"}
      href={address}
      draggable={false}
      {...(current && { "aria-current": "page" as const })}
      onClick={open}
      {...drop}
    >
      <Icon aria-hidden />
      <span>{title}</span>
      {view.t === "home" && <Waiting />}
    </a>
  );
}
