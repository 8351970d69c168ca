/** A text file in an editor: saved over the version that was opened, and over no other. Separated values are a table first. */
import { lazy, Suspense, useCallback, useEffect, useEffectEvent, useRef, useState } from "react";

import { Button } from "../../../ui/button";
import { fetchPart } from "../../../ui/part";
import { strings } from "../../../words";
import { useController, useDock, useSummary } from "../../context";
import { isSeparated, shownName } from "../../model/file-names";
import { nameOf } from "../../model/file-tree";
import { decodeText, encodeText } from "../../model/text-file";
import { filesOf, problemOf } from "./files-desk";
import type { FileTabProps, Opened } from "./file-tab";
import { mountTextEditor, type TextEditor } from "./text-editor";

const { editor: words, separated } = strings.runtimeFiles;
const SeparatedView = lazy(() => fetchPart(() => import("./separated-view")));

type Saving = "idle" | "saving" | "changed" | "missing";

interface TextTabProps extends FileTabProps {
  readonly opened: Opened;
}

export default function TextTab({ tab, active, opened }: TextTabProps) {
  const controller = useController();
  const groundRef = useRef<HTMLDivElement>(null);
  const editorRef = useRef<TextEditor | null>(null);
  const [base, setBase] = useState(opened);
  const [state, setState] = useState<Saving>("idle");
  /** What is shown as a table; null: the text itself is shown. */
  const [tabled, setTabled] = useState(isSeparated(tab.path) ? opened.file.text : null);
  const dirty = useDock(({ dirty: all }) => all.has(tab.id));
  const connected = useSummary().runtime?.state === "connected";
  const setDirty = useCallback((is: boolean) => controller.dock.setDirty(tab.id, is), [controller, tab.id]);

  const write = async (version: string | null) => {
    const editor = editorRef.current;
    if (editor === null || state === "saving") return;
    setState("saving");
    const mark = editor.mark();
    const text = encodeText(mark.lines, base.file);
    try {
      const over = version === null ? ({ t: "nothing" } as const) : ({ t: "version", version } as const);
      const saved = await controller.runtime.write(tab.path, new Blob([text]), over);
      setBase({ file: { ...base.file, text }, version: saved.version });
      setDirty(!editor.isSame(mark));
      setState("idle");
      filesOf(controller).tree.changed(tab.path);
    } catch (error) {
      await refused(error);
    }
  };
  const refused = async (error: unknown) => {
    const problem = problemOf(error);
    if (problem.code === "file-changed" || problem.code === "file-exists") {
      setState((await versionNow()) === null ? "missing" : "changed");
      return;
    }
    setState("idle");
    controller.toasts.complain(problem);
  };
  /** Null: there is no such file any more. */
  const versionNow = async (): Promise<string | null> => {
    try {
      return (await controller.runtime.entry(tab.path)).version;
    } catch {
      return null;
    }
  };
  const overwrite = async () => write(await versionNow());
  const reload = useCallback(async () => {
    try {
      const { bytes, version } = await controller.runtime.read(tab.path);
      const file = decodeText(bytes);
      if (file === null) return;
      editorRef.current?.replace(file);
      setTabled((shown) => (shown === null ? null : file.text));
      setBase({ file, version });
      setDirty(false);
      setState("idle");
    } catch (error) {
      controller.toasts.complain(problemOf(error));
    }
  }, [controller, tab.path, setDirty]);

  const save = useEffectEvent(() => void write(base.version));
  const changed = useEffectEvent(() => setDirty(true));
  useEffect(() => {
    const parent = groundRef.current;
    if (parent === null) return;
    const made = mountTextEditor({
      parent,
      name: nameOf(tab.path),
      label: words.label(shownName(nameOf(tab.path))),
      file: opened.file,
      save: () => save(),
      changed: () => changed(),
    });
    editorRef.current = made;
    return () => {
      editorRef.current = null;
      made.destroy();
    };
    // The editor is made once: what is typed in it must not go when its file is renamed.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  // What others write shows when the tab is looked at again; where it would take something away, it is said.
  const look = useEffectEvent(async () => {
    const now = await versionNow();
    if (now === null || now === base.version) return;
    if (dirty) setState("changed");
    else await reload();
  });
  useEffect(() => {
    if (!active || !connected) return;
    const timer = setTimeout(() => void look());
    return () => clearTimeout(timer);
  }, [active, connected]);
  useEffect(() => {
    if (!dirty) return;
    // What is not saved is in this page alone: leaving it asks first.
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [dirty]);

  return (
    // The editor has all keys, Ctrl+S among them.
    <div className="text-tab" data-own-keys>
      <div className="text-tab-head">
        <span className="meta" role="status">
          {state === "saving" ? words.saving : dirty ? words.unsaved : words.saved}
        </span>
        <span className="grow" />
        {isSeparated(tab.path) && tabled === null && (
          <Button onClick={() => setTabled(editorRef.current?.mark().lines.join("\n") ?? null)}>
            {separated.table}
          </Button>
        )}
        <Button
          look="outlined"
          disabled={!dirty || !connected || state === "saving"}
          onClick={() => void write(base.version)}
        >
          {words.save}
        </Button>
      </div>
      {!connected && dirty && <p className="dock-bar">{words.readOnly}</p>}
      {(state === "changed" || state === "missing") && (
        <div className="dock-bar bad" role="alert">
          <span>{state === "changed" ? words.changed : words.missing}</span>
          {state === "changed" && (
            <Button look="outlined" onClick={() => void reload()}>
              {words.reload}
            </Button>
          )}
          <Button onClick={() => void overwrite()}>{state === "changed" ? words.overwrite : words.save}</Button>
        </div>
      )}
      {tabled !== null && (
        <Suspense fallback={<p className="pane-note">{words.loading}</p>}>
          <SeparatedView name={nameOf(tab.path)} text={tabled} onText={() => setTabled(null)} />
        </Suspense>
      )}
      <div className="text-ground" ref={groundRef} hidden={tabled !== null} />
    </div>
  );
}
