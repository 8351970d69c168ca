/** Runtimes that are alive, of everybody: what they cost, not what is in them. */
import { Cpu } from "lucide-react";
import { useEffect, useState } from "react";

import { isolated, nameOf } from "../person/model/names";
import { PersonName } from "../person/person";
import { PanelHead, PanelNothing } from "../panel/panel";
import { ReadingLine } from "../panel/reading-line";
import type { RuntimeInfo } from "../net/admin-rest";
import { shownName } from "../notebook/model/file-names";
import { Button } from "../ui/button";
import { Confirm } from "../ui/dialog";
import { useRead } from "../ui/doing";
import { ago } from "../ui/format";
import { useNow } from "../ui/hooks";
import { strings } from "../words";
import { adminApi, useAct, useAdmin } from "./context";
import { type Column, Table } from "./table";

const words = strings.admin;
const readRuntimes = () => adminApi.runtimes();
const REFRESH_MS = 5_000;

export function Runtimes() {
  const { me } = useAdmin();
  const reading = useRead(readRuntimes);
  const { again } = reading;
  const [stopping, setStopping] = useState<RuntimeInfo | null>(null);
  const act = useAct(again);
  const now = useNow(true, 30_000);
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === "visible" && again(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [again]);
  const named = ({ notebook }: RuntimeInfo) => shownName(notebook.name);
  const state = ({ running, state: told }: RuntimeInfo) =>
    running ? (
      <span className="runtime-alive">
        <span className="run-dot alive" aria-hidden />
        {words.running}
      </span>
    ) : (
      (words.states[told] ?? told)
    );
  const columns: readonly Column<RuntimeInfo>[] = [
    {
      key: "notebook",
      title: words.notebook,
      narrow: true,
      cell: (runtime) => (
        <span className="person-name">
          <bdi>{named(runtime)}</bdi>
          <span className="meta narrow-only">
            {state(runtime)}
            {me.mode === "team" && (
              <>
                {" · "}
                <bdi>{nameOf(runtime.owner)}</bdi>
              </>
            )}
          </span>
        </span>
      ),
    },
    ...(me.mode === "team"
      ? [
          {
            key: "owner",
            title: words.owner,
            width: "24%",
            cell: ({ owner }: RuntimeInfo) => <PersonName person={owner} />,
          },
        ]
      : []),
    { key: "state", title: words.state, width: "18%", cell: state },
    {
      key: "since",
      title: words.since,
      width: "18%",
      number: true,
      cell: ({ started_at: at }) => ago(Date.parse(at), now),
    },
    {
      key: "more",
      title: words.column.more,
      quiet: true,
      narrow: true,
      width: "96px",
      cell: (runtime) => (
        <span className="cell-end">
          <Button look="outlined" aria-label={words.stopLabel(named(runtime))} onClick={() => setStopping(runtime)}>
            {words.stop}
          </Button>
        </span>
      ),
    },
  ];
  return (
    <>
      <PanelHead title={words.part.runtimes} note={words.runtimesNote} />
      <ReadingLine reading={reading} />
      {reading.value?.length === 0 && (
        <PanelNothing icon={Cpu} title={words.runtimesNone} hint={words.runtimesNoneHint} />
      )}
      {reading.value !== null && reading.value.length > 0 && (
        <Table label={words.part.runtimes} columns={columns} rows={reading.value} rowKey={({ id }) => id} />
      )}
      {stopping !== null && (
        <Confirm
          title={words.stopTitle(isolated(named(stopping)))}
          detail={words.stopDetail}
          action={words.stop}
          onConfirm={() => act(() => adminApi.stopRuntime(stopping.id), words.stopped)}
          onClose={() => setStopping(null)}
        />
      )}
    </>
  );
}
