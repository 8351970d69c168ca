/** All accounts: found, invited, made, changed. A thousand of them are one list. */
import { Plus, Users } from "lucide-react";
import { useDeferredValue, useMemo, useState } from "react";

import { Initial, PersonName } from "../person/person";
import { PanelHead, PanelNothing } from "../panel/panel";
import { ReadingLine } from "../panel/reading-line";
import type { Account, Plan } from "../net/admin-rest";
import { Button } from "../ui/button";
import { useRead } from "../ui/doing";
import { ago, bytes } from "../ui/format";
import { useNow } from "../ui/hooks";
import { strings } from "../words";
import { adminApi, useAdmin } from "./context";
import { InviteDialog } from "./invite";
import { type Filter, FILTERS, findAccounts, sortAccounts } from "./model/find";
import { NewUser } from "./new-user";
import { SearchBox } from "./search-box";
import { type Column, Table } from "./table";
import { UserMenu } from "./user-menu";

const words = strings.admin;
const readAccounts = () => adminApi.accounts();
const readPlans = () => adminApi.plans();

export function UsersPart() {
  const reading = useRead(readAccounts);
  const plans = useRead(readPlans).value ?? [];
  const [text, setText] = useState("");
  const [filter, setFilter] = useState<Filter>("all");
  const [asked, setAsked] = useState<"invite" | "make" | null>(null);
  const all = useMemo(() => sortAccounts(reading.value ?? [], strings.locale), [reading.value]);
  const found = findAccounts(all, useDeferredValue(text), filter);
  const columns = useColumns(plans, reading.again);
  return (
    <>
      <PanelHead title={words.part.users}>
        <Button look="outlined" icon={Plus} onClick={() => setAsked("make")}>
          {words.makeUser}
        </Button>
        <Button look="primary" onClick={() => setAsked("invite")}>
          {words.invite}
        </Button>
      </PanelHead>
      <ReadingLine reading={reading} />
      <div className="admin-bar">
        <SearchBox label={words.search} hint={words.searchHint} value={text} onValue={setText} />
        <select
          className="field"
          aria-label={words.show}
          value={filter}
          onChange={({ target }) => setFilter(FILTERS.find((each) => each === target.value) ?? "all")}
        >
          {FILTERS.map((each) => (
            <option key={each} value={each}>
              {words.filter[each]}
            </option>
          ))}
        </select>
        <span className="meta tabular" role="status">
          {reading.value !== null &&
            (found.length === all.length ? words.people(all.length) : words.peopleOf(found.length, all.length))}
        </span>
      </div>
      {found.length > 0 && <Table label={words.part.users} columns={columns} rows={found} rowKey={({ id }) => id} />}
      {reading.value !== null && found.length === 0 && (
        <PanelNothing icon={Users} title={words.noneFound} hint={words.noneFoundHint} />
      )}
      {asked === "invite" && <InviteDialog onClose={() => setAsked(null)} />}
      {asked === "make" && <NewUser onDone={reading.again} onClose={() => setAsked(null)} />}
    </>
  );
}

function useColumns(plans: readonly Plan[], again: () => void): readonly Column<Account>[] {
  const { me } = useAdmin();
  const now = useNow(true, 60_000);
  const planOf = ({ plan }: Account) => plans.find(({ id }) => id === plan)?.name ?? "";
  const quotaOf = (account: Account) => {
    const plan = plans.find(({ id }) => id === account.plan);
    const quota = account.quota ?? plan?.quota ?? null;
    return quota === null ? words.quotaNone : bytes(quota);
  };
  const columns: readonly Column<Account>[] = [
    {
      key: "name",
      title: words.column.name,
      narrow: true,
      width: "34%",
      cell: (account) => (
        <span className="who-cell">
          <Initial person={account} />
          <PersonName person={account} />
          {account.id === me.id && <span className="badge">{words.you}</span>}
          {account.admin && <span className="badge night">{words.isAdmin}</span>}
          {account.disabled && <span className="badge bad">{words.isDisabled}</span>}
        </span>
      ),
    },
    {
      key: "email",
      title: words.column.email,
      cell: ({ email }) => (email === null ? <span className="meta">{words.noEmail}</span> : <bdi>{email}</bdi>),
    },
    { key: "plan", title: words.column.plan, width: "110px", cell: (row) => <bdi>{planOf(row)}</bdi> },
    { key: "quota", title: words.column.quota, number: true, width: "96px", cell: quotaOf },
    {
      key: "visited",
      title: words.column.visited,
      number: true,
      width: "116px",
      cell: ({ visited_at: at }) => (at === null ? words.never : ago(Date.parse(at), now)),
    },
    {
      key: "more",
      title: words.column.more,
      quiet: true,
      narrow: true,
      width: "48px",
      cell: (account) => (
        <span className="cell-end">
          <UserMenu account={account} plans={plans} onDone={again} />
        </span>
      ),
    },
  ];
  return columns;
}
