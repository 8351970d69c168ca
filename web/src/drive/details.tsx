/** What is known of the item that is chosen: where it is, whose, how large, when changed. */
import { X } from "lucide-react";
import { useEffect, useState } from "react";

import { settings } from "../browser";
import type { Item, Place, Space } from "../net/drive-rest";
import { shownName } from "../notebook/model/file-names";
import { IconButton } from "../ui/button";
import { bytes, count } from "../ui/format";
import { useSettings, useValue } from "../ui/hooks";
import { strings } from "../words";
import { useDrive, useListing } from "./context";
import { FaceIcon } from "./face";
import { faceOf } from "./model/files";
import { mayEdit } from "./model/moving";
import { RunningMark } from "./running-mark";

const words = strings.drive;

export function DetailsPanel() {
  const { desk } = useDrive();
  const current = useSettings().drive;
  const { items, total } = useListing();
  const { chosen } = useValue(desk.selection);
  const { item: here } = useValue(desk.here);
  const picked = items.filter(({ id }) => chosen.has(id));
  const one = picked.length === 1 ? picked[0] : picked.length === 0 ? here : null;
  const title = one !== null && one !== undefined ? shownName(one.name) : words.details;
  return (
    <aside className="details" aria-label={words.details}>
      <header>
        <h2 title={title}>
          {one !== null && one !== undefined && <FaceIcon item={one} />}
          <bdi>{title}</bdi>
        </h2>
        <IconButton
          icon={X}
          label={strings.close}
          onClick={() => settings.change({ drive: { ...current, details: false } })}
        />
      </header>
      {one !== null && one !== undefined ? (
        <DetailList item={one} />
      ) : picked.length > 1 ? (
        <p className="meta">
          {words.chosen(picked.length)} · {bytes(picked.reduce((sum, item) => sum + item.size, 0))}
        </p>
      ) : (
        <p className="meta">{words.itemsOf(count(total ?? items.length))}</p>
      )}
    </aside>
  );
}

const moment = (at: string) => new Date(at).toLocaleString(strings.locale);

export function DetailList({ item }: { readonly item: Item }) {
  const where = useWhere(item);
  const space = useSpace(item);
  const facts: readonly (readonly [string, string | null])[] = [
    [words.kind, words.kinds[faceOf(item)]],
    [words.where, where],
    [words.owner, item.role === "owner" ? words.you : item.owner.name],
    [words.size, item.kind === "folder" ? (space === null ? null : bytes(space.file)) : bytes(item.size)],
    [words.revisionsSize, space === null || space.revisions === 0 ? null : bytes(space.revisions)],
    [words.outputsSize, space === null || space.outputs === 0 ? null : bytes(space.outputs)],
    [words.changed, moment(item.changed_at)],
    [words.opened, item.opened_at === null ? null : moment(item.opened_at)],
    [words.binnedAt, item.binned_at === null ? null : moment(item.binned_at)],
    [words.access, words.roles[item.role]],
  ];
  return (
    <dl className="detail-list">
      {facts.map(([name, value]) =>
        value === null ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd dir="auto">{value}</dd>
          </div>
        ),
      )}
      {(item.running || item.live) && (
        <div>
          <dt>{words.running}</dt>
          <dd>
            <RunningMark item={item} /> {!item.running && words.live}
          </dd>
        </div>
      )}
    </dl>
  );
}

/** What is kept besides its file; only who may edit it may know. */
function useSpace({ id, kind, role, version }: Item): Space | null {
  const { desk } = useDrive();
  const [found, setFound] = useState<{ readonly id: string; readonly space: Space } | null>(null);
  const asked = (kind === "notebook" || kind === "folder") && mayEdit(role);
  useEffect(() => {
    if (!asked) return;
    let current = true;
    desk.api.space(id).then(
      (space) => current && setFound({ id, space }),
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [desk, id, asked, version]);
  return found?.id === id ? found.space : null;
}

/** The way to it; it is asked for when it is looked at. */
function useWhere(item: Item): string | null {
  const { desk } = useDrive();
  const [found, setFound] = useState<{ readonly id: string; readonly path: readonly Place[] } | null>(null);
  const { id } = item;
  useEffect(() => {
    let current = true;
    desk.api.item(id).then(
      ({ path }) => current && setFound({ id, path }),
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [desk, id]);
  if (found?.id !== id) return null;
  const names = found.path.filter((place) => !desk.isRoot(place.id)).map(({ name }) => shownName(name));
  return [item.role === "owner" ? words.myDrive : words.shared, ...names].join(" / ");
}
