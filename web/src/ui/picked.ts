/** Files as they were chosen or dropped, each with its path below where it goes. Knows the browser's ways to give them. */

export interface Picked {
  /** With `/` between; the folders on it are made. */
  readonly path: string;
  readonly content: File;
}

export interface PickedAll {
  readonly files: readonly Picked[];
  /** Folders, also empty ones; those above come first. */
  readonly folders: readonly string[];
}

/** Those of a dialog. Of a folder, the browser tells the path. */
export function fromInput(files: FileList | null): PickedAll {
  const picked = [...(files ?? [])].map((content) => ({ path: content.webkitRelativePath || content.name, content }));
  return { files: picked, folders: foldersOf(picked) };
}

/** What was dropped: it must be asked for before the event is over, and is read after it. */
export async function fromDrop(data: DataTransfer): Promise<PickedAll> {
  const entries: FileSystemEntry[] = [];
  const files: Picked[] = [];
  const folders: string[] = [];
  for (const item of data.items) {
    const entry = item.webkitGetAsEntry();
    // What lies on no disk (a picture out of another program) has none.
    const content = entry === null ? item.getAsFile() : null;
    if (entry !== null) entries.push(entry);
    if (content !== null) files.push({ path: content.name, content });
  }
  for (const entry of entries) await walk(entry, "", files, folders);
  return { files, folders };
}

async function walk(entry: FileSystemEntry, above: string, files: Picked[], folders: string[]): Promise<void> {
  const path = above + entry.name;
  if (entry.isFile) {
    const content = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    files.push({ path, content });
    return;
  }
  folders.push(path);
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // It gives some at a time, until there are none.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const below of some) await walk(below, `${path}/`, files, folders);
  }
}

/** The folders on these paths. */
export function foldersOf(files: readonly { readonly path: string }[]): readonly string[] {
  const found = new Set<string>();
  for (const { path } of files) {
    const parts = path.split("/").slice(0, -1);
    parts.forEach((_, at) => found.add(parts.slice(0, at + 1).join("/")));
  }
  return [...found];
}
