/** The list of notebooks: open, make, upload, rename, delete; an amber dot on what runs. */
import "./list.css";

import { EllipsisVertical, Plus, Star, Upload } from "lucide-react";
import { type DragEvent, type MouseEvent, useCallback, useEffect, useId, useRef, useState } from "react";

import type { Go } from "../app";
import { rest } from "../browser";
import { address, type NotebookInfo, ProblemError, UNREACHABLE } from "../net/rest";
import { Button, IconButton } from "../ui/button";
import { Ask, Confirm } from "../ui/dialog";
import { ago } from "../ui/format";
import { useNow, useTab } from "../ui/hooks";
import { Mark } from "../ui/mark";
import { Menu } from "../ui/menu";
import { strings } from "../words";
import type { Toasts } from "../ui/toasts";
import type { Problem } from "../wire/types";

const words = strings.list;
const REFRESH_MS = 4_000;

/** What was read last, and why it could not be read again. */
interface Listing {
  readonly notebooks: readonly NotebookInfo[] | null;
  readonly problem: Problem | null;
}

const problemOf = (error: unknown): Problem => (error instanceof ProblemError ? error.problem : UNREACHABLE);

/** The list, read again every few seconds while the page is looked at. */
function useListing(): [Listing, () => Promise<void>] {
  const [listing, setListing] = useState<Listing>({ notebooks: null, problem: null });
  const load = useCallback(async () => {
    try {
      const notebooks = await rest.notebooks();
      setListing({
        notebooks: [...notebooks].sort((a, b) => b.updated_at.localeCompare(a.updated_at)),
        problem: null,
      });
    } catch (error) {
      setListing(({ notebooks }) => ({ notebooks, problem: problemOf(error) }));
    }
  }, []);
  useEffect(() => {
    const read = () => {
      if (document.visibilityState === "visible") void load();
    };
    read();
    const timer = setInterval(read, REFRESH_MS);
    document.addEventListener("visibilitychange", read);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", read);
    };
  }, [load]);
  return [listing, load];
}

interface PageProps {
  readonly go: Go;
  readonly toasts: Toasts;
}

export function ListPage({ go, toasts }: PageProps) {
  const [{ notebooks, problem }, reload] = useListing();
  const [dropping, setDropping] = useState(false);
  const [onlyStarred, setOnlyStarred] = useState(false);
  const shown = notebooks?.filter(({ starred }) => starred || !onlyStarred) ?? null;
  const alive = notebooks?.some(({ running }) => running) ?? false;
  useTab(strings.product, alive ? "alive" : "idle");

  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      toasts.complain(problemOf(error));
    }
    await reload();
  };
  const create = () => attempt(async () => go(`/notebooks/${(await rest.create()).id}`));
  const upload = async (files: readonly File[]) => {
    for (const file of files) {
      if (!/\.(?:ipynb|py)$/i.test(file.name)) {
        toasts.say(words.notNotebook(file.name), null, true);
        continue;
      }
      await attempt(async () => {
        const made = await rest.upload(file.name, file);
        if (files.length === 1) go(`/notebooks/${made.id}`);
      });
    }
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setDropping(false);
    void upload([...event.dataTransfer.files]);
  };
  const dragOver = (event: DragEvent) => {
    event.preventDefault();
    setDropping(true);
  };

  return (
    <div
      className={dropping ? "list dropping" : "list"}
      onDrop={drop}
      onDragOver={dragOver}
      onDragLeave={() => setDropping(false)}
    >
      <header className="list-top">
        <Mark alive={alive} />
        <span className="list-product">{strings.product}</span>
        <span className="grow" />
        <UploadButton onFiles={(files) => void upload(files)} />
        <Button look="primary" icon={Plus} onClick={() => void create()}>
          {words.create}
        </Button>
      </header>
      <main className="list-main">
        <div className="list-head">
          <h1>{words.title}</h1>
          <Button
            look="outlined"
            icon={Star}
            className={onlyStarred ? "star on" : "star"}
            aria-label={words.onlyStarred}
            aria-pressed={onlyStarred}
            onClick={() => setOnlyStarred(!onlyStarred)}
          >
            {words.starred}
          </Button>
        </div>
        {notebooks === null && problem === null && <p className="meta">{words.loading}</p>}
        {problem !== null && <Failed problem={problem} />}
        {notebooks?.length === 0 && problem === null && <Empty />}
        {notebooks !== null && notebooks.length > 0 && shown?.length === 0 && <NoStars />}
        {shown !== null && shown.length > 0 && (
          <ul className="rows">
            {shown.map((info) => (
              <Row key={info.id} info={info} go={go} attempt={attempt} />
            ))}
          </ul>
        )}
      </main>
      {dropping && <div className="drop-sheet">{words.drop}</div>}
    </div>
  );
}

