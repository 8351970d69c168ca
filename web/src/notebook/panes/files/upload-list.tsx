/** The uploads of this page: how far each is, why it waits, and what can be done about it. */
import { Check, Pause, Play, RotateCcw, X } from "lucide-react";
import { useEffect, useSyncExternalStore } from "react";

import { Button, IconButton } from "../../../ui/button";
import { bytes } from "../../../ui/format";
import { strings } from "../../../words";
import { shownName } from "../../model/file-names";
import { nameOf } from "../../model/file-tree";
import type { FilesDesk, FileUpload } from "./files-desk";

const words = strings.runtimeFiles;

export function UploadList({ desk }: { readonly desk: FilesDesk }) {
  const uploads = useSyncExternalStore(desk.uploads.subscribe, desk.uploads.read);
  const busy = uploads.some(({ state }) => ["waiting", "sending", "paused"].includes(state.t));
  useEffect(() => {
    if (!busy) return;
    // What is not sent yet is in this page alone: leaving it asks first.
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [busy]);
  if (uploads.length === 0) return null;
  const done = uploads.some(({ state }) => state.t === "done");
  return (
    <section className="uploads" aria-label={words.uploads}>
      <header className="uploads-head">
        <h3>{words.uploads}</h3>
        {done && <Button onClick={() => desk.uploads.clearDone()}>{words.clearDone}</Button>}
      </header>
      <ul>
        {uploads.map((upload) => (
          <UploadRow key={upload.id} upload={upload} desk={desk} />
        ))}
      </ul>
    </section>
  );
}

function UploadRow({ upload, desk }: { readonly upload: FileUpload; readonly desk: FilesDesk }) {
  const { id, path, sent, size, state } = upload;
  const { uploads } = desk;
  const name = shownName(nameOf(path));
  return (
    <li className={`upload ${state.t}`}>
      <span className="upload-name" title={path}>
        {name}
      </span>
      <span className="upload-tools">
        {(state.t === "sending" || state.t === "waiting") && (
          <IconButton icon={Pause} label={words.pause(name)} onClick={() => uploads.pause(id)} />
        )}
        {state.t === "paused" && (
          <IconButton icon={Play} label={words.resume(name)} onClick={() => uploads.resume(id)} />
        )}
        {state.t === "failed" && (
          <IconButton icon={RotateCcw} label={words.again(name)} onClick={() => uploads.again(id)} />
        )}
        {state.t === "done" ? (
          <Check className="upload-done" aria-hidden />
        ) : (
          <IconButton icon={X} label={words.cancel(name)} onClick={() => uploads.cancel(id)} />
        )}
      </span>
      {state.t !== "done" && state.t !== "failed" && (
        <progress aria-label={name} max={Math.max(1, size)} value={sent} />
      )}
      <span className="upload-state meta tabular" role="status">
        {stateText(upload)}
      </span>
    </li>
  );
}

function stateText({ sent, size, state }: FileUpload): string {
  switch (state.t) {
    case "waiting":
      return words.uploadWaiting;
    case "sending":
      return words.uploadProgress(bytes(sent), bytes(size));
    case "paused":
      return state.problem === null ? words.uploadPaused : pausedText(state.problem);
    case "done":
      return words.uploadDone;
    case "failed":
      return [state.problem.title, state.problem.detail].filter(Boolean).join(" ");
  }
}

/** A full disk waits for a person; everything else goes on by itself. */
const pausedText = ({
  code,
  title,
  detail,
}: {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
}) => (code === "runtime-disk-full" ? `${title} ${detail}` : words.uploadLost(title));
