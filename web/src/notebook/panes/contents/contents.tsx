/** The table of contents: headings as a tree. One goes there by it, moves sections and runs them, and sees what runs. */
import "./contents.css";

import { Play } from "lucide-react";
import { type DragEvent, type KeyboardEvent, useMemo, useRef, useState } from "react";

import type { Outline, OutlineEntry } from "../../../doc/sections";
import { IconButton } from "../../../ui/button";
import { strings } from "../../../words";
import { useController, useSections, useSummary } from "../../context";
import type { NotebookController } from "../../controller";
import { goToPlace } from "../../text/anchors";
import { entryAt, type Mark, marksOf, parentOf } from "./marks";
import { useTopCell } from "./top-cell";

const words = strings.sections;

export default function Contents() {
  const controller = useController();
  const outline = useSections((sections) => sections.outline);
  const marks = useMarks(controller, outline);
  const top = useTopCell();
  const current = entryAt(outline, top);
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const { entries } = outline;
  if (entries.length === 0) return <p className="pane-note">{words.empty}</p>;
  const least = Math.min(...entries.map(({ level }) => level));
  const focus = (index: number) => {
    const next = Math.min(Math.max(0, index), entries.length - 1);
    setAt(next);
    list.current?.querySelectorAll<HTMLElement>("[role=treeitem]")[next]?.focus();
  };
  return (
    <ul ref={list} className="contents" role="tree" aria-label={words.contents} data-own-keys>
      {entries.map((entry, index) => (
        <Entry
          key={`${entry.cell} ${entry.nth}`}
          entry={entry}
          depth={entry.level - least}
          mark={marks[index] ?? null}
          current={index === current}
          tabbable={index === Math.min(at, entries.length - 1)}
          onFocus={() => setAt(index)}
          onKey={(event) => key(event, { controller, outline, index, focus })}
        />
      ))}
    </ul>
  );
}

function useMarks({ session }: NotebookController, outline: Outline): readonly Mark[] {
  // The summary is another object with each revision of the run state.
  const summary = useSummary();
  return useMemo(() => {
    const stateOf = (id: string): Mark => {
      const state = session.runs.cell(id).current?.state;
      if (state === "running" || state === "queued") return state;
      return state === "error" || state === "lost" ? "failed" : null;
    };
    return marksOf(outline, stateOf);
  }, [session, outline, summary]); // eslint-disable-line react-hooks/exhaustive-deps
}

interface KeyContext {
  readonly controller: NotebookController;
  readonly outline: Outline;
  readonly index: number;
  readonly focus: (index: number) => void;
}

function key(event: KeyboardEvent, { controller, outline, index, focus }: KeyContext): void {
  const { entries } = outline;
  const entry = entries[index];
  if (entry === undefined || event.target !== event.currentTarget) return;
  if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    moveBeside(controller, outline, entry, event.key === "ArrowUp" ? -1 : 1);
  } else if (event.key === "ArrowUp") focus(index - 1);
  else if (event.key === "ArrowDown") focus(index + 1);
  else if (event.key === "Home") focus(0);
  else if (event.key === "End") focus(entries.length - 1);
  else if (event.key === "ArrowLeft") focus(Math.max(0, parentOf(entries, index)));
  else if (event.key === "ArrowRight" && parentOf(entries, index + 1) === index) focus(index + 1);
  else if (event.key === "Enter" || event.key === " ") go(controller, entry);
  else return;
  event.preventDefault();
}

const go = (controller: NotebookController, { cell, nth }: OutlineEntry) =>
  goToPlace(controller, { cell, heading: nth });

/** Before the section before it, or behind the one after it, of the same section around them. */
function moveBeside({ sections }: NotebookController, outline: Outline, { cell }: OutlineEntry, by: 1 | -1): void {
  const section = outline.sections.get(cell);
  if (section === undefined) return;
  const beside = [...outline.sections.values()].filter(({ parent }) => parent === section.parent);
  const other = beside[beside.indexOf(section) + by];
  if (other !== undefined) sections.move(cell, outline.order[by === -1 ? other.from : other.to] ?? null);
}

const DRAGGED = "application/x-noctule-section";

interface EntryProps {
  readonly entry: OutlineEntry;
  readonly depth: number;
  readonly mark: Mark;
  readonly current: boolean;
  readonly tabbable: boolean;
  readonly onFocus: () => void;
  readonly onKey: (event: KeyboardEvent) => void;
}

function Entry({ entry, depth, mark, current, tabbable, onFocus, onKey }: EntryProps) {
  const controller = useController();
  const [over, setOver] = useState(false);
  const title = entry.text === "" ? words.untitled : entry.text;
  const drag = {
    draggable: entry.nth === 0,
    onDragStart: (event: DragEvent) => event.dataTransfer.setData(DRAGGED, entry.cell),
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes(DRAGGED) || entry.nth !== 0) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: () => setOver(false),
    onDrop: (event: DragEvent) => {
      setOver(false);
      event.preventDefault();
      controller.sections.move(event.dataTransfer.getData(DRAGGED), entry.cell);
    },
  };
  return (
    <li
      className={`contents-entry ${current ? "current" : ""} ${over ? "drop-before" : ""}`}
      style={{ paddingInlineStart: `${12 + depth * 16}px` }}
      role="treeitem"
      aria-level={depth + 1}
      aria-selected={current}
      aria-label={mark === null ? title : `${title}, ${words[mark]}`}
      tabIndex={tabbable ? 0 : -1}
      title={words.moveHint}
      onFocus={onFocus}
      onKeyDown={onKey}
      onClick={() => go(controller, entry)}
      {...drag}
    >
      <span className="contents-title">{title}</span>
      {mark !== null && <span className={`contents-mark ${mark}`} aria-hidden />}
      <IconButton
        icon={Play}
        label={words.runSection(title)}
        tabIndex={tabbable ? 0 : -1}
        onClick={(event) => {
          event.stopPropagation();
          controller.running.run(controller.sections.cellsOf(entry.cell));
        }}
      />
    </li>
  );
}
