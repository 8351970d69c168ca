/** The runtime of the notebook: its state, why, what memory it takes; and the way to get or end one. */
import { ChevronDown, Plug } from "lucide-react";

import { Button } from "../../ui/button";
import { bytes } from "../../ui/format";
import { Menu } from "../../ui/menu";
import { strings } from "../../words";
import type { KernelView, RuntimeView } from "../../wire/types";
import { useController, useSummary } from "../context";
import { commandItem } from "./menu-bar";

const words = strings.runtime;

/** The word for the state, and whether it is alive (amber), ready, or needs a look. */
function stateOf(
  runtime: RuntimeView,
  kernel: KernelView | null,
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
      return { text: words.waiting, look: "alive" };
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
  if (runtime === null) {
    return (
      <Button look="outlined" icon={Plug} onClick={() => controller.running.connect()} title={words.connect}>
        {words.none}
      </Button>
    );
  }
  const { text, look } = stateOf(runtime, kernel);
  const cause = runtime.cause ?? kernel?.cause ?? null;
  const ended = runtime.state === "ended";
  const steering = ["kernel.interrupt", "kernel.restart", "kernel.restartRunAll"];
  const ids = ended ? ["runtime.connect"] : [...steering, "runtime.disconnect"];
  return (
    <Menu
      label={words.label}
      className="button outlined chip"
      groups={[ids.map((id) => commandItem(controller, id))]}
      note={<Note runtime={runtime} kernel={kernel} cause={cause?.message ?? null} />}
    >
      <span className={`chip-dot ${look}`} aria-hidden />
      {text}
      {runtime.rss_bytes !== null && !ended && (
        <span className="meta tabular chip-memory">
          {words.memory} {bytes(runtime.rss_bytes)}
        </span>
      )}
      <ChevronDown aria-hidden />
    </Menu>
  );
}

interface NoteProps {
  readonly runtime: RuntimeView;
  readonly kernel: KernelView | null;
  readonly cause: string | null;
}

function Note({ runtime, kernel, cause }: NoteProps) {
  return (
    <>
      {cause !== null && <p className="note meta">{cause}</p>}
      <p className="note meta">{[kernel?.spec_name, runtime.launcher].filter(Boolean).join(" · ")}</p>
      {runtime.launcher === "process" && <p className="note meta warning">{words.notIsolated}</p>}
    </>
  );
}
