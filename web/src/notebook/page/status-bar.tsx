/** The bottom bar: what runs and for how long, what waits, and the connection with its cause and next try. */
import { showChord } from "../../commands/keys";
import type { LossCause, Phase } from "../../net/phase";
import { isMac } from "../../platform";
import { clock } from "../../ui/format";
import { useNow } from "../../ui/hooks";
import { strings } from "../../words";
import type { ExecutionView } from "../../wire/types";
import { useController, useOrder, useShell, useStatusPart, useSummary } from "../context";

const words = strings.status;

const lossText = (cause: LossCause) =>
  cause.code === "refused" ? strings.loss.refused(cause.problem.title) : strings.loss[cause.code];

export function StatusBar() {
  const { queue } = useSummary();
  const phase = useStatusPart((status) => status.phase);
  return (
    <footer className="status-bar" aria-label={words.label}>
      {queue.running === null ? <span>{words.nothing}</span> : <RunningNow execution={queue.running} />}
      {queue.waiting.length > 0 && <span className="waiting tabular">{words.waiting(queue.waiting.length)}</span>}
      <Chord />
      <VimMode />
      <span className="grow" />
      <ConnectionState phase={phase} />
    </footer>
  );
}

/** The beginning of a chord that was pressed: the page waits for its end. */
function Chord() {
  const chord = useShell((state) => state.chord);
  if (chord === null) return null;
  return <span role="status">{strings.shell.chord(showChord(chord.strokes.join(" "), isMac))}</span>;
}

function VimMode() {
  const mode = useShell((state) => state.vimMode);
  const modes: Readonly<Record<string, string>> = strings.editor.vimModes;
  return mode === null ? null : <span>{modes[mode] ?? mode}</span>;
}

function RunningNow({ execution }: { readonly execution: ExecutionView }) {
  const { selection } = useController();
  const order = useOrder();
  const now = useNow(true, 500);
  const number = order.indexOf(execution.cell_id) + 1;
  return (
    <button type="button" className="running-now" onClick={() => selection.select(execution.cell_id)}>
      <span className="chip-dot alive" aria-hidden />
      {words.running(words.cellNumber(number))}
      <span className="tabular">{clock(now - (execution.started_at ?? now))}</span>
    </button>
  );
}

function ConnectionState({ phase }: { readonly phase: Phase }) {
  const { session } = useController();
  const tryNow = (
    <button type="button" className="try-now" onClick={() => session.tryNow()}>
      {words.tryNow}
    </button>
  );
  switch (phase.t) {
    case "open":
      return <span role="status">{words.connected}</span>;
    case "connecting":
      return (
        <span role="status">
          {phase.cause === null ? words.connecting : `${lossText(phase.cause)}: ${words.connecting.toLowerCase()}`}
        </span>
      );
    case "waiting":
      return (
        <span className="lost">
          <span role="status">{lossText(phase.cause)}</span>, <Countdown until={phase.retryAt} /> {tryNow}
        </span>
      );
    case "refused":
      return (
        <span className="lost">
          <span role="status">{phase.problem.title}</span> {tryNow}
        </span>
      );
    case "stopped":
      return <span>{words.stopped}</span>;
  }
}

function Countdown({ until }: { readonly until: number }) {
  const now = useNow(true, 250);
  return <span className="tabular">{words.next(Math.max(0, Math.ceil((until - now) / 1000)))}</span>;
}
