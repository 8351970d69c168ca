/** A file in the dock: text in an editor, a picture, or why it is neither. */
import "./file-tab.css";

import { Download } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";

import { runtimeAddress } from "../../../net/runtime-rest";
import type { FileInfo } from "../../../net/runtime-rest";
import { bytes } from "../../../ui/format";
import { fetchPart } from "../../../ui/part";
import { LIMITS, type Problem } from "../../../wire/types";
import { strings } from "../../../words";
import { useController, useSummary } from "../../context";
import type { DockTab } from "../../model/dock";
import { isPicture } from "../../model/file-names";
import { nameOf } from "../../model/file-tree";
import { decodeText, type TextFile } from "../../model/text-file";
import { problemOf } from "./files-desk";

const words = strings.runtimeFiles.editor;
const TextTab = lazy(() => fetchPart(() => import("./text-tab")));

export interface FileTabProps {
  readonly tab: Extract<DockTab, { kind: "file" }>;
  readonly active: boolean;
}

export interface Opened {
  readonly file: TextFile;
  readonly version: string;
}

type Content =
  | { readonly t: "loading" }
  | { readonly t: "text"; readonly opened: Opened }
  | { readonly t: "picture"; readonly entry: FileInfo }
  | { readonly t: "refused"; readonly why: string }
  | { readonly t: "problem"; readonly problem: Problem };

export default function FileTab({ tab, active }: FileTabProps) {
  const content = useContent(tab);
  switch (content.t) {
    case "loading":
      return <p className="pane-note">{words.loading}</p>;
    case "text":
      return (
        <Suspense fallback={<p className="pane-note">{words.loading}</p>}>
          <TextTab tab={tab} active={active} opened={content.opened} />
        </Suspense>
      );
    case "picture":
      return <Picture path={tab.path} entry={content.entry} />;
    case "refused":
      return <NotShown path={tab.path} why={content.why} />;
    case "problem":
      return <NotShown path={null} why={[content.problem.title, content.problem.detail].filter(Boolean).join(" ")} />;
  }
}

/** Read once for a tab. One that could not be read is read again when another runtime is connected. */
function useContent({ id, path }: FileTabProps["tab"]): Content {
  const { runtime: files } = useController();
  const { runtime } = useSummary();
  const connected = runtime?.state === "connected" ? runtime.id : null;
  const [content, setContent] = useState<Content>({ t: "loading" });
  const settled = content.t === "text" || content.t === "picture" || content.t === "refused";
  useEffect(() => {
    if (settled) return;
    let current = true;
    const read = async (): Promise<Content> => {
      const entry = await files.entry(path);
      if (isPicture(entry.name)) return { t: "picture", entry };
      if (entry.size > LIMITS.TEXT_FILE_BYTES) {
        return { t: "refused", why: words.tooLarge(bytes(entry.size), bytes(LIMITS.TEXT_FILE_BYTES)) };
      }
      const { bytes: data, version } = await files.read(path);
      const file = decodeText(data);
      return file === null ? { t: "refused", why: words.notText } : { t: "text", opened: { file, version } };
    };
    void read()
      .catch((error: unknown): Content => ({ t: "problem", problem: problemOf(error) }))
      .then((found) => current && setContent(found));
    return () => {
      current = false;
    };
    // A tab whose file is renamed keeps what it has.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [id, files, connected, settled]);
  return content;
}

function Picture({ path, entry }: { readonly path: string; readonly entry: FileInfo }) {
  const { session } = useController();
  const [size, setSize] = useState("");
  const [broken, setBroken] = useState(false);
  const name = nameOf(path);
  if (broken) return <NotShown path={path} why={words.broken} />;
  return (
    <figure className="file-picture">
      <div>
        <img
          src={runtimeAddress.content(session.notebook, path, entry.version)}
          alt={name}
          onLoad={({ currentTarget }) => setSize(words.pixels(currentTarget.naturalWidth, currentTarget.naturalHeight))}
          onError={() => setBroken(true)}
        />
      </div>
      <figcaption className="meta tabular">{[size, bytes(entry.size)].filter(Boolean).join(" · ")}</figcaption>
    </figure>
  );
}

function NotShown({ path, why }: { readonly path: string | null; readonly why: string }) {
  const { session } = useController();
  return (
    <div className="file-not-shown">
      <p>{why}</p>
      {path !== null && (
        <a className="button outlined" href={runtimeAddress.content(session.notebook, path)} download>
          <Download aria-hidden />
          {strings.download}
        </a>
      )}
    </div>
  );
}
