/** The audit log: filtered, read on page by page, and taken along as a file. */
import { Download, ScrollText } from "lucide-react";
import { useEffect, useState } from "react";

import { rest } from "../browser";
import { auditExport, type AuditEntry, AuditRest } from "../net/audit-rest";
import { PanelHead, PanelNothing } from "../panel/panel";
import { ReadingLine } from "../panel/reading-line";
import { useName } from "../person/use-name";
import { Button } from "../ui/button";
import { problemOf } from "../ui/doing";
import { moment } from "../ui/format";
import { Menu } from "../ui/menu";
import type { Problem } from "../wire/types";
import { strings } from "../words";
import { AuditBar } from "./audit-bar";
import { aboutAccount, type AuditFilter, auditQuery, detailText, EVERYTHING } from "./model/audit-filter";
import { type Column, Table } from "./table";
import { Who } from "./who";

const words = strings.audit;
const api = new AuditRest(rest);

interface Log {
  readonly entries: readonly AuditEntry[];
  readonly before: number | null;
  readonly loading: boolean;
  readonly problem: Problem | null;
}
const FIRST: Log = { entries: [], before: null, loading: true, problem: null };

/** What was read of the log with this filter, and more of it. For one filter only. */
function useLog(filter: AuditFilter): Log & { readonly more: () => void } {
  const [log, setLog] = useState(FIRST);
  const [asked, setAsked] = useState<{ readonly before: number | null }>({ before: null });
  useEffect(() => {
    const stop = new AbortController();
    api.page(auditQuery(filter), asked.before, stop.signal).then(
      ({ entries, before }) =>
        stop.signal.aborted ||
        setLog((was) => ({ entries: [...was.entries, ...entries], before, loading: false, problem: null })),
      (error: unknown) =>
        stop.signal.aborted || setLog((was) => ({ ...was, loading: false, problem: problemOf(error) })),
    );
    return () => stop.abort();
  }, [filter, asked]);
  const more = () => {
    setLog((was) => ({ ...was, loading: true, problem: null }));
    setAsked({ before: log.before });
  };
  return { ...log, more };
}

export function AuditPart() {
  const [filter, setFilter] = useState(EVERYTHING);
  const query = auditQuery(filter);
  return (
    <>
      <PanelHead title={strings.admin.part.audit} note={words.note}>
        <Menu
          label={words.exportLabel}
          className="button outlined"
          groups={[
            [
              { id: "csv", title: words.exportCsv, href: auditExport(query, "csv"), download: true },
              { id: "jsonl", title: words.exportLines, href: auditExport(query, "jsonl"), download: true },
            ],
          ]}
        >
          <Download aria-hidden />
          {words.exportLabel}
        </Menu>
      </PanelHead>
      <AuditBar filter={filter} onFilter={setFilter} />
      <Entries key={query.toString()} filter={filter} />
    </>
  );
}

const COLUMNS: readonly Column<AuditEntry>[] = [
  {
    key: "what",
    title: words.whatLabel,
    narrow: true,
    width: "24%",
    cell: (entry) => (
      <span className="person-name">
        <span>{words.what[entry.what] ?? entry.what}</span>
        <span className="meta narrow-only">
          <Who id={entry.who} /> · {moment(Date.parse(entry.at))}
        </span>
      </span>
    ),
  },
  { key: "who", title: words.who, width: "20%", cell: ({ who }) => <Who id={who} /> },
  { key: "about", title: words.about, cell: (entry) => <About entry={entry} /> },
  { key: "address", title: words.address, width: "128px", cell: ({ address }) => <bdi>{address}</bdi> },
  {
    key: "when",
    title: words.when,
    number: true,
    width: "168px",
    cell: ({ at }) => <time dateTime={at}>{moment(Date.parse(at))}</time>,
  },
];

/** An id that is nobody's name says nothing to people; the file that is exported has them all. */
function About({ entry }: { readonly entry: AuditEntry }) {
  const account = aboutAccount(entry);
  const name = useName(account);
  const text = [name === account ? "" : name, detailText(entry.detail)].filter(Boolean).join(" · ");
  return <bdi title={text}>{text}</bdi>;
}

/** Mounted anew for another filter (by its key). */
function Entries({ filter }: { readonly filter: AuditFilter }) {
  const { entries, before, loading, problem, more } = useLog(filter);
  return (
    <>
      <ReadingLine reading={{ value: entries, problem, again: more }} />
      {entries.length > 0 && (
        <Table label={strings.admin.part.audit} columns={COLUMNS} rows={entries} rowKey={({ key }) => String(key)} />
      )}
      {entries.length === 0 && !loading && problem === null && (
        <PanelNothing icon={ScrollText} title={words.none} hint={words.noneHint} />
      )}
      <div className="audit-below" role="status">
        {loading ? (
          <span className="meta">{strings.loading}</span>
        ) : before !== null ? (
          <Button look="outlined" onClick={more}>
            {words.older}
          </Button>
        ) : (
          entries.length > 0 && <span className="meta">{words.all}</span>
        )}
      </div>
    </>
  );
}
