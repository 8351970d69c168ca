/** Fetches the editor, once for the page; the first paint does not wait for it. */
import { useEffect, useState } from "react";

import { fetchPart } from "../../ui/part";

export type EditorModule = typeof import("./codemirror");

let loading: Promise<EditorModule> | null = null;
let loaded: EditorModule | null = null;

/** While the server is away, cells are shown and not edited. */
export function loadEditor(): Promise<EditorModule> {
  loading ??= fetchPart(() => import("./codemirror")).then((module) => (loaded = module));
  return loading;
}

/** The editor when it is there. */
export function useEditorModule(): EditorModule | null {
  const [module, setModule] = useState(loaded);
  useEffect(() => {
    if (module === null) void loadEditor().then(setModule);
  }, [module]);
  return module;
}
