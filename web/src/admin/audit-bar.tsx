/** Which rows of the audit log are shown: whose, of what kind, of which days. */
import { useState } from "react";

import type { Person } from "../net/admin-rest";
import { nameOf } from "../person/model/names";
import { Button } from "../ui/button";
import { Labelled, TextField } from "../ui/labelled";
import { strings } from "../words";
import { type AuditFilter, EVERYTHING } from "./model/audit-filter";
import { PeopleSearch } from "./people-search";
import { SERVER } from "./who";

const words = strings.audit;
const KINDS = Object.entries(words.kinds);
/** Who is no account. */
const OTHERS: readonly Person[] = [{ id: SERVER, login: words.server, shown: strings.admin.server }];

interface BarProps {
  readonly filter: AuditFilter;
  readonly onFilter: (filter: AuditFilter) => void;
}

export function AuditBar({ filter, onFilter }: BarProps) {
  const [whose, setWhose] = useState("");
  const change = (part: Partial<AuditFilter>) => onFilter({ ...filter, ...part });
  const choose = (person: Person | null) => {
    setWhose(person === null ? "" : nameOf(person));
    change({ who: person?.id ?? "" });
  };
  const clear = () => {
    setWhose("");
    onFilter(EVERYTHING);
  };
  const set = Object.values(filter).some((value) => value !== "");
  return (
    <div className="audit-filter">
      <Labelled label={words.who}>
        {({ id }) => (
          <PeopleSearch
            id={id}
            label={words.who}
            hint={words.anyone}
            chosen={whose}
            others={OTHERS}
            onChoose={choose}
          />
        )}
      </Labelled>
      <Labelled label={words.whatLabel}>
        {(field) => (
          <select
            className="field whole"
            value={filter.what}
            onChange={({ target }) => change({ what: target.value })}
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
      <TextField label={words.from} type="date" value={filter.from} onValue={(from) => change({ from })} />
      <TextField label={words.to} type="date" value={filter.to} onValue={(to) => change({ to })} />
      <Button disabled={!set} onClick={clear}>
        {words.clear}
      </Button>
    </div>
  );
}
