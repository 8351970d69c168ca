/** Uploads and long work at the lower edge: how far they are, why they wait, and how to stop them. */
import "./tray.css";

import { Check, ChevronDown, ChevronUp, Pause, Play, RotateCcw, X } from "lucide-react";
import { useState, useSyncExternalStore } from "react";

import type { Item } from "../net/drive-rest";
import type { Upload } from "../net/uploads";
import { shownName } from "../notebook/model/file-names";
import { Button, IconButton } from "../ui/button";
import { bytes, count } from "../ui/format";
import { saidOf } from "../ui/said";
import type { Problem } from "../wire/types";
import { strings } from "../words";
import { useDrive } from "./context";
import { FaceIcon } from "./face";
import type { Work } from "./model/works";

const words = strings.drive;
const files = strings.runtimeFiles;
/** More are told as a number. */
const SHOWN = 40;
const ORDER = ["failed", "sending", "paused", "waiting", "done"];

export function Tray() {
  const { works, uploading } = useDrive();
  const shownWorks = useSyncExternalStore(works.subscribe, works.read);
  const uploads = useSyncExternalStore(uploading.queue.subscribe, uploading.queue.read);
  if (shownWorks.length === 0 && uploads.length === 0) return null;
  return (
    <div className="tray">
      {shownWorks.map((work) => (
        <WorkRow key={work.id} work={work} />
      ))}
      {uploads.length > 0 && <UploadList uploads={uploads} />}
    </div>
  );
}

function WorkRow({ work: { id, title, done, total } }: { readonly work: Work }) {
  const { works } = useDrive();
  return (
    <div className="tray-work" role="status">
      <span className="tray-title">{title}</span>
      <span className="meta tabular">{total === null ? count(done) : `${count(done)} / ${count(total)}`}</span>
      <IconButton icon={X} label={words.stop(title)} onClick={() => works.stop(id)} />
      <progress aria-label={title} {...(total !== null && { max: total, value: done })} />
    </div>
  );
}

function UploadList({ uploads }: { readonly uploads: readonly Upload<Item>[] }) {
  const { uploading } = useDrive();
  const [open, setOpen] = useState(true);
  const { queue } = uploading;
  const of = (...states: readonly string[]) => uploads.filter(({ state }) => states.includes(state.t)).length;
  const busy = of("waiting", "sending", "paused");
  const failed = of("failed");
  const title = busy > 0 ? words.uploading(busy) : failed > 0 ? words.uploadFailed(failed) : words.uploaded(of("done"));
  const sent = uploads.reduce((sum, upload) => sum + upload.sent, 0);
  const size = uploads.reduce((sum, upload) => sum + upload.size, 0);
  const shown = [...uploads].sort((a, b) => ORDER.indexOf(a.state.t) - ORDER.indexOf(b.state.t)).slice(0, SHOWN);
  const stop = () => uploads.forEach(({ id }) => queue.cancel(id));
  return (
    <section className="tray-uploads" aria-label={words.uploads}>
      <header>
        <h2>
          <span role="status">{title}</span>
        </h2>
        {busy > 0 && <Button onClick={stop}>{words.stopAll}</Button>}
        <IconButton
          icon={open ? ChevronDown : ChevronUp}
          label={open ? words.collapse : words.expand}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        />
        {busy === 0 && <IconButton icon={X} label={strings.close} onClick={stop} />}
      </header>
      {busy > 0 && <progress aria-label={title} max={Math.max(1, size)} value={sent} />}
      {open && (
        <ul>
          {shown.map((upload) => (
            <UploadRow key={upload.id} upload={upload} />
          ))}
          {uploads.length > SHOWN && <li className="meta">{words.moreUploads(uploads.length - SHOWN)}</li>}
        </ul>
      )}
    </section>
  );
}

function UploadRow({ upload }: { readonly upload: Upload<Item> }) {
  const { uploading, deeds, desk } = useDrive();
  const { queue } = uploading;
  const { id, path, state } = upload;
  // It may have got a number on its way.
  const name = shownName(state.t === "done" ? state.file.name : path);
  const show = () => {
    if (state.t !== "done") return;
    if (state.file.kind === "notebook") deeds.open(state.file);
    else if (desk.isHere(state.file)) desk.choose(state.file.id);
    else deeds.show(state.file);
  };
  return (
    <li className={`tray-upload ${state.t}`}>
      <FaceIcon item={{ kind: name.endsWith(".ipynb") ? "notebook" : "file", name }} />
      <span className="tray-lines">
        <bdi className="tray-name" title={name}>
          {name}
        </bdi>
        <span className="meta tabular">{stateText(upload)}</span>
      </span>
      {state.t === "sending" && <IconButton icon={Pause} label={files.pause(name)} onClick={() => queue.pause(id)} />}
      {state.t === "paused" && <IconButton icon={Play} label={files.resume(name)} onClick={() => queue.resume(id)} />}
      {state.t === "failed" && (
        <IconButton icon={RotateCcw} label={files.again(name)} onClick={() => queue.again(id)} />
      )}
      {state.t === "done" ? (
        <>
          <Button onClick={show}>{state.file.kind === "notebook" ? words.open : words.show}</Button>
          <Check className="tray-done" aria-hidden />
        </>
      ) : (
        <IconButton icon={X} label={files.cancel(name)} onClick={() => queue.cancel(id)} />
      )}
    </li>
  );
}

function stateText({ sent, size, state }: Upload<Item>): string {
  switch (state.t) {
    case "waiting":
      return files.uploadWaiting;
    case "sending":
      return files.uploadProgress(bytes(sent), bytes(size));
    case "paused":
      return state.problem === null ? files.uploadPaused : pausedText(state.problem);
    case "done":
      return bytes(size);
    case "failed":
      return saidOf(state.problem);
  }
}

/** A full Drive waits for a person; everything else goes on by itself. */
const pausedText = (problem: Pick<Problem, "code" | "title" | "detail">) =>
  problem.code === "quota-reached" ? saidOf(problem) : files.uploadLost(problem.title);
