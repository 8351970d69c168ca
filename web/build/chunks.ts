/**
 * Which modules of the page travel together. Left alone, the bundler makes a file of every icon and every little module that
 * two parts share, and a first visit takes forty requests. Here the page, Drive, a notebook, and its editor are one file each: all
 * that each of them needs from the start and that none before it has; what Drive and a notebook share is of the page. What comes on demand stays as it is.
 */

/** What the bundler knows of a module. */
interface ModuleInfo {
  /** Ids of modules that need it from their start. */
  readonly importers: readonly string[];
}
interface Graph {
  getModuleInfo(id: string): ModuleInfo | null;
}

/** In the order in which they are loaded. */
const PARTS = [
  { name: "base", root: "/src/main.tsx" },
  { name: "drive", root: "/src/drive/drive-page.tsx" },
  { name: "notebook", root: "/src/notebook/page/notebook-page.tsx" },
  { name: "editor", root: "/src/notebook/editor/codemirror.ts" },
] as const;

/** Every module that needs this one from its start, through whatever chain. */
function ancestors(id: string, graph: Graph): ReadonlySet<string> {
  const seen = new Set([id]);
  const todo = [id];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    for (const importer of graph.getModuleInfo(next)?.importers ?? []) {
      if (seen.has(importer)) continue;
      seen.add(importer);
      todo.push(importer);
    }
  }
  return seen;
}

/** The entry stays a file of its own, by which the manifest knows the page. */
const isEntry = (id: string) => /\/(?:index\.html|src\/main\.tsx)$/.test(id);

/** The page waits for the words of another language before anything of it runs, so these may not need a part of the page. */
const isNeededByWords = (id: string) => id.endsWith("/src/platform.ts");

function partOf(id: string, graph: Graph): string | null {
  if (isEntry(id) || isNeededByWords(id)) return null;
  const above = [...ancestors(id, graph)];
  const [first, second] = PARTS.filter(({ root }) => above.some((other) => other.endsWith(root)));
  // Neither page waits for the other's code, nor does what a notebook fetches later.
  const shared = second !== undefined || above.some((other) => other !== id && other.includes("/src/notebook/"));
  if (first?.name === "drive" && shared) return PARTS[0].name;
  return first?.name ?? null;
}

export const chunks = { includeDependenciesRecursively: false, groups: [{ name: partOf }] };
