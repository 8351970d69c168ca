/** The timeline: now, then versions by day; a list box of one choice, which the arrow keys move. */
import { Bookmark, ChevronDown } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from "react";

import { NOW, type RevisionInfo } from "../../net/revisions-rest";
import { Button } from "../../ui/button";
import { useNow } from "../../ui/hooks";
import { strings } from "../../words";
import { useNamesOf, useStatusPart } from "../context";
import { type Day, daysOf, timeOf } from "./days";
import type { History, HistoryState } from "./history";

const words = strings.revisions;

interface TimelineProps {
  readonly history: History;
  readonly state: HistoryState;
  /** Asks for a name. */
  readonly onPin: () => void;
  /** What was chosen is to be seen, where the list covers it. */
  readonly onOpen: () => void;
  /** Below the list. */
  readonly children?: ReactNode;
}

export function Timeline({ history, state, onPin, onOpen, children }: TimelineProps) {
  const { items, more, loading, problem, namedOnly } = state;
  const now = useNow(true, 60_000);
  const { today, yesterday, empty, noneNamed } = words.timeline;
  const days = daysOf(items ?? [], now, { locale: strings.locale, today, yesterday });
  return (
    <nav className="timeline" aria-label={words.timeline.label}>
      <div className="timeline-tools">
        <Button look="outlined" icon={Bookmark} onClick={onPin}>
          {words.pin}
        </Button>
        <label className="timeline-filter">
          <input
            type="checkbox"
            checked={namedOnly}
            onChange={({ target }) => void history.setNamedOnly(target.checked)}
          />
          {words.timeline.namedOnly}
        </label>
      </div>
      <div className="timeline-list">
        <Choices history={history} days={days} chosen={state.chosen} onOpen={onOpen} />
        {items === null && problem === null && <p className="meta timeline-note">{words.timeline.loading}</p>}
        {items?.length === 0 && <p className="timeline-note">{namedOnly ? noneNamed : empty}</p>}
        {problem !== null && (
          <p className="revisions-problem" role="status">
            {problem.title} <Button onClick={() => void history.refresh()}>{strings.retry}</Button>
          </p>
        )}
        {more && (
          <Button
            look="outlined"
            icon={ChevronDown}
            className="timeline-more"
            disabled={loading}
            onClick={() => void history.earlier()}
          >
            {words.timeline.earlier}
          </Button>
        )}
      </div>
      {children}
    </nav>
  );
}

const STEPS: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => Math.min(at + 1, count - 1),
  ArrowUp: (at) => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_, count) => count - 1,
};

interface ChoicesProps {
  readonly history: History;
  readonly days: readonly Day[];
  readonly chosen: string;
  readonly onOpen: () => void;
}

function Choices({ history, days, chosen, onOpen }: ChoicesProps) {
  const list = useRef<HTMLDivElement>(null);
  const ids = [NOW, ...days.flatMap(({ revisions }) => revisions.map(({ id }) => id))];
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" || event.key === " ") {
      // The focus goes to a button, which is not to be pressed by the same stroke.
      event.preventDefault();
      onOpen();
      return;
    }
    const next = ids[STEPS[event.key]?.(ids.indexOf(chosen), ids.length) ?? -1];
    if (next === undefined || event.altKey) return;
    event.preventDefault();
    history.choose(next);
    list.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(next)}"]`)?.focus();
  };
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const choose = (id: string) => {
    history.choose(id);
    onOpen();
  };
  return (
    <div ref={list} role="listbox" aria-label={words.timeline.label} onKeyDown={onKeyDown}>
      <Choice id={NOW} chosen={chosen === NOW} onChoose={choose}>
        <span className="timeline-name">{words.timeline.now}</span>
        <span className="meta">{words.timeline.nowDetail}</span>
      </Choice>
      {days.map((day) => (
        <DayGroup key={day.key} day={day} chosen={chosen} onChoose={choose} />
      ))}
    </div>
  );
}

interface DayProps {
  readonly day: Day;
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}

function DayGroup({ day, chosen, onChoose }: DayProps) {
  const title = useId();
  return (
    <div role="group" aria-labelledby={title}>
      <h3 id={title} className="timeline-day" role="presentation">
        {day.title}
      </h3>
      {day.revisions.map((revision) => (
        <Choice key={revision.id} id={revision.id} chosen={revision.id === chosen} onChoose={onChoose}>
          <Facts revision={revision} />
        </Choice>
      ))}
    </div>
  );
}

interface ChoiceProps {
  readonly id: string;
  readonly chosen: boolean;
  readonly onChoose: (id: string) => void;
  readonly children: React.ReactNode;
}

function Choice({ id, chosen, onChoose, children }: ChoiceProps) {
  return (
    <div
      role="option"
      className="timeline-choice"
      data-id={id}
      aria-selected={chosen}
      tabIndex={chosen ? 0 : -1}
      onClick={() => onChoose(id)}
    >
      {children}
    </div>
  );
}

function Facts({ revision }: { readonly revision: RevisionInfo }) {
  const { name, kind } = revision;
  const people = usePeople(revision);
  const time = timeOf(revision, strings.locale);
  return (
    <>
      <span className="timeline-name">
        {name !== null && <Bookmark aria-hidden />}
        <span>{name ?? time}</span>
      </span>
      <span className="meta tabular">
        {[name === null ? words.kind[kind] : time, people].filter((part) => part !== "").join(" · ")}
      </span>
    </>
  );
}

/** Who asked for it and whose edits it holds; oneself is "you". */
export function usePeople({ by, authors }: RevisionInfo): string {
  const self = useStatusPart((status) => status.user);
  const ids = [...new Set([by, ...authors])].filter((one) => one !== "");
  const names = useNamesOf(ids).map((name, at) => (ids[at] === self ? words.timeline.you : name));
  return names.length === 0 ? "" : words.timeline.by([...new Set(names)].join(", "));
}
