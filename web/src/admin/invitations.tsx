/** Invitations: open, used and expired ones. */
import { Mail, Plus } from "lucide-react";
import { useCallback, useState } from "react";

import { nameOf } from "../person/model/names";
import { PanelHead, PanelNothing } from "../panel/panel";
import type { Account, Invitation } from "../net/admin-rest";
import { Button } from "../ui/button";
import { useRead } from "../ui/doing";
import { useNow } from "../ui/hooks";
import { strings } from "../words";
import { adminApi, useAct } from "./context";
import { InviteDialog } from "./invite";
import { ProblemLine } from "./problem-line";
import { type Column, Table } from "./table";

const words = strings.admin;
const readInvitations = () => adminApi.invitations();
const readAccounts = () => adminApi.accounts();
const day = (at: string) => new Date(at).toLocaleDateString(strings.locale, { dateStyle: "medium" });

/** What an id of the log or of an invitation is called. */
export function useNames(): (id: string) => string {
  const { value } = useRead<readonly Account[]>(readAccounts);
  return useCallback(
    (id: string) => {
      if (id === "server") return words.server;
      const account = value?.find((each) => each.id === id);
      return account === undefined ? id : nameOf(account);
    },
    [value],
  );
}

export function Invitations() {
  const reading = useRead(readInvitations);
  const [inviting, setInviting] = useState(false);
  const columns = useColumns(reading.again);
  const invite = (
    <Button look="primary" icon={Plus} onClick={() => setInviting(true)}>
      {words.invite}
    </Button>
  );
  return (
    <>
      <PanelHead title={words.part.invitations}>
        {reading.value !== null && reading.value.length > 0 && invite}
      </PanelHead>
      <ProblemLine reading={reading} />
      {reading.value?.length === 0 && (
        <PanelNothing icon={Mail} title={words.invitationsNone} hint={words.invitationsNoneHint}>
          {invite}
        </PanelNothing>
      )}
      {reading.value !== null && reading.value.length > 0 && (
        <Table label={words.part.invitations} columns={columns} rows={reading.value} rowKey={({ id }) => id} />
      )}
      {inviting && <InviteDialog onDone={reading.again} onClose={() => setInviting(false)} />}
    </>
  );
}

function useColumns(again: () => void): readonly Column<Invitation>[] {
  const now = useNow(true, 60_000);
  const named = useNames();
  const act = useAct(again);
  const isOpen = ({ used_at: used, expires_at: end }: Invitation) => used === null && Date.parse(end) > now;
  const stateOf = (invitation: Invitation) => {
    if (invitation.used_at !== null) return words.usedBy(named(invitation.used_by ?? ""));
    return isOpen(invitation) ? words.open(day(invitation.expires_at)) : words.gone;
  };
  return [
    {
      key: "for",
      title: words.invitationFor,
      narrow: true,
      cell: (invitation) => (
        <span className="who-cell">
          <span className="person-name">
            {invitation.email === null ? <span>{words.forAnyone}</span> : <bdi>{invitation.email}</bdi>}
            <bdi className="meta narrow-only">{stateOf(invitation)}</bdi>
          </span>
          {invitation.admin && <span className="badge night">{words.isAdmin}</span>}
        </span>
      ),
    },
    { key: "by", title: words.invitationBy, width: "20%", cell: ({ by }) => <bdi>{named(by)}</bdi> },
    { key: "state", title: words.invitationState, width: "28%", cell: (row) => <bdi>{stateOf(row)}</bdi> },
    {
      key: "more",
      title: words.column.more,
      quiet: true,
      narrow: true,
      width: "108px",
      cell: (invitation) =>
        isOpen(invitation) && (
          <span className="cell-end">
            <Button
              look="outlined"
              onClick={() => act(() => adminApi.revokeInvitation(invitation.id), words.takenBack)}
            >
              {words.takeBack}
            </Button>
          </span>
        ),
    },
  ];
}
