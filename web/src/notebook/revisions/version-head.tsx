/** What is chosen in the timeline: what it is called, when and by whom it was made, and what can be done with it. */
import { Bookmark, EllipsisVertical, History as HistoryIcon } from "lucide-react";
import { useState } from "react";

import { type RevisionInfo, revisionFile } from "../../net/revisions-rest";
import { Button } from "../../ui/button";
import { Ask, Confirm, Dialog } from "../../ui/dialog";
import { bytes } from "../../ui/format";
import { Menu } from "../../ui/menu";
import { strings } from "../../words";
import { momentOf } from "./days";
import type { History } from "./history";
import { usePeople } from "./timeline";

const words = strings.revisions;

export const nameOf = (revision: RevisionInfo): string => revision.name ?? momentOf(revision, strings.locale);

interface HeadProps {
  readonly history: History;
  readonly revision: RevisionInfo;
  readonly busy: boolean;
  /** Does it, and says what went wrong. */
  readonly attempt: (work: () => Promise<unknown>) => void;
  readonly onRestore: (outputs: boolean) => void;
}

type Asking = "name" | "remove" | "restore" | null;

export function VersionHead({ history, revision, busy, attempt, onRestore }: HeadProps) {
  const [asking, setAsking] = useState<Asking>(null);
  const { id, name } = revision;
  const close = () => setAsking(null);
  return (
    <div className="version-head">
      <div className="version-facts">
        <h3>{nameOf(revision)}</h3>
        <p className="meta tabular">
          <Facts revision={revision} />
        </p>
      </div>
      <div className="version-tools">
        <Button look="outlined" icon={Bookmark} onClick={() => setAsking("name")}>
          {name === null ? words.name : words.rename}
        </Button>
        <Button look="primary" icon={HistoryIcon} disabled={busy} onClick={() => setAsking("restore")}>
          {busy ? words.restoring : words.restore}
        </Button>
        <Menu
          label={words.more}
          icon={EllipsisVertical}
          groups={[
            [{ id: "file", title: words.file, href: revisionFile(history.moment(id)), download: true }],
            [
              ...(name === null
                ? []
                : [{ id: "unpin", title: words.unpin, run: () => attempt(() => history.rename(id, null)) }]),
              { id: "remove", title: words.remove, danger: true, run: () => setAsking("remove") },
            ],
          ]}
        />
      </div>
      {asking === "name" && (
        <Ask
          title={words.nameTitle}
          label={words.pinName}
          hint={words.nameHint}
          value={name ?? ""}
          action={strings.save}
          onAnswer={(wanted) => attempt(() => history.rename(id, wanted))}
          onClose={close}
        />
      )}
      {asking === "remove" && (
        <Confirm
          title={words.removeTitle(nameOf(revision))}
          detail={words.removeDetail}
          action={strings.remove}
          onConfirm={() => attempt(() => history.remove(id))}
          onClose={close}
        />
      )}
      {asking === "restore" && <RestoreAsk name={nameOf(revision)} onRestore={onRestore} onClose={close} />}
    </div>
  );
}

function Facts({ revision }: { readonly revision: RevisionInfo }) {
  const people = usePeople(revision);
  const { name, kind, cells, size } = revision;
  const when = name === null ? "" : momentOf(revision, strings.locale);
  return [words.kind[kind], when, people, words.timeline.cells(cells), bytes(size)]
    .filter((part) => part !== "")
    .join(" · ");
}

interface RestoreProps {
  readonly name: string;
  readonly onRestore: (outputs: boolean) => void;
  readonly onClose: () => void;
}

function RestoreAsk({ name, onRestore, onClose }: RestoreProps) {
  const [outputs, setOutputs] = useState(true);
  const restore = () => {
    onRestore(outputs);
    onClose();
  };
  return (
    <Dialog title={words.restoreTitle(name)} onClose={onClose}>
      <p>{words.restoreDetail}</p>
      <label className="restore-outputs">
        <input type="checkbox" checked={outputs} onChange={({ target }) => setOutputs(target.checked)} />
        {words.restoreOutputs}
      </label>
      <p className="meta">{words.restoreBusy}</p>
      <div className="actions">
        <Button look="outlined" onClick={onClose}>
          {strings.cancel}
        </Button>
        <Button look="primary" onClick={restore}>
          {words.restore}
        </Button>
      </div>
    </Dialog>
  );
}
