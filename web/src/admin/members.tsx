/** Who is in a team: found, added, taken out. A thousand of them are one list. */
import { X } from "lucide-react";
import { useDeferredValue, useState } from "react";

import type { Person } from "../net/admin-rest";
import type { Team } from "../net/teams-rest";
import { isolated, nameOf } from "../person/model/names";
import { Initial, PersonName } from "../person/person";
import { IconButton } from "../ui/button";
import { strings } from "../words";
import { teamsApi, useAct } from "./context";
import { findPeople } from "./model/find";
import { PeopleSearch } from "./people-search";
import { SearchBox } from "./search-box";
import { type Column, Table } from "./table";

const words = strings.admin;
/** More are not looked through by eye. */
const FEW = 12;

export function Members({ team, onDone }: { readonly team: Team; readonly onDone: () => void }) {
  const act = useAct(onDone);
  const [text, setText] = useState("");
  const found = findPeople(team.members, useDeferredValue(text));
  const said = words.changed(isolated(team.name));
  const columns: readonly Column<Person>[] = [
    {
      key: "name",
      title: words.column.name,
      narrow: true,
      cell: (person) => (
        <span className="who-cell">
          <Initial person={person} />
          <PersonName person={person} />
        </span>
      ),
    },
    {
      key: "out",
      title: words.column.more,
      quiet: true,
      narrow: true,
      width: "48px",
      cell: (person) => (
        <span className="cell-end">
          <IconButton
            icon={X}
            label={words.takeOut(isolated(nameOf(person)))}
            onClick={() => act(() => teamsApi.leave(team.id, person.id), said)}
          />
        </span>
      ),
    },
  ];
  return (
    <div className="members">
      <div className="admin-bar">
        <PeopleSearch
          label={words.addMember(isolated(team.name))}
          hint={words.addHint}
          without={team.members}
          onChoose={(person) => person !== null && act(() => teamsApi.join(team.id, person.id), said)}
        />
        {team.members.length > FEW && (
          <SearchBox label={words.searchMembers} hint={words.searchMembers} value={text} onValue={setText} />
        )}
      </div>
      {team.members.length > 0 && (
        <Table
          label={words.membersOf(isolated(team.name))}
          columns={columns}
          rows={found}
          rowKey={(person) => person.id}
        />
      )}
    </div>
  );
}
