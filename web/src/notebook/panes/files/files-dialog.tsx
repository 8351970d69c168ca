/** What the files ask: a name, or whether something may be lost. */
import { useEffect, useState } from "react";

import type { FileCount } from "../../../net/runtime-rest";
import { Button } from "../../../ui/button";
import { Ask, Confirm, Dialog } from "../../../ui/dialog";
import { bytes, count } from "../../../ui/format";
import { strings } from "../../../words";
import { useController } from "../../context";
import { canBeName, freeName, shownName } from "../../model/file-names";
import { join, nameOf } from "../../model/file-tree";
import type { DialogProps } from "../../page/dialogs";
import { type FilesDesk, filesOf, type FilesQuestion, problemOf } from "./files-desk";

const words = strings.runtimeFiles;
const NAMES_SHOWN = 5;

export const folderName = (path: string): string => (path === "" ? words.root : shownName(nameOf(path)));

export default function FilesDialog({ about, onClose }: DialogProps) {
  const controller = useController();
  const desk = filesOf(controller);
  const question = about as FilesQuestion;
  switch (question.t) {
    case "new-file":
    case "new-folder":
      return <Make desk={desk} folder={question.folder} isFile={question.t === "new-file"} onClose={onClose} />;
    case "move":
      return <Move desk={desk} path={question.path} onClose={onClose} />;
    case "remove":
      return <Remove desk={desk} question={question} onClose={onClose} />;
    case "replace":
      return <Replace question={question} onClose={onClose} />;
  }
}

interface MakeProps {
  readonly desk: FilesDesk;
  readonly folder: string;
  readonly isFile: boolean;
  readonly onClose: () => void;
}

function Make({ desk, folder, isFile, onClose }: MakeProps) {
  const { toasts } = useController();
  const there = new Set(
    desk.tree
      .read()
      .folders.get(folder)
      ?.entries.map(({ name }) => name),
  );
  const make = (name: string) => {
    if (!canBeName(name)) toasts.say(words.badName, null, true);
    else void (isFile ? desk.makeFile(join(folder, name)) : desk.makeFolder(join(folder, name)));
  };
  return (
    <Ask
      title={isFile ? words.newFileTitle(folderName(folder)) : words.newFolderTitle(folderName(folder))}
      label={words.name}
      value={freeName(isFile ? words.newFileName : words.newFolderName, there)}
      action={words.create}
      onAnswer={make}
      onClose={onClose}
    />
  );
}

/** A name keeps it where it is; a path from the root moves it. */
function Move({
  desk,
  path,
  onClose,
}: {
  readonly desk: FilesDesk;
  readonly path: string;
  readonly onClose: () => void;
}) {
  const { toasts } = useController();
  const move = (wanted: string) => {
    const target = wanted.replace(/^\/+|\/+$/g, "");
    if (!target.split("/").every(canBeName)) toasts.say(words.badName, null, true);
    else void desk.move(path, target);
  };
  return (
    <Ask
      title={words.moveTitle(shownName(nameOf(path)))}
      label={words.moveHint}
      value={path}
      action={strings.rename}
      onAnswer={move}
      onClose={onClose}
    />
  );
}

interface RemoveProps {
  readonly desk: FilesDesk;
  readonly question: Extract<FilesQuestion, { t: "move" | "remove" }>;
  readonly onClose: () => void;
}

/** Counts first: what is lost is named. */
function Remove({ desk, question: { path, folder, size }, onClose }: RemoveProps) {
  const { runtime, toasts } = useController();
  const [counted, setCounted] = useState<FileCount | null>(null);
  useEffect(() => {
    if (!folder) return;
    let current = true;
    runtime
      .count(path)
      .then((found) => current && setCounted(found))
      .catch((error: unknown) => {
        if (!current) return;
        toasts.complain(problemOf(error));
        onClose();
      });
    return () => {
      current = false;
    };
  }, [folder, path, runtime, toasts, onClose]);
  const title = words.removeTitle(shownName(nameOf(path)));
  if (folder && counted === null) {
    return (
      <Dialog title={title} onClose={onClose}>
        <p role="status">{words.counting}</p>
      </Dialog>
    );
  }
  return (
    <Confirm
      title={title}
      detail={counted === null ? words.removeFile(bytes(size)) : lossOf(counted)}
      action={strings.remove}
      onConfirm={() => void desk.remove(path)}
      onClose={onClose}
    />
  );
}

function lossOf({ files, size, more }: FileCount): string {
  if (files === 0 && !more) return words.removeEmpty;
  return words.removeFolder(words.fileCount(files, count(files), more), bytes(size));
}

interface ReplaceProps {
  readonly question: Extract<FilesQuestion, { t: "replace" }>;
  readonly onClose: () => void;
}

function Replace({ question: { names, replace }, onClose }: ReplaceProps) {
  const shown = names.slice(0, NAMES_SHOWN).map(shownName).join(", ");
  const go = () => {
    replace();
    onClose();
  };
  return (
    <Dialog title={words.replaceTitle(names.length)} onClose={onClose}>
      <p>{words.replaceDetail(shown, names.length - Math.min(names.length, NAMES_SHOWN))}</p>
      <div className="actions">
        <Button look="outlined" onClick={onClose}>
          {words.leaveOut}
        </Button>
        <Button look="danger" onClick={go}>
          {words.replace}
        </Button>
      </div>
    </Dialog>
  );
}
