/** The revision history of this notebook over the whole page: the timeline, and what is different. */
import "./revisions.css";

import { ArrowLeft, RotateCw } from "lucide-react";
import { useEffect, useState, useSyncExternalStore } from "react";

import { NOW, type RevisionInfo } from "../../net/revisions-rest";
import { Button } from "../../ui/button";
import { Ask, Dialog } from "../../ui/dialog";
import { strings } from "../../words";
import { useController } from "../context";
import type { DialogProps } from "../page/dialogs";
import { type Compared, Comparing } from "./comparing";
import { Comparison } from "./comparison";
import { type Against, History, type HistoryState } from "./history";
import { revisions } from "./port";
import { RevisionsSpace } from "./revisions-space";
import { Timeline } from "./timeline";
import { type Notice, restoresOf, useComparison, useFocusOnSide, useWork } from "./use-history";
import { nameOf, VersionHead } from "./version-head";

const words = strings.revisions;

export default function RevisionsDialog({ about, onClose }: DialogProps) {
  const { session } = useController();
  const [history] = useState(() => new History(session.notebook, revisions));
  const [comparing] = useState(() => new Comparing(revisions));
  const state = useSyncExternalStore(history.subscribe, history.read);
  const [opened, setOpened] = useState(false);
  const place = useFocusOnSide(opened);
  const [pinning, setPinning] = useState(false);
  useEffect(() => {
    if (typeof about === "string") history.choose(about);
    void history.refresh();
  }, [history, about]);
  const [stale, compareAgain] = useComparison(history, comparing, history.sides());
  const work = useWork(history, compareAgain);
  return (
    <Dialog title={words.title} size="full" onClose={onClose}>
      <div ref={place} className={opened ? "revisions opened" : "revisions"}>
        <Timeline history={history} state={state} onPin={() => setPinning(true)} onOpen={() => setOpened(true)}>
          <RevisionsSpace notebook={session.notebook} history={history} />
        </Timeline>
        <div className="revisions-main">
          <Button className="revisions-back" icon={ArrowLeft} onClick={() => setOpened(false)}>
            {words.timeline.back}
          </Button>
          <Chosen {...{ history, comparing, state, work, stale, compareAgain }} />
        </div>
      </div>
      {pinning && (
        <Ask
          title={words.pinTitle}
          label={words.pinName}
          hint={words.pinName}
          value=""
          action={strings.save}
          onAnswer={work.pin}
          onClose={() => setPinning(false)}
        />
      )}
    </Dialog>
  );
}

interface ChosenProps {
  readonly history: History;
  readonly comparing: Comparing;
  readonly state: HistoryState;
  readonly work: ReturnType<typeof useWork>;
  readonly stale: boolean;
  readonly compareAgain: () => void;
}

/** What is chosen in the timeline, and what is different in it. */
function Chosen({ history, comparing, state, work, stale, compareAgain }: ChosenProps) {
  const compared = useSyncExternalStore(comparing.subscribe, comparing.read);
  const chosen = history.chosenItem();
  const sides = compared.compared?.sides ?? null;
  return (
    <>
      {chosen !== null && (
        <VersionHead
          key={chosen.id}
          history={history}
          revision={chosen}
          busy={work.busy}
          attempt={work.attempt}
          onRestore={(outputs) => work.restore(chosen, outputs)}
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
        titles={titlesOf(state.items, compared.compared)}
        restores={restoresOf(sides)}
        onRestore={(row, cell) => work.restoreCell(row, cell, sides)}
        onRetry={compareAgain}
        tools={chosen === null ? undefined : <AgainstChoice history={history} against={state.against} />}
        empty={history.sides() === null && <Nothing chosen={state.chosen} />}
      />
    </>
  );
}

/** As they are called now: one may have been named since it was compared. */
function titlesOf(items: readonly RevisionInfo[] | null, compared: Compared | null) {
  const titleOf = (revision: RevisionInfo | null) =>
    revision === null ? words.now : nameOf(items?.find(({ id }) => id === revision.id) ?? revision);
  return { old: titleOf(compared?.info.old ?? null), new: titleOf(compared?.info.new ?? null) };
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
