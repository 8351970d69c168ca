/** The runtime of the notebook: its state, why, what memory it takes; and the way to get or end one. */
import { ChevronDown, Plug } from "lucide-react";
import { useId, useRef, useState } from "react";

import { Button } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import { bytes } from "../../ui/format";
import { MenuBody } from "../../ui/menu";
import { strings } from "../../words";
import type { KernelView, RuntimeView } from "../../wire/types";
import { useController, useSummary } from "../context";

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
  const [ending, setEnding] = useState(false);
  const anchor = useRef<HTMLDivElement>(null);
  const id = useId();
  const connect = () => controller.report(controller.session.connectRuntime());
  if (runtime === null) {
    return (
      <Button look="outlined" icon={Plug} onClick={connect} title={words.connect}>
        {words.none}
      </Button>
    );
  }
  const { text, look } = stateOf(runtime, kernel);
  const cause = runtime.cause ?? kernel?.cause ?? null;
  const ended = runtime.state === "ended";
  return (
    <div ref={anchor} className="menu-anchor">
      <button type="button" className="button outlined chip" popoverTarget={id} title={cause?.message ?? words.label}>
        <span className={`chip-dot ${look}`} aria-hidden />
        {text}
        {runtime.rss_bytes !== null && !ended && (
          <span className="meta tabular chip-memory">
            {words.memory} {bytes(runtime.rss_bytes)}
          </span>
        )}
        <ChevronDown aria-hidden />
      </button>
      <MenuBody id={id} anchor={anchor} label={words.label}>
        {cause !== null && <p className="note meta">{cause.message}</p>}
        <p className="note meta">{[kernel?.spec_name, runtime.launcher].filter(Boolean).join(" · ")}</p>
        {runtime.launcher === "process" && <p className="note meta warning">{words.notIsolated}</p>}
        {ended ? (
          <Button onClick={connect}>{words.connect}</Button>
        ) : (
          <Button onClick={() => setEnding(true)}>{words.disconnect}</Button>
        )}
      </MenuBody>
      {ending && (
        <Confirm
          title={words.disconnectTitle}
          detail={words.disconnectDetail}
          action={words.disconnect}
          onConfirm={() => controller.report(controller.session.disconnectRuntime())}
          onClose={() => setEnding(false)}
        />
      )}
    </div>
  );
}
