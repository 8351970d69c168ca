/** Invitations: open, used and expired ones. */
import { Mail, Plus } from "lucide-react";
import { useState } from "react";

import { PanelHead, PanelNothing } from "../panel/panel";
import { ReadingLine } from "../panel/reading-line";
import type { Invitation } from "../net/admin-rest";
import { isolated } from "../person/model/names";
import { useName } from "../person/use-name";
import { Button } from "../ui/button";
import { useRead } from "../ui/doing";
import { useNow } from "../ui/hooks";
import { strings } from "../words";
import { adminApi, useAct } from "./context";
import { InviteDialog } from "./invite";
import { type Column, Table } from "./table";
import { Who } from "./who";

const words = strings.admin;
const readInvitations = () => adminApi.invitations();
const day = (at: string) => new Date(at).toLocaleDateString(strings.locale, { dateStyle: "medium" });

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
      <ReadingLine reading={reading} />
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
  const act = useAct(again);
  const isOpen = ({ used_at: used, expires_at: end }: Invitation) => used === null && Date.parse(end) > now;
  const stateOf = (invitation: Invitation) => {
    if (invitation.used_at !== null) return <UsedBy id={invitation.used_by ?? ""} />;
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
            <span className="meta narrow-only">{stateOf(invitation)}</span>
          </span>
          {invitation.admin && <span className="badge night">{words.isAdmin}</span>}
        </span>
      ),
    },
    { key: "by", title: words.invitationBy, width: "20%", cell: ({ by }) => <Who id={by} /> },
    { key: "state", title: words.invitationState, width: "28%", cell: stateOf },
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

function UsedBy({ id }: { readonly id: string }) {
  return words.usedBy(isolated(useName(id)));
}
