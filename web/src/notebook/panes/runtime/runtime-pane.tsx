/** The runtime: what it is and takes, what of it runs and waits, and the ways to steer it. */
import "./runtime-pane.css";

import { Button } from "../../../ui/button";
import { bytes, clock, moment } from "../../../ui/format";
import { useNow } from "../../../ui/hooks";
import { strings } from "../../../words";
import type { ExecutionView, KernelView, RuntimeView } from "../../../wire/types";
import { commands } from "../../commands";
import { useController, useOrder, useSummary } from "../../context";

const words = strings.runtimePane;

export default function RuntimePane() {
  const { runtime, kernel } = useSummary();
  return (
    <div className="runtime-pane">
      {runtime === null ? <p className="pane-note">{words.none}</p> : <Facts runtime={runtime} kernel={kernel} />}
      <Queue />
      <Actions />
    </div>
  );
}

interface FactsProps {
  readonly runtime: RuntimeView;
  readonly kernel: KernelView | null;
}

function Facts({ runtime, kernel }: FactsProps) {
  const { rss_bytes, rss_limit_bytes, disk_free_bytes, disk_total_bytes, cpu_percent, cause } = runtime;
  const disk = disk_free_bytes === null || disk_total_bytes === null ? null : disk_total_bytes - disk_free_bytes;
  const told = cause ?? kernel?.cause ?? null;
  return (
    <>
      {told !== null && <p className="runtime-cause">{told.message}</p>}
      <Bar name={strings.runtime.memory} used={rss_bytes} total={rss_limit_bytes} />
      <Bar name={strings.runtime.disk} used={disk} total={disk_total_bytes} />
      <dl className="runtime-facts">
        <Fact name={words.state} value={words.states[runtime.state]} />
        <Fact name={words.since} value={moment(runtime.since)} />
        {cpu_percent !== null && <Fact name={words.cpu} value={words.percent(Math.round(cpu_percent))} />}
        {kernel !== null && <Fact name={words.kernel} value={kernel.spec_name} />}
        {kernel !== null && kernel.language !== "" && <Fact name={words.language} value={languageOf(kernel)} />}
        <Fact name={words.launcher} value={runtime.launcher} />
      </dl>
      {runtime.launcher === "process" && <p className="runtime-cause">{strings.runtime.notIsolated}</p>}
    </>
  );
}

function languageOf({ language, language_info }: KernelView): string {
  const { version } = language_info;
  return typeof version === "string" ? `${language} ${version}` : language;
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="tabular">{value}</dd>
    </>
  );
}

interface BarProps {
  readonly name: string;
  readonly used: number | null;
  readonly total: number | null;
}

function Bar({ name, used, total }: BarProps) {
  if (used === null || total === null || total === 0) return null;
  return (
    <div className="runtime-bar">
      <span>{name}</span>
      <span className="meta tabular">{words.of(bytes(used), bytes(total))}</span>
      <meter aria-label={name} min={0} max={total} high={total * 0.9} value={used} />
    </div>
  );
}

/** What runs, and what waits in its order; each leads to its cell. */
function Queue() {
  const { queue } = useSummary();
  const { session } = useController();
  const waiting = queue.waiting.flatMap((id) => session.runs.execution(id) ?? []);
  if (queue.running === null && waiting.length === 0) return <p className="pane-note">{strings.status.nothing}</p>;
  return (
    <ol className="runtime-queue" aria-label={words.queue}>
      {queue.running !== null && <Running execution={queue.running} />}
      {waiting.map((execution) => (
        <Waiting key={execution.id} execution={execution} />
      ))}
    </ol>
  );
}

function useNumber(cell: string): number {
  return useOrder().indexOf(cell) + 1;
}

function Running({ execution }: { readonly execution: ExecutionView }) {
  const { selection } = useController();
  const now = useNow(true);
  return (
    <li>
      <span className="chip-dot alive" aria-hidden />
      <button type="button" className="link" onClick={() => selection.select(execution.cell_id)}>
        {strings.status.running(strings.status.cellNumber(useNumber(execution.cell_id)))}
      </button>
      <span className="meta tabular">{clock(now - (execution.started_at ?? now))}</span>
    </li>
  );
}

function Waiting({ execution }: { readonly execution: ExecutionView }) {
  const { selection, running } = useController();
  const number = useNumber(execution.cell_id);
  return (
    <li>
      <button type="button" className="link" onClick={() => selection.select(execution.cell_id)}>
        {words.waits(number)}
      </button>
      <Button aria-label={words.cancelOf(number)} onClick={() => running.press(execution.cell_id)}>
        {strings.cancel}
      </Button>
    </li>
  );
}

const ACTIONS = [
  "runtime.connect",
  "kernel.interrupt",
  "run.cancelAll",
  "kernel.restart",
  "kernel.restartRunAll",
  "runtime.disconnect",
] as const;

function Actions() {
  const controller = useController();
  return (
    <div className="runtime-actions">
      {ACTIONS.filter((id) => commands.can(id, controller)).map((id) => (
        <Button key={id} look="outlined" onClick={() => commands.run(id, controller)}>
          {commands.get(id).title}
        </Button>
      ))}
    </div>
  );
}
