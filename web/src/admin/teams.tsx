/** Teams, and who is in them. */
import { ChevronDown, ChevronRight, MoreVertical, Plus, UsersRound } from "lucide-react";
import { useState } from "react";

import { isolated } from "../person/model/names";
import { PanelHead, PanelNothing } from "../panel/panel";
import { ReadingLine } from "../panel/reading-line";
import type { Team } from "../net/teams-rest";
import { Button } from "../ui/button";
import { Confirm } from "../ui/dialog";
import { useRead } from "../ui/doing";
import { FormDialog } from "../ui/form-dialog";
import { TextField } from "../ui/labelled";
import { Menu } from "../ui/menu";
import { strings } from "../words";
import { teamsApi, useAct, useAdmin } from "./context";
import { Members } from "./members";

const words = strings.admin;
const readTeams = () => teamsApi.teams();

type Asked =
  { readonly t: "new" } | { readonly t: "rename"; readonly team: Team } | { readonly t: "delete"; readonly team: Team };

export function Teams() {
  const reading = useRead(readTeams);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const act = useAct(reading.again);
  const close = () => setAsked(null);
  const make = (
    <Button look="primary" icon={Plus} onClick={() => setAsked({ t: "new" })}>
      {words.newTeam}
    </Button>
  );
  return (
    <>
      <PanelHead title={words.part.teams} note={words.teamsNote}>
        {reading.value !== null && reading.value.length > 0 && make}
      </PanelHead>
      <ReadingLine reading={reading} />
      {reading.value?.length === 0 && (
        <PanelNothing icon={UsersRound} title={words.teamsNone} hint={words.teamsNoneHint}>
          {make}
        </PanelNothing>
      )}
      <ul className="lines teams" aria-label={words.part.teams}>
        {reading.value?.map((team) => (
          <li key={team.id} className="team">
            <div className="team-line">
              {open === team.id ? <ChevronDown aria-hidden /> : <ChevronRight aria-hidden />}
              <button
                type="button"
                className="team-name"
                aria-expanded={open === team.id}
                onClick={() => setOpen(open === team.id ? null : team.id)}
              >
                <bdi>{team.name}</bdi>
                <span className="meta">{words.members(team.members.length)}</span>
              </button>
              <Menu
                label={words.actions(isolated(team.name))}
                icon={MoreVertical}
                groups={[
                  [{ id: "rename", title: words.teamRename, run: () => setAsked({ t: "rename", team }) }],
                  [{ id: "delete", title: words.teamDelete, danger: true, run: () => setAsked({ t: "delete", team }) }],
                ]}
              />
            </div>
            {open === team.id && <Members team={team} onDone={reading.again} />}
          </li>
        ))}
      </ul>
      {asked?.t === "new" && <TeamDialog team={null} onDone={reading.again} onOpen={setOpen} onClose={close} />}
      {asked?.t === "rename" && (
        <TeamDialog team={asked.team} onDone={reading.again} onOpen={setOpen} onClose={close} />
      )}
      {asked?.t === "delete" && (
        <Confirm
          title={words.teamDeleteTitle(isolated(asked.team.name))}
          detail={words.teamDeleteDetail(asked.team.members.length)}
          action={strings.remove}
          onConfirm={() => act(() => teamsApi.remove(asked.team.id), words.teamDeleted(isolated(asked.team.name)))}
          onClose={close}
        />
      )}
    </>
  );
}

interface TeamProps {
  readonly team: Team | null;
  readonly onDone: () => void;
  readonly onOpen: (id: string) => void;
  readonly onClose: () => void;
}

function TeamDialog({ team, onDone, onOpen, onClose }: TeamProps) {
  const { toasts } = useAdmin();
  const [name, setName] = useState(team?.name ?? "");
  const save = async () => {
    if (team === null) {
      const made = await teamsApi.make(name.trim());
      toasts.say(words.teamMade(isolated(made.name)));
      onOpen(made.id);
    } else await teamsApi.rename(team.id, name.trim());
    onDone();
  };
  return (
    <FormDialog
      title={team === null ? words.newTeam : strings.rename}
      action={team === null ? words.teamMake : strings.rename}
      ready={name.trim() !== ""}
      onSubmit={save}
      onClose={onClose}
    >
      <TextField label={words.teamName} autoFocus dir="auto" maxLength={80} value={name} onValue={setName} />
    </FormDialog>
  );
}
