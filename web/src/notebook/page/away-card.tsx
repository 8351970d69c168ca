/** What happened while one was away: a card over the page's lower corner, so that nothing moves when it comes. */
import "./away-card.css";

import { Check, CircleSlash, HelpCircle, type LucideIcon, PlugZap, X } from "lucide-react";
import { useEffect, useState, useSyncExternalStore } from "react";

import { endedIn, type News } from "../../runs/away";
import { Button, IconButton } from "../../ui/button";
import { strings } from "../../words";
import type { ExecutionView } from "../../wire/types";
import { useController } from "../context";
import { goToCell } from "./return";

const words = strings.away;
/** Cells that are named; of more there is a number. */
const NAMED = 5;
/** What was in sight for this long was looked at. */
const LOOKED_MS = 10_000;

export function AwayCard() {
  const { away } = useController();
  const { news } = useSyncExternalStore(away.subscribe, away.read);
  return news === null ? null : <Card news={news} />;
}

function Card({ news }: { readonly news: News }) {
  const controller = useController();
  const dismiss = () => controller.away.dismiss();
  useLookedAt(news, dismiss);
  const { finished, failed, lost, stopped, running, ended } = news;
  return (
    <section className="away" aria-label={words.title}>
      <header>
        <h2>{words.title}</h2>
        <IconButton icon={X} label={strings.close} onClick={dismiss} />
      </header>
      {ended !== null && (
        <p className="away-line bad">
          <PlugZap aria-hidden />
          <span>{ended.cause === null ? words.runtimeEnded : words.runtimeEndedBecause(ended.cause.message)}</span>
        </p>
      )}
      <Line icon={X} look="bad" executions={failed} say={words.failed} />
      <Line icon={HelpCircle} look="bad" executions={lost} say={words.lost} />
      <Line icon={CircleSlash} look="" executions={stopped} say={words.stopped} />
      <Line icon={Check} look="ok" executions={finished} say={words.finished} />
      {running !== null && (
        <div className="away-line">
          <span className="chip-dot alive" aria-hidden />
          <span>
            {words.running(new Date(running.started_at ?? running.queued_at).toLocaleString(strings.locale, SINCE))}
          </span>
          <Button className="away-go" onClick={() => goToCell(controller, running.cell_id)}>
            {words.goTo}
          </Button>
        </div>
      )}
    </section>
  );
}

const SINCE = { weekday: "short", hour: "2-digit", minute: "2-digit" } as const;

interface LineProps {
  readonly icon: LucideIcon;
  readonly look: string;
  readonly executions: readonly ExecutionView[];
  readonly say: (count: number) => string;
}

/** How many ended so, with a link to each. */
function Line({ icon: Icon, look, executions, say }: LineProps) {
  const controller = useController();
  const [all, setAll] = useState(false);
  if (executions.length === 0) return null;
  const order = controller.order();
  const there = executions.filter(({ cell_id }) => order.includes(cell_id));
  const shown = all ? there : there.slice(0, NAMED);
  return (
    <div className={`away-line ${look}`}>
      <Icon aria-hidden />
      <span>
        {say(executions.length)}{" "}
        {shown.map(({ id, cell_id }) => (
          <button type="button" key={id} className="away-cell" onClick={() => goToCell(controller, cell_id)}>
            {words.cell(order.indexOf(cell_id) + 1)}
          </button>
        ))}
        {there.length > shown.length && (
          <button type="button" className="away-cell" onClick={() => setAll(true)}>
            {words.more(there.length - shown.length)}
          </button>
        )}
      </span>
    </div>
  );
}

/** Goes by itself when all its cells were in sight for a while. What has no cell to look at stays until it is closed. */
function useLookedAt(news: News, done: () => void): void {
  useEffect(() => {
    const left = new Set(endedIn(news).map(({ cell_id }) => cell_id));
    if (left.size === 0 || news.ended !== null || news.running !== null) return;
    const timers = new Map<string, ReturnType<typeof setTimeout>>();
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const cell = (target as HTMLElement).dataset["cell"] ?? "";
        clearTimeout(timers.get(cell));
        if (!isIntersecting) continue;
        const look = () => left.delete(cell) && left.size === 0 && document.visibilityState === "visible" && done();
        timers.set(cell, setTimeout(look, LOOKED_MS));
      }
    });
    for (const cell of left) {
      const element = document.querySelector(`section[data-cell="${CSS.escape(cell)}"]`);
      if (element === null) left.delete(cell);
      else observer.observe(element);
    }
    return () => {
      observer.disconnect();
      for (const timer of timers.values()) clearTimeout(timer);
    };
  }, [news, done]);
}
