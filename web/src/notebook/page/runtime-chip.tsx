/** The runtime of the notebook: its state, why, what memory it takes; and the way to get or end one. */
import { ChevronDown, Plug } from "lucide-react";

import { Button } from "../../ui/button";
import { bytes } from "../../ui/format";
import { Menu } from "../../ui/menu";
import { strings } from "../../words";
import type { KernelView, RuntimeView } from "../../wire/types";
import { useController, useMay, useSummary } from "../context";
import { commandItem } from "./menu-bar";

const words = strings.runtime;

/** The word for the state, and whether it is alive (amber), ready, or needs a look. */
function stateOf(
  runtime: RuntimeView,
  kernel: KernelView | null,
  may: boolean,
): { text: string; look: "alive" | "ready" | "dim" | "bad" } {
  switch (runtime.state) {
    case "queued":
      return { text: words.queued, look: "dim" };
    case "starting":
      return { text: words.starting, look: "dim" };
    case "unreachable":
      return { text: words.unreachable, look: "bad" };
    case "ended":
      return { text: words.ended, look: "bad" };
    case "connected":
      break;
  }
  switch (kernel?.state) {
    case "busy":
      return { text: words.busy, look: "alive" };
    case "waiting":
      return { text: may ? words.waiting : words.waitingOther, look: "alive" };
    case "starting":
      return { text: words.starting, look: "dim" };
    case "restarting":
      return { text: words.restarting, look: "dim" };
    case "dead":
      return { text: words.dead, look: "bad" };
    case "idle":
    case undefined:
      return { text: words.connected, look: "ready" };
  }
}

export function RuntimeChip() {
  const controller = useController();
  const { runtime, kernel } = useSummary();
  const may = useMay("run");
  if (runtime === null) {
    if (!may) return null;
    return (
      <Button look="outlined" icon={Plug} onClick={() => controller.running.connect()} title={words.connect}>
        {words.none}
      </Button>
    );
  }
  const { text, look } = stateOf(runtime, kernel, may);
  const cause = runtime.cause ?? kernel?.cause ?? null;
  const ended = runtime.state === "ended";
  const steering = ["kernel.interrupt", "kernel.restart", "kernel.restartRunAll"];
  const ids = !may ? [] : ended ? ["runtime.connect"] : [...steering, "runtime.disconnect"];
  return (
    <Menu
      label={words.label}
      className="button outlined chip"
      groups={[ids.map((id) => commandItem(controller, id))]}
      note={<Note runtime={runtime} kernel={kernel} cause={cause?.message ?? null} may={may} />}
    >
      <span className={`chip-dot ${look}`} aria-hidden />
      {text}
      {!ended && <Gauges runtime={runtime} />}
      <ChevronDown aria-hidden />
    </Menu>
  );
}

/** RAM and disk as two small columns; in figures they are in the menu. */
function Gauges({ runtime }: { readonly runtime: RuntimeView }) {
  return (
    <span className="gauges" aria-hidden>
      {figuresOf(runtime).map(({ name, part, text }) => (
        <span key={name} className="gauge" title={text}>
          <span style={{ transform: `scaleY(${part})` }} className={part > NEARLY_FULL ? "full" : ""} />
        </span>
      ))}
    </span>
  );
}

const NEARLY_FULL = 0.9;

interface Figure {
  readonly name: string;
  /** 0 to 1 */
  readonly part: number;
  readonly text: string;
}

function figuresOf(runtime: RuntimeView): readonly Figure[] {
  const { rss_bytes, rss_limit_bytes, disk_free_bytes, disk_total_bytes } = runtime;
  const disk = disk_free_bytes === null || disk_total_bytes === null ? null : disk_total_bytes - disk_free_bytes;
  return [figure(words.memory, rss_bytes, rss_limit_bytes), figure(words.disk, disk, disk_total_bytes)].flatMap(
    (made) => made ?? [],
  );
}

function figure(name: string, used: number | null, total: number | null): Figure | null {
  if (used === null || total === null || total === 0) return null;
  return { name, part: Math.min(1, used / total), text: words.used(name, bytes(used), bytes(total)) };
}

interface NoteProps {
  readonly runtime: RuntimeView;
  readonly kernel: KernelView | null;
  readonly cause: string | null;
  readonly may: boolean;
}

function Note({ runtime, kernel, cause, may }: NoteProps) {
  return (
    <>
      {cause !== null && <p className="note meta">{cause}</p>}
      {figuresOf(runtime).map(({ name, text }) => (
        <p key={name} className="note meta tabular">
          {text}
        </p>
      ))}
      <p className="note meta">{[kernel?.spec_name, runtime.launcher].filter(Boolean).join(" · ")}</p>
      {may && runtime.launcher === "process" && <p className="note meta warning">{words.notIsolated}</p>}
    </>
  );
}