function UploadButton({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button look="outlined" icon={Upload} onClick={() => input.current?.click()}>
        {words.upload}
      </Button>
      <input
        ref={input}
        type="file"
        accept=".ipynb,.py"
        multiple
        hidden
        aria-label={words.upload}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = "";
        }}
      />
    </>
  );
}

function Failed({ problem }: { readonly problem: Problem }) {
  return (
    <div className="list-failed" role="alert">
      <strong>{problem.title}</strong> {problem.detail}
    </div>
  );
}

function NoStars() {
  return (
    <div className="list-note">
      <h2>{words.noneStarred}</h2>
      <p>{words.noneStarredHint}</p>
    </div>
  );
}

function Empty() {
  return (
    <div className="list-note">
      <h2>{words.empty}</h2>
      <p>{words.emptyHint}</p>
    </div>
  );
}

interface RowProps {
  readonly info: NotebookInfo;
  readonly go: Go;
  readonly attempt: (work: () => Promise<unknown>) => Promise<void>;
}

function Row({ info, go, attempt }: RowProps) {
  const [asking, setAsking] = useState<"rename" | "remove" | null>(null);
  const now = useNow(true, 60_000);
  const nameId = useId();
  const path = `/notebooks/${encodeURIComponent(info.id)}`;
  const open = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go(path);
  };
  const changed = new Date(info.updated_at);
  return (
    <li className="row">
      <span
        className={info.running ? "dot alive" : "dot"}
        role="img"
        aria-label={info.running ? words.running : words.idle}
      />
      <a className="row-name" id={nameId} href={path} onClick={open}>
        {info.name}
      </a>
      {info.running && <span className="row-running meta">{words.running}</span>}
      <time className="meta tabular" dateTime={info.updated_at} title={changed.toLocaleString(strings.locale)}>
        {ago(changed.getTime(), now)}
      </time>
      <IconButton
        icon={Star}
        label={info.starred ? words.unstar : words.star}
        aria-pressed={info.starred}
        aria-describedby={nameId}
        className={info.starred ? "star on" : "star"}
        onClick={() => void attempt(() => rest.star(info.id, !info.starred))}
      />
      <Menu
        label={words.actions(info.name)}
        icon={EllipsisVertical}
        groups={[
          [
            { id: "rename", title: words.rename, run: () => setAsking("rename") },
            { id: "download", title: words.download, href: address.file(info.id), download: true },
          ],
          [{ id: "remove", title: words.remove, danger: true, run: () => setAsking("remove") }],
        ]}
      />
      {asking === "rename" && (
        <Ask
          title={words.renameTitle}
          label={words.name}
          value={info.name}
          action={words.rename}
          onAnswer={(name) => void attempt(() => rest.rename(info.id, name))}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === "remove" && (
        <Confirm
          title={words.removeTitle(info.name)}
          detail={words.removeDetail}
          action={words.remove}
          onConfirm={() => void attempt(() => rest.remove(info.id))}
          onClose={() => setAsking(null)}
        />
      )}
    </li>
  );
}
