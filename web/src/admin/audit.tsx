/** The audit log: filtered, read on page by page, and taken along as a file. */
import { Download, ScrollText } from "lucide-react";
import { useEffect, useState } from "react";

import { saidOf } from "../ui/said";
import { nameOf } from "../person/model/names";
import { rest } from "../browser";
import type { Account } from "../net/admin-rest";
import { auditExport, type AuditEntry, AuditRest } from "../net/audit-rest";
import { PanelHead, PanelNothing } from "../panel/panel";
import { Button } from "../ui/button";
import { problemOf, useRead } from "../ui/doing";
import { moment } from "../ui/format";
import { Labelled } from "../ui/labelled";
import { Menu } from "../ui/menu";
import type { Problem } from "../wire/types";
import { strings } from "../words";
import { adminApi } from "./context";
import { type AuditFilter, auditQuery, detailText, EVERYTHING } from "./model/audit-filter";
import { sortAccounts } from "./model/find";
import { type Column, Table } from "./table";

const words = strings.audit;
const api = new AuditRest(rest);
const KINDS = Object.entries(words.kinds);
const readAccounts = () => adminApi.accounts();

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
  const accounts = useRead(readAccounts).value ?? [];
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
      <FilterBar filter={filter} accounts={accounts} onFilter={setFilter} />
      <Entries key={query.toString()} filter={filter} accounts={accounts} />
    </>
  );
}

interface EntriesProps {
  readonly filter: AuditFilter;
  readonly accounts: readonly Account[];
}

/** Mounted anew for another filter (by its key). */
function Entries({ filter, accounts }: EntriesProps) {
  const { entries, before, loading, problem, more } = useLog(filter);
  const named = (id: string) => {
    if (id === "") return words.nobody;
    if (id === "server") return strings.admin.server;
    const account = accounts.find((each) => each.id === id);
    return account === undefined ? id : nameOf(account);
  };
  const columns: readonly Column<AuditEntry>[] = [
    {
      key: "what",
      title: words.whatLabel,
      narrow: true,
      width: "24%",
      cell: (entry) => (
        <span className="person-name">
          <span>{words.what[entry.what] ?? entry.what}</span>
          <span className="meta narrow-only">
            <bdi>{named(entry.who)}</bdi> · {moment(Date.parse(entry.at))}
          </span>
        </span>
      ),
    },
    { key: "who", title: words.who, width: "20%", cell: ({ who }) => <bdi>{named(who)}</bdi> },
    {
      key: "about",
      title: words.about,
      cell: ({ about, detail, who }) => {
        // An id that is nobody's name says nothing to people; the file that is exported has them all.
        const whom = about !== who && accounts.some(({ id }) => id === about) ? named(about) : "";
        const text = [whom, detailText(detail)].filter(Boolean).join(" · ");
        return <bdi title={text}>{text}</bdi>;
      },
    },
    { key: "address", title: words.address, width: "128px", cell: ({ address }) => <bdi>{address}</bdi> },
    {
      key: "when",
      title: words.when,
      number: true,
      width: "168px",
      cell: ({ at }) => <time dateTime={at}>{moment(Date.parse(at))}</time>,
    },
  ];
  return (
    <>
      {problem !== null && (
        <div className="panel-problem" role="alert">
          <span className="grow">{saidOf(problem)}</span>
          <Button onClick={more}>{strings.retry}</Button>
        </div>
      )}
      {entries.length > 0 && (
        <Table label={strings.admin.part.audit} columns={columns} rows={entries} rowKey={({ key }) => String(key)} />
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

interface FilterProps {
  readonly filter: AuditFilter;
  readonly accounts: readonly Account[];
  readonly onFilter: (filter: AuditFilter) => void;
}

function FilterBar({ filter, accounts, onFilter }: FilterProps) {
  const change = (part: Partial<AuditFilter>) => onFilter({ ...filter, ...part });
  const set = Object.values(filter).some((value) => value !== "");
  return (
    <div className="audit-filter">
      <Labelled label={words.who}>
        {(field) => (
          <select
            className="field whole"
            value={filter.who}
            onChange={(e) => change({ who: e.target.value })}
            {...field}
          >
            <option value="">{words.anyone}</option>
            <option value="server">{words.server}</option>
            {sortAccounts(accounts, strings.locale).map((account) => (
              <option key={account.id} value={account.id}>
                {nameOf(account)}
              </option>
            ))}
          </select>
        )}
      </Labelled>
      <Labelled label={words.whatLabel}>
        {(field) => (
          <select
            className="field whole"
            value={filter.what}
            onChange={(e) => change({ what: e.target.value })}
            {...field}
          >
            <option value="">{words.anything}</option>
            {KINDS.map(([kind, title]) => (
              <option key={kind} value={kind}>
                {title}
              </option>
            ))}
          </select>
        )}
      </Labelled>
      <Labelled label={words.from}>
        {(field) => (
          <input
            type="date"
            className="field whole"
            value={filter.from}
            onChange={(e) => change({ from: e.target.value })}
            {...field}
          />
        )}
      </Labelled>
      <Labelled label={words.to}>
        {(field) => (
          <input
            type="date"
            className="field whole"
            value={filter.to}
            onChange={(e) => change({ to: e.target.value })}
            {...field}
          />
        )}
      </Labelled>
      <Button disabled={!set} onClick={() => onFilter(EVERYTHING)}>
        {words.clear}
      </Button>
    </div>
  );
}
