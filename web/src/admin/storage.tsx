/** How full the disk is, and who takes what of it. */
import { HardDrive } from "lucide-react";

import { Initial, PersonName } from "../person/person";
import { PanelHead, PanelNothing } from "../panel/panel";
import { ReadingLine } from "../panel/reading-line";
import type { StorageInfo } from "../net/admin-rest";
import { useRead } from "../ui/doing";
import { bytes } from "../ui/format";
import { strings } from "../words";
import { adminApi } from "./context";
import { isTight, type Share, sharesOf } from "./model/storage";
import { type Column, Table } from "./table";

const words = strings.admin;
const readStorage = () => adminApi.storage();

export function Storage() {
  const reading = useRead(readStorage);
  const { value: storage } = reading;
  return (
    <>
      <PanelHead title={words.part.storage} />
      <ReadingLine reading={reading} />
      {storage !== null && (
        <>
          <Disk storage={storage} />
          <h2 className="panel-sub storage-who">{words.whoTakes}</h2>
          {storage.accounts.length === 0 ? (
            <PanelNothing icon={HardDrive} title={words.storageNone} />
          ) : (
            <Table
              label={words.whoTakes}
              columns={COLUMNS}
              rows={sharesOf(storage.accounts)}
              rowKey={({ storage: { account } }) => account.id}
            />
          )}
        </>
      )}
    </>
  );
}

function Disk({ storage: { disk, database, blobs } }: { readonly storage: StorageInfo }) {
  const taken = disk.total - disk.free;
  const said = words.diskFree(bytes(disk.free), bytes(disk.total));
  const tight = isTight(disk);
  return (
    <section className="disk">
      <div
        className={tight ? "disk-bar tight" : "disk-bar"}
        role="meter"
        aria-label={`${words.disk}: ${said}`}
        aria-valuemin={0}
        aria-valuemax={disk.total}
        aria-valuenow={taken}
      >
        <span style={{ width: `${disk.total > 0 ? (taken / disk.total) * 100 : 0}%` }} />
      </div>
      <dl className="disk-facts tabular">
        <div>
          <dt>{words.disk}</dt>
          <dd>{said}</dd>
        </div>
        <div>
          <dt>{words.blobs}</dt>
          <dd>{bytes(blobs)}</dd>
        </div>
        <div>
          <dt>{words.database}</dt>
          <dd>{bytes(database)}</dd>
        </div>
      </dl>
      {tight && (
        <p className="panel-problem" role="alert">
          {words.diskTight}
        </p>
      )}
    </section>
  );
}

function Bar({ share: { storage, total, part } }: { readonly share: Share }) {
  const portion = (size: number) => (total === 0 ? 0 : (size / total) * part * 100);
  return (
    <span className="share-bar" aria-hidden>
      <span className="share-files" style={{ width: `${portion(storage.used - storage.binned)}%` }} />
      <span className="share-revisions" style={{ width: `${portion(storage.revisions)}%` }} />
      <span className="share-bin" style={{ width: `${portion(storage.binned)}%` }} />
    </span>
  );
}

const COLUMNS: readonly Column<Share>[] = [
  {
    key: "who",
    title: words.column.name,
    narrow: true,
    width: "26%",
    cell: ({ storage: { account }, over }) => (
      <span className="who-cell">
        <Initial person={account} />
        <PersonName person={account} />
        {over && <span className="badge bad">{words.over}</span>}
      </span>
    ),
  },
  { key: "bar", title: "", cell: (share) => <Bar share={share} /> },
  {
    key: "used",
    title: words.used,
    number: true,
    width: "88px",
    cell: ({ storage }) => bytes(storage.used - storage.binned),
  },
  {
    key: "revisions",
    title: words.revisions,
    number: true,
    width: "88px",
    cell: ({ storage }) => bytes(storage.revisions),
  },
  { key: "binned", title: words.binned, number: true, width: "80px", cell: ({ storage }) => bytes(storage.binned) },
  {
    key: "total",
    title: words.total,
    number: true,
    narrow: true,
    width: "88px",
    cell: ({ total }) => <strong>{bytes(total)}</strong>,
  },
  {
    key: "quota",
    title: words.ofQuota,
    number: true,
    width: "88px",
    cell: ({ storage: { quota, used } }) =>
      quota === null ? words.quotaNone : quota === 0 ? "–" : `${Math.round((used / quota) * 100)} %`,
  },
];
