/** What the Drive page asks, by the names that commands ask it with. Larger ones are fetched when needed. */
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";

import type { Item, Template } from "../net/drive-rest";
import { shownName } from "../notebook/model/file-names";
import { Button } from "../ui/button";
import { Ask, Confirm, Dialog } from "../ui/dialog";
import { bytes } from "../ui/format";
import { useValue } from "../ui/hooks";
import { fetchPart } from "../ui/part";
import { strings } from "../words";
import { useDrive } from "./context";
import { DetailList } from "./details";
import { problemOf } from "./model/listing";
import type { Question } from "./model/question";

const words = strings.drive;
const NAMES_SHOWN = 5;

const MoveDialog = lazy(() => fetchPart(() => import("./move-dialog")));
const LargestDialog = lazy(() => fetchPart(() => import("./largest-dialog")));
const ShareQuestion = lazy(() => fetchPart(() => import("./share-question")));
const Preview = lazy(() => fetchPart(() => import("./preview/preview")));

export function Questions() {
  const { desk } = useDrive();
  const question = useValue(desk.question);
  if (question === null) return null;
  const close = () => {
    if (desk.question.read() === question) desk.question.become("back" in question ? question.back : null);
  };
  return <Suspense fallback={<Opening />}>{shown(question, close)}</Suspense>;
}

function Opening() {
  return (
    <div className="dialog-ground opening" role="status">
      {strings.loading}
    </div>
  );
}

function shown(question: Question, onClose: () => void): ReactNode {
  switch (question.t) {
    case "new-folder":
      return <NewFolder onClose={onClose} />;
    case "from-address":
      return <FromAddress onClose={onClose} />;
    case "templates":
      return <Templates onClose={onClose} />;
    case "move":
      return <MoveDialog items={question.items} copy={question.copy} onClose={onClose} />;
    case "bin":
      return <ToBin items={question.items} onClose={onClose} />;
    case "forever":
      return <Forever items={question.items} onClose={onClose} />;
    case "empty-bin":
      return <EmptyBin onClose={onClose} />;
    case "largest":
      return <LargestDialog onClose={onClose} />;
    case "share":
      return <ShareQuestion item={question.item} onClose={onClose} />;
    case "leave":
      return <Leave item={question.item} onClose={onClose} />;
    case "preview":
      return <Preview id={question.id} onClose={onClose} />;
    case "details":
      return (
        <Dialog title={shownName(question.item.name)} onClose={onClose} closeOnNarrow>
          <DetailList item={question.item} />
        </Dialog>
      );
    case "taken":
      return <Taken question={question} onClose={onClose} />;
  }
}

interface CloseProps {
  readonly onClose: () => void;
}

function NewFolder({ onClose }: CloseProps) {
  const { deeds } = useDrive();
  return (
    <Ask
      title={words.newFolderTitle}
      label={words.name}
      value={words.newFolder}
      action={words.create}
      onAnswer={(name) => void deeds.makeFolder(name)}
      onClose={onClose}
    />
  );
}

function FromAddress({ onClose }: CloseProps) {
  const { deeds } = useDrive();
  return (
    <Ask
      title={words.addressTitle}
      label={words.addressLabel}
      hint={words.addressLabel}
      value=""
      action={words.addressOpen}
      onAnswer={(address) => void deeds.importFrom(address)}
      onClose={onClose}
    />
  );
}

function Templates({ onClose }: CloseProps) {
  const { desk, deeds } = useDrive();
  const [templates, setTemplates] = useState<readonly Template[] | null>(null);
  const [failed, setFailed] = useState("");
  useEffect(() => {
    desk.api.templates().then(setTemplates, (error: unknown) => setFailed(problemOf(error).title));
  }, [desk]);
  const use = (id: string) => {
    onClose();
    void deeds.makeNotebook(id);
  };
  return (
    <Dialog title={words.templatesTitle} onClose={onClose} closeOnNarrow>
      {failed !== "" && <p role="alert">{failed}</p>}
      {templates === null && failed === "" && <p>{strings.loading}</p>}
      {templates?.length === 0 && <p>{words.templatesNone}</p>}
      <ul className="templates">
        {templates?.map(({ id, title, about }) => (
          <li key={id}>
            <button type="button" className="template" onClick={() => use(id)}>
              <span>{title}</span>
              <span className="meta">{about}</span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

interface ItemsProps extends CloseProps {
  readonly items: readonly Item[];
}

const nameOf = (items: readonly Item[]) => shownName(items[0]?.name ?? "");

function ToBin({ items, onClose }: ItemsProps) {
  const { deeds } = useDrive();
  return (
    <Confirm
      title={words.binTitle(nameOf(items), items.length)}
      detail={words.binRunning(items.filter(({ live, running }) => live || running).length)}
      action={words.toBin}
      onConfirm={() => void deeds.bin(items)}
      onClose={onClose}
    />
  );
}

function Forever({ items, onClose }: ItemsProps) {
  const { deeds } = useDrive();
  const size = bytes(items.reduce((sum, item) => sum + item.size, 0));
  const folder = items.some(({ kind }) => kind === "folder");
  const detail = items.length > 1 ? words.foreverDetail(words.items(items.length), size) : words.foreverOne(size);
  return (
    <Confirm
      title={words.foreverTitle(nameOf(items), items.length)}
      detail={folder ? `${items.length > 1 ? detail : ""} ${words.foreverFolder}`.trim() : detail}
      action={words.forever}
      onConfirm={() => void deeds.deleteForever(items)}
      onClose={onClose}
    />
  );
}

function EmptyBin({ onClose }: CloseProps) {
  const { desk, deeds } = useDrive();
  const info = useValue(desk.info);
  return (
    <Confirm
      title={words.emptyTitle}
      detail={info === null ? words.foreverFolder : words.emptyDetail(bytes(info.binned))}
      action={words.emptyBin}
      onConfirm={() => void deeds.emptyBin()}
      onClose={onClose}
    />
  );
}

function Leave({ item, onClose }: CloseProps & { readonly item: Item }) {
  const { deeds } = useDrive();
  return (
    <Confirm
      title={strings.share.leave}
      detail={strings.share.leaveDetail(shownName(item.name))}
      action={strings.share.leave}
      onConfirm={() => void deeds.leave(item)}
      onClose={onClose}
    />
  );
}

function Taken({ question, onClose }: CloseProps & { readonly question: Extract<Question, { t: "taken" }> }) {
  const { names, answer } = question;
  const say = (chosen: Parameters<typeof answer>[0]) => () => {
    onClose();
    answer(chosen);
  };
  const listed = names.slice(0, NAMES_SHOWN).map(shownName).join(", ");
  return (
    <Dialog title={words.takenTitle(names.length)} onClose={onClose}>
      <p>{words.takenNames(listed, Math.max(0, names.length - NAMES_SHOWN))}</p>
      <p>{words.takenDetail}</p>
      <div className="actions">
        <Button look="outlined" onClick={say("skip")}>
          {words.skip}
        </Button>
        <Button look="outlined" onClick={say("replace")}>
          {words.replace}
        </Button>
        <Button look="primary" onClick={say("both")}>
          {words.keepBoth}
        </Button>
      </div>
    </Dialog>
  );
}
