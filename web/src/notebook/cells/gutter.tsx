/** The run button of a code cell, and what it tells: never run, queued, running, done, failed. Amber means alive. */
import "./gutter.css";

import { Check, CircleSlash, HelpCircle, Play, Square, X } from "lucide-react";
import type { ReactNode } from "react";

import type { CellRun } from "../../runs/store";
import { clock, duration, moment, shortDuration } from "../../ui/format";
import { useNow, useSettings } from "../../ui/hooks";
import { strings } from "../../words";
import type { ExecutionView } from "../../wire/types";
import { shortcutOf } from "../commands/shortcut";
import { useCellRun, useController, useMay, useNameOf, useSending } from "../context";

/** A run that ended this short ago shows its check before its number. */
const FRESH_MS = 4_000;

const words = strings.cell;

interface Face {
  readonly state: string;
  /** What a press does. */
  readonly label: string;
  /** What is so, for who may press nothing. */
  readonly told: string;
  /** The command whose keys do the same to a selected cell. */
  readonly command: "run.cell" | "kernel.interrupt" | null;
  readonly icon: ReactNode;
  /** Below the button. */
  readonly note: ReactNode;
}

export function Gutter({ id }: { readonly id: string }) {
  const { running } = useController();
  const run = useCellRun(id);
  const sending = useSending(id);
  const { shortcuts } = useSettings();
  const face = sending ? SENDING : faceOf(run);
  const may = useMay("run");
  const by = useNameOf(run.current?.by ?? "");
  const keys = face.command === null ? undefined : shortcutOf(face.command, shortcuts);
  // Who may not run it is told of runs, and offered none.
  if (!may && face === NEVER) return <div className="gutter" />;
  const icon = (
    <span className="run-face" aria-hidden>
      {face.icon}
    </span>
  );
  return (
    <div className="gutter">
      {may ? (
        <button
          type="button"
          className={`run ${face.state}`}
          aria-label={face.label}
          title={[keys === undefined ? face.label : `${face.label} (${keys})`, ...told(run, by)].join("\n")}
          onClick={() => running.press(id)}
        >
          {icon}
          <Play className="run-play" aria-hidden />
        </button>
      ) : (
        <span
          className={`run told ${face.state}`}
          role="img"
          aria-label={face.told}
          title={[face.told, ...told(run, by)].join("\n")}
        >
          {icon}
        </span>
      )}
      <span className="run-note tabular">{face.note}</span>
    </div>
  );
}

/** When it ran and who asked for it. */
function told({ current }: CellRun, by: string): readonly string[] {
  if (current === null) return [];
  const { queued_at, started_at, finished_at } = current;
  const at = moment(finished_at ?? started_at ?? queued_at);
  if (finished_at !== null) return [words.endedAt(at, by)];
  return [started_at === null ? words.askedAt(at, by) : words.startedAt(at, by)];
}

const dots = <span className="run-dots">•••</span>;
const SENDING: Face = {
  state: "queued sending",
  label: words.unsend,
  told: words.told.queued(0),
  command: null,
  icon: dots,
  note: null,
};
const NEVER: Face = {
  state: "never",
  label: words.run,
  told: "",
  command: "run.cell",
  icon: <Play aria-hidden />,
  note: null,
};

function faceOf({ current, place }: CellRun): Face {
  if (current === null) return NEVER;
  switch (current.state) {
    case "queued": {
      const note = place === 0 ? null : place;
      return {
        state: "queued",
        label: words.unqueue(place),
        told: words.told.queued(place),
        command: null,
        icon: dots,
        note,
      };
    }
    case "running": {
      const note = <Elapsed since={current.started_at} />;
      return {
        state: "running",
        label: words.stop,
        told: words.told.running,
        command: "kernel.interrupt",
        icon: <Running />,
        note,
      };
    }
    case "ok":
      return done(current);
    case "error":
      return over("failed", words.failed, words.told.failed, <X aria-hidden />, took(current));
    case "aborted":
      return over("aborted", words.aborted, words.told.aborted, <CircleSlash aria-hidden />);
    case "lost":
      return over("failed", words.lost, words.told.lost, <HelpCircle aria-hidden />);
  }
}

/** It can be run again. */
const over = (state: string, label: string, told: string, icon: ReactNode, note: ReactNode = null): Face => ({
  state,
  label,
  told,
  command: "run.cell",
  icon,
  note,
});

function done(execution: ExecutionView): Face {
  const fresh = Date.now() - (execution.finished_at ?? 0) < FRESH_MS;
  const count = execution.execution_count?.toString() ?? "·";
  const number = <span className="run-number tabular">{count}</span>;
  const icon = fresh ? (
    <>
      <Check className="run-check" aria-hidden />
      {number}
    </>
  ) : (
    number
  );
  const seconds = duration(spent(execution) ?? 0);
  const told = words.told.done(count, seconds);
  return over(fresh ? "done fresh" : "done", words.runAgain(count, seconds), told, icon, took(execution));
}

function spent({ started_at, finished_at }: ExecutionView): number | null {
  return started_at === null || finished_at === null ? null : finished_at - started_at;
}

function took(execution: ExecutionView): string | null {
  const ms = spent(execution);
  return ms === null ? null : shortDuration(ms);
}

function Running() {
  return (
    <>
      <svg className="run-ring" viewBox="0 0 28 28" aria-hidden>
        <circle cx="14" cy="14" r="12" />
      </svg>
      <Square className="run-stop" aria-hidden />
    </>
  );
}

function Elapsed({ since }: { readonly since: number | null }) {
  const now = useNow(true, 500);
  return clock(now - (since ?? now));
}
