/** The revision history of this notebook over the whole page: the timeline, and what is different. */
import "./revisions.css";

import { ArrowLeft, RotateCw } from "lucide-react";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";

import { type CellThen, NOW, type RevisionInfo } from "../../net/revisions-rest";
import { Button } from "../../ui/button";
import { Ask, Dialog } from "../../ui/dialog";
import { strings } from "../../words";
import { useController } from "../context";
import type { DialogProps } from "../page/dialogs";
import { Comparing } from "./comparing";
import { Comparison } from "./comparison";
import { type Against, History, problemOf, type Sides } from "./history";
import { revisions } from "./port";
import type { Row } from "./rows";
import { Timeline } from "./timeline";
import { nameOf, VersionHead } from "./version-head";

const words = strings.revisions;
/** The arrow keys pass over versions faster than these are compared. */
const SETTLE_MS = 150;

interface Notice {
  readonly text: string;
  readonly bad: boolean;
  readonly undo: (() => Promise<unknown>) | null;
}

export default function RevisionsDialog({ about, onClose }: DialogProps) {
  const { session } = useController();
  const [history] = useState(() => new History(session.notebook, revisions));
  const [comparing] = useState(() => new Comparing(revisions));
  const state = useSyncExternalStore(history.subscribe, history.read);
  const compared = useSyncExternalStore(comparing.subscribe, comparing.read);
  const [opened, setOpened] = useState(false);
  const [pinning, setPinning] = useState(false);
  useEffect(() => {
    if (typeof about === "string") history.choose(about);
    void history.refresh();
  }, [history, about]);
  const sides = history.sides();
  const [stale, compareAgain] = useComparison(history, comparing, sides);
  const work = useWork(history, compareAgain);
  const chosen = history.chosenItem();
  return (
    <Dialog title={words.title} size="full" onClose={onClose}>
      <div className={opened ? "revisions opened" : "revisions"}>
        <Timeline history={history} state={state} onPin={() => setPinning(true)} onOpen={() => setOpened(true)} />
        <div className="revisions-main">
          <Button className="revisions-back" icon={ArrowLeft} onClick={() => setOpened(false)}>
            {words.timeline.back}
          </Button>
          {chosen !== null && (
            <VersionHead
              key={chosen.id}
              history={history}
              revision={chosen}
              busy={work.busy}
              attempt={work.attempt}
              onRestore={(outputs) => work.restore(chosen, null, outputs)}
            />
          )}
          <NoticeLine notice={work.notice} onUndo={work.undo} />
          {stale && (
            <p className="revisions-notice" role="status">
              {words.stale}
              <Button icon={RotateCw} onClick={compareAgain}>
                {words.again}
              </Button>
            </p>
          )}
          <Comparison
            state={compared}
            titles={titlesOf(state.items, compared.compared?.sides ?? null)}
            restores={restoresOf(compared.compared?.sides ?? null)}
            onRestore={(row, cell) => work.restoreCell(row, cell, compared.compared?.sides ?? null)}
            onRetry={compareAgain}
            tools={chosen === null ? undefined : <AgainstChoice history={history} against={state.against} />}
            empty={sides === null && <Nothing chosen={state.chosen} />}
          />
        </div>
      </div>
      {pinning && (
        <Ask
          title={words.pinTitle}
          label={words.pinName}
          hint={words.pinName}
          value=""
          action={strings.save}
          onAnswer={(name) => work.attempt(() => history.pin(name))}
          onClose={() => setPinning(false)}
        />
      )}
    </Dialog>
  );
}

/** Compares what is chosen, and knows when the notebook has changed since. */
function useComparison(history: History, comparing: Comparing, sides: Sides | "unknown" | null) {
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
    const timer = setTimeout(() => void comparing.compare(wanted), SETTLE_MS);
    const doc = wanted.new.revision === NOW ? session.status().book?.doc : undefined;
    const touched = () => setChanged(wanted);
    doc?.on("update", touched);
    return () => {
      clearTimeout(timer);
      doc?.off("update", touched);
      setChanged(null);
    };
  }, [history, comparing, session, key, wanted, again]);
  return [changed !== null && changed === wanted, () => setAgain((before) => before + 1)] as const;
}

/** What is done with a version, one thing at a time, and what is said about it. */
function useWork(history: History, compareAgain: () => void) {
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
  const restore = (revision: RevisionInfo, cells: null, outputs: boolean) =>
    attempt(async () => {
      const { kept, said } = await restored(revision.id, cells, outputs, words.restored(nameOf(revision)));
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
  return { busy, notice, attempt, restore, restoreCell, undo };
}

/** Cells come back from the older side when the newer is now; else from the version that was chosen, which is the newer. */
function restoresOf(sides: Sides | null): "old" | "new" | null {
  if (sides === null) return null;
  return sides.new.revision === NOW ? "old" : "new";
}

function titlesOf(items: readonly RevisionInfo[] | null, sides: Sides | null) {
  const titleOf = (id: string | undefined) => {
    const found = items?.find((item) => item.id === id);
    return found === undefined ? words.now : nameOf(found);
  };
  return { old: titleOf(sides?.old.revision), new: titleOf(sides?.new.revision) };
}

interface AgainstProps {
  readonly history: History;
  readonly against: Against;
}

function AgainstChoice({ history, against }: AgainstProps) {
  return (
    <div className="choice" role="group" aria-label={words.compareWith}>
      <span className="meta">{words.compareWith}</span>
      {(["now", "before"] as const).map((one) => (
        <Button key={one} aria-pressed={against === one} onClick={() => history.setAgainst(one)}>
          {words.against[one]}
        </Button>
      ))}
    </div>
  );
}

interface NoticeProps {
  readonly notice: Notice | null;
  readonly onUndo: () => void;
}

function NoticeLine({ notice, onUndo }: NoticeProps) {
  return (
    <div role="status">
      {notice !== null && (
        <p className={notice.bad ? "revisions-notice bad" : "revisions-notice"}>
          {notice.text}
          {notice.undo !== null && <Button onClick={onUndo}>{strings.undo}</Button>}
        </p>
      )}
    </div>
  );
}

function Nothing({ chosen }: { readonly chosen: string }) {
  const [title, detail] = chosen === NOW ? [words.nothing, words.nothingDetail] : [words.first, words.firstDetail];
  return (
    <div className="revisions-note">
      <h3>{title}</h3>
      <p>{detail}</p>
    </div>
  );
}
