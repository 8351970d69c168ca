/**
 * The files of one open notebook: the tree, the uploads, and what is done to a file. One for a notebook's page, however often
 * the pane is opened. No React.
 */
import { newId, timers } from "../../../browser";
import { type FileInfo, runtimeAddress, type UploadInfo } from "../../../net/runtime-rest";
import { sendPiece } from "../../../sending";
import { ProblemError, UNREACHABLE } from "../../../net/rest";
import { type Upload, Uploads, type Wanted } from "../../../net/uploads";
import type { Problem } from "../../../wire/types";
import { strings } from "../../../words";
import type { NotebookController } from "../../controller";
import { fileTab } from "../../model/dock";
import { shownName } from "../../model/file-names";
import { FileTree, join, nameOf } from "../../model/file-tree";
import type { PickedAll } from "../../../ui/picked";

const words = strings.runtimeFiles;

const UPLOADS_AT_ONCE = 2;

interface RuntimeUpload extends Wanted {
  readonly replace: boolean;
}

/** One of them, as it is shown. */
export type FileUpload = Upload<FileInfo>;

/** Names of more are not looked up: the runtime refuses what is there already, file by file. */
const LOOKED_UP = 200;

export class FilesDesk {
  readonly tree: FileTree;
  readonly uploads: Uploads<RuntimeUpload, FileInfo>;
  private readonly controller: NotebookController;

  constructor(controller: NotebookController) {
    const { runtime, settings, session } = controller;
    this.controller = controller;
    this.tree = new FileTree({ list: (path, after) => runtime.list(path, after, settings.read().files.hidden) });
    this.uploads = new Uploads({
      begin: (id, { path, content, replace }) => runtime.beginUpload(id, path, content.size, replace),
      state: (id) => runtime.upload(id),
      drop: (id) => runtime.dropUpload(id),
      send: (id, offset, piece, progress) => {
        const where = runtimeAddress.upload(session.notebook, id);
        return sendPiece<UploadInfo>(where, piece, { "upload-offset": String(offset) }, progress);
      },
      atOnce: UPLOADS_AT_ONCE,
      timers,
      random: () => Math.random(),
      newId,
      arrived: ({ path }) => this.tree.changed(path),
    });
  }

  open(path: string): void {
    this.controller.dock.show(fileTab(path));
  }

  /** Asks first where a name is taken, before anything is sent. */
  async upload(folder: string, { files, folders }: PickedAll): Promise<void> {
    await this.attempt(async () => {
      const { runtime } = this.controller;
      for (const path of folders) await runtime.makeFolder(join(folder, path), true);
      if (folders.length > 0) this.tree.changed(join(folder, folders[0] ?? ""));
      const wanted = files.map(({ path, content }) => ({ path: join(folder, path), content, replace: false }));
      const taken = await this.taken(wanted.map(({ path }) => path));
      const free = wanted.filter(({ path }) => !taken.has(path));
      this.uploads.add(free);
      if (taken.size === 0) return;
      const again = wanted.filter(({ path }) => taken.has(path)).map((file) => ({ ...file, replace: true }));
      this.ask({ t: "replace", names: again.map(({ path }) => path), replace: () => this.uploads.add(again) });
    });
  }

  async makeFile(path: string): Promise<void> {
    await this.attempt(async () => {
      await this.controller.runtime.write(path, new Blob([]), { t: "nothing" });
      this.tree.changed(path);
      this.open(path);
    });
  }

  async makeFolder(path: string): Promise<void> {
    await this.attempt(async () => {
      await this.controller.runtime.makeFolder(path);
      this.tree.changed(path);
    });
  }

  async move(source: string, target: string): Promise<void> {
    if (source === target) return;
    await this.attempt(async () => {
      await this.controller.runtime.move(source, target);
      this.tree.gone(source);
      this.tree.changed(target);
      this.controller.dock.moved(source, target);
    });
  }

  async remove(path: string): Promise<void> {
    await this.attempt(async () => {
      await this.controller.runtime.remove(path);
      this.tree.gone(path);
      this.controller.toasts.say(words.removed(shownName(nameOf(path))));
    });
  }

  async copyPath(path: string): Promise<void> {
    // Absent over plain HTTP from another machine, whatever the types say.
    const clipboard = window.isSecureContext ? navigator.clipboard : null;
    const { toasts } = this.controller;
    try {
      if (clipboard === null) throw new Error("no clipboard");
      await clipboard.writeText(path);
      toasts.say(words.pathCopied);
    } catch {
      toasts.say(strings.files.noClipboard, null, true);
    }
  }

  ask(about: FilesQuestion): void {
    this.controller.shell.openDialog("files", about);
  }

  private async taken(paths: readonly string[]): Promise<ReadonlySet<string>> {
    const found = await Promise.all(paths.slice(0, LOOKED_UP).map((path) => this.exists(path)));
    return new Set(paths.filter((_, at) => found[at]));
  }

  private async exists(path: string): Promise<boolean> {
    try {
      await this.controller.runtime.entry(path);
      return true;
    } catch (error) {
      if (problemOf(error).status === 404) return false;
      throw error;
    }
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.controller.toasts.complain(problemOf(error));
    }
  }
}

/** What a dialog of the files asks. */
export type FilesQuestion =
  | { readonly t: "new-file" | "new-folder"; readonly folder: string }
  | { readonly t: "move" | "remove"; readonly path: string; readonly folder: boolean; readonly size: number }
  | { readonly t: "replace"; readonly names: readonly string[]; readonly replace: () => void };

export const problemOf = (error: unknown): Problem => (error instanceof ProblemError ? error.problem : UNREACHABLE);

const desks = new WeakMap<NotebookController, FilesDesk>();

export function filesOf(controller: NotebookController): FilesDesk {
  const known = desks.get(controller);
  if (known !== undefined) return known;
  const made = new FilesDesk(controller);
  desks.set(controller, made);
  return made;
}
