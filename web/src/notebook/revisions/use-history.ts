/** What the revision history does as one looks through it: compares what is chosen, restores, keeps, and says what came of it. */
import { useEffect, useMemo, useRef, useState } from "react";

import { type CellThen, NOW, type RevisionInfo } from "../../net/revisions-rest";
import { strings } from "../../words";
import { useController } from "../context";
import type { Comparing } from "./comparing";
import { type History, problemOf, type Sides } from "./history";
import type { Row } from "./rows";
import { whenSaved } from "./settled";
import { nameOf } from "./version-head";

const words = strings.revisions;
/** The arrow keys pass over versions faster than these are compared. */
const SETTLE_MS = 150;

export interface Notice {
  readonly text: string;
  readonly bad: boolean;
  readonly undo: (() => Promise<unknown>) | null;
}

/** On a narrow screen one side covers the other: the focus goes along, and back to what is chosen. */
export function useFocusOnSide(opened: boolean) {
  const place = useRef<HTMLDivElement>(null);
  const before = useRef(opened);
  useEffect(() => {
    if (before.current === opened) return;
    before.current = opened;
    const to = opened ? ".revisions-back" : "[aria-selected=true]";
    const target = place.current?.querySelector<HTMLElement>(to);
    // Beside one another neither covers the other, and the focus stays.
    if (target?.checkVisibility() === true) target.focus();
  }, [opened]);
  return place;
}

/** Compares what is chosen, and knows when the notebook has changed since. */
export function useComparison(history: History, comparing: Comparing, sides: Sides | "unknown" | null) {
  const { session } = useController();
  const [changed, setChanged] = useState<Sides | null>(null);
  const [again, setAgain] = useState(0);
  const key = typeof sides === "string" ? sides : JSON.stringify(sides);
  const wanted = useMemo(() => JSON.parse(key === "unknown" ? "null" : key) as Sides | null, [key]);
  useEffect(() => {
    if (key === "unknown") {
      void history.earlier();
      return;
    }
    if (wanted === null) {
      comparing.clear();
      return;
    }
    // What was typed last is compared too; without a connection, what the server has.
    let current = true;
    const compare = async () => {
      await whenSaved(session);
      if (current) await comparing.compare(wanted);
    };
    const timer = setTimeout(() => void compare(), SETTLE_MS);
    const doc = wanted.new.revision === NOW ? session.status().book?.doc : undefined;
    const touched = () => setChanged(wanted);
    doc?.on("update", touched);
    return () => {
      current = false;
      clearTimeout(timer);
      doc?.off("update", touched);
      setChanged(null);
    };
  }, [history, comparing, session, key, wanted, again]);
  return [changed !== null && changed === wanted, () => setAgain((before) => before + 1)] as const;
}

/** What is done with a version, one thing at a time, and what is said about it. */
export function useWork(history: History, compareAgain: () => void) {
  const { session } = useController();
  const [busy, setBusy] = useState(false);
  const [notice, setNotice] = useState<Notice | null>(null);
  const attempt = (task: () => Promise<unknown>) => {
    setNotice(null);
    setBusy(true);
    task()
      .catch((error: unknown) => {
        const { title, detail } = problemOf(error);
        setNotice({ text: [title, detail].filter(Boolean).join(" "), bad: true, undo: null });
      })
      .finally(() => setBusy(false));
  };
  const restored = async (id: string, cells: readonly string[] | null, outputs: boolean, text: string) => {
    const done = await history.restore(id, cells, outputs);
    compareAgain();
    const said = done.busy.length === 0 ? text : `${text} ${words.busy(done.busy.length)}`;
    return { kept: done.kept.id, said };
  };
  const goBack = (id: string, cells: readonly string[] | null) => async () => {
    await restored(id, cells, true, "");
    setNotice({ text: words.undone, bad: false, undo: null });
  };
  const restore = (revision: RevisionInfo, outputs: boolean) =>
    attempt(async () => {
      const { kept, said } = await restored(revision.id, null, outputs, words.restored(nameOf(revision)));
      setNotice({ text: said, bad: false, undo: goBack(kept, null) });
    });
  const restoreCell = (row: Row, cell: CellThen, sides: Sides | null) => {
    const side = restoresOf(sides);
    if (sides === null || side === null) return;
    attempt(async () => {
      const { kept, said } = await restored(sides[side].revision, [cell.id], true, words.restoredCell);
      // A cell that had gone was not in what is kept: it goes by being deleted.
      const there = row.old !== null && row.new !== null && row.old.id === row.new.id;
      setNotice({ text: said, bad: false, undo: there ? goBack(kept, [cell.id]) : null });
    });
  };
  const undo = () => notice?.undo && attempt(notice.undo);
  const pin = (name: string) =>
    attempt(async () => {
      if (await whenSaved(session)) await history.pin(name);
      else setNotice({ text: words.notSaved, bad: true, undo: null });
    });
  return { busy, notice, attempt, pin, restore, restoreCell, undo };
}

/** Cells come back from the older side when the newer is now; else from the version that was chosen, which is the newer. */
export function restoresOf(sides: Sides | null): "old" | "new" | null {
  if (sides === null) return null;
  return sides.new.revision === NOW ? "old" : "new";
}
