/** The browsers that are signed in, and their end. */
import { Laptop, Smartphone } from "lucide-react";
import { useState } from "react";

import { rest } from "../browser";
import { MeRest, type SessionInfo } from "../net/me-rest";
import { PanelHead } from "../panel/panel";
import { ReadingLine } from "../panel/reading-line";
import { acting } from "../ui/acting";
import { Button } from "../ui/button";
import { Confirm } from "../ui/dialog";
import { useRead } from "../ui/doing";
import { ago } from "../ui/format";
import { useNow } from "../ui/hooks";
import type { Toasts } from "../ui/toasts";
import { strings } from "../words";
import { agentOf } from "./model/agent";

const words = strings.account;
const api = new MeRest(rest);
const readSessions = () => api.sessions();

function called({ agent }: SessionInfo): string {
  const found = agentOf(agent);
  if (found === null) return agent === "" ? words.unknownAgent : agent.slice(0, 60);
  return found.system === null ? found.browser : words.on(found.browser, found.system);
}

export function Sessions({ toasts }: { readonly toasts: Toasts }) {
  const reading = useRead(readSessions);
  const [asking, setAsking] = useState(false);
  const sessions = reading.value ?? [];
  const others = sessions.filter(({ current }) => !current);
  const act = acting(toasts, reading.again);
  const end = ({ id }: SessionInfo) => act(() => api.endSession(id), words.ended);
  const endOthers = () => act(() => api.endOthers(), words.othersEnded);
  return (
    <>
      <PanelHead title={words.part.sessions} note={words.sessionsNote}>
        <Button look="outlined" disabled={others.length === 0} onClick={() => setAsking(true)}>
          {words.endOthers}
        </Button>
      </PanelHead>
      <ReadingLine reading={reading} />
      <ul className="lines" aria-label={words.part.sessions}>
        {[...sessions]
          .sort((one, other) => Number(other.current) - Number(one.current))
          .map((session) => (
            <SessionLine key={session.id} session={session} onEnd={() => end(session)} />
          ))}
      </ul>
      {asking && (
        <Confirm
          title={words.endOthersTitle}
          detail={words.endOthersDetail(others.length)}
          action={words.endOthers}
          onConfirm={endOthers}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

function SessionLine({ session, onEnd }: { readonly session: SessionInfo; readonly onEnd: () => void }) {
  const now = useNow(true, 30_000);
  const name = called(session);
  const Icon = /Mobile|iPhone|Android/.test(session.agent) ? Smartphone : Laptop;
  const began = new Date(session.created_at).toLocaleDateString(strings.locale, { dateStyle: "medium" });
  const seen = words.seen(ago(Date.parse(session.seen_at), now));
  return (
    <li>
      <Icon aria-hidden />
      <div className="line-words">
        <span className="line-title">
          <bdi title={session.agent}>{name}</bdi>
          {session.current && <span className="badge night">{words.thisOne}</span>}
        </span>
        <span className="meta tabular">{[words.from(session.address), seen, words.began(began)].join(" · ")}</span>
      </div>
      {!session.current && (
        <Button look="outlined" aria-label={words.endLabel(name)} onClick={onEnd}>
          {words.end}
        </Button>
      )}
    </li>
  );
}
