/** Fetches the editor, once for the page; the first paint does not wait for it. */
import { useEffect, useState } from "react";

export type EditorModule = typeof import("./codemirror");

const AGAIN_MS = 2_000;

let loading: Promise<EditorModule> | null = null;
let loaded: EditorModule | null = null;

async function fetchEditor(): Promise<EditorModule> {
  for (;;) {
    try {
      return (loaded = await import("./codemirror"));
    } catch {
      // The server went away while the page was loading: until it is back, cells are shown and not edited.
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

export function loadEditor(): Promise<EditorModule> {
  loading ??= fetchEditor();
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
