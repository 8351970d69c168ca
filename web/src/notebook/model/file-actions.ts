/** What a person does with the notebook as a file, and with the clipboard. Knows the browser only by its ports. */
import { DriveRest } from "../../net/drive-rest";
import type { Rest } from "../../net/rest";
import { ProblemError, UNREACHABLE } from "../../net/rest";
import type { Session } from "../../session/session";
import type { Toasts } from "../../ui/toasts";
import { strings } from "../../words";
import type { Selection } from "./selection";
import type { Shell } from "./shell";
import type { Structure } from "./structure";

export interface FilePorts {
  readonly rest: Rest;
  /** null where the browser gives none (a page over plain HTTP from another machine). */
  readonly clipboard: Clipboard | null;
  /** Lets the person choose files of these types. */
  readonly pick: (accept: string) => Promise<readonly File[]>;
  readonly download: (address: string) => void;
  /** Gives the person a file that was made here. */
  readonly save: (name: string, content: Blob) => void;
  /** A page that stands for itself, of the bytes of an .ipynb. */
  readonly html: (file: Blob, name: string) => Promise<Blob>;
  /** Draws all of the page first, and opens the browser's dialog. */
  readonly print: (shell: Shell) => Promise<void>;
  /** The address of this page. */
  readonly address: () => string;
  readonly go: (path: string) => void;
}

const words = strings.files;
/** What can be opened as a notebook. */
const NOTEBOOKS = ".ipynb,.py";
/** So long, ms, keys wait for the clipboard. */
const PASTE_MS = 1000;
const later = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

export class FileActions {
  private readonly ports: FilePorts;
  private readonly session: Session;
  private readonly selection: Selection;
  private readonly structure: Structure;
  private readonly toasts: Toasts;
  /** While the clipboard is read: settled when the cells are there, or when the browser takes its time (it may ask). */
  pasting: Promise<void> | null = null;

  constructor(ports: FilePorts, session: Session, selection: Selection, structure: Structure, toasts: Toasts) {
    this.ports = ports;
    this.session = session;
    this.selection = selection;
    this.structure = structure;
    this.toasts = toasts;
  }

  create(): void {
    this.attempt(async () => this.open(await this.ports.rest.create()));
  }

  upload(): void {
    this.attempt(async () => {
      const [file] = await this.ports.pick(NOTEBOOKS);
      if (file !== undefined) this.open(await this.ports.rest.upload(file.name, file));
    });
  }

  /** Shows the folder that it lies in. */
  locate(): void {
    this.attempt(async () => {
      const { notebook } = this.session;
      const { item, path } = await new DriveRest(this.ports.rest).item(notebook);
      const folder = item.parent === null ? "" : `/${encodeURIComponent(path.at(-1)?.id ?? item.parent)}`;
      this.ports.go(`/drive${folder}?select=${encodeURIComponent(notebook)}`);
    });
  }

  /** A file that was dropped onto the page, as a notebook of its own. */
  openFile(file: File): void {
    this.attempt(async () => this.open(await this.ports.rest.upload(file.name, file)));
  }

  openAddress(where: string): void {
    this.attempt(async () => this.open(await this.ports.rest.importFrom(where)));
  }

  /** The cells of a file, below the one in focus. Without a file, one is chosen. */
  insertFile(file: File | null = null): void {
    this.attempt(async () => {
      const chosen = file ?? (await this.ports.pick(NOTEBOOKS))[0];
      if (chosen === undefined) return;
      const text = await (chosen.name.endsWith(".py") ? this.ports.rest.convert(chosen) : chosen.text());
      if (!this.structure.paste(text)) this.toasts.say(words.noCells(chosen.name), null, true);
    });
  }

  saveHtml(): void {
    this.attempt(async () => {
      const { rest, html, save } = this.ports;
      const [{ name }, file] = await Promise.all([
        rest.notebook(this.session.notebook),
        rest.file(this.session.notebook),
      ]);
      const stem = name.replace(/\.ipynb$/, "");
      save(`${stem}.html`, await html(file, stem));
    });
  }

  /** A notebook of the same cells and outputs under another name, which is then opened. */
  copy(): void {
    this.attempt(async () => {
      const { rest } = this.ports;
      const [{ name }, file] = await Promise.all([
        rest.notebook(this.session.notebook),
        rest.file(this.session.notebook),
      ]);
      this.open(await rest.upload(words.copyOf(name), file));
    });
  }

  /** A notebook of one's own with edits that were refused here, which are then forgotten here. */
  saveOwn(name: string, content: string): void {
    this.attempt(async () => {
      const made = await this.ports.rest.upload(`${name.replace(/\.ipynb$/, "")}.ipynb`, new Blob([content]));
      this.session.forgetAside();
      this.open(made);
    });
  }

  delete(): void {
    this.attempt(async () => {
      await this.ports.rest.remove(this.session.notebook);
      this.ports.go("/");
    });
  }

  download(address: string): void {
    this.ports.download(address);
  }

  print(shell: Shell): void {
    this.attempt(() => this.ports.print(shell));
  }

  /** Everything is saved as it is written; this only says so, or what is not. */
  tellSaved(): void {
    const { unsaved, joined } = this.session.status();
    if (unsaved === 0 && joined) this.toasts.say(words.allSaved);
    else this.toasts.say(words.notYet, null, !joined);
  }

  // --- the clipboard -------------------------------------------------------------------------------------------

  copyCells(): void {
    this.write(this.structure.copy(), words.copied(this.selection.cells().length));
  }

  cutCells(): void {
    this.write(this.structure.cutCells(), null);
  }

  /** From the clipboard; where it may not be read, what was copied last in this page. */
  pasteCells(side: "above" | "below"): void {
    const { clipboard } = this.ports;
    const read = clipboard === null ? Promise.resolve(null) : clipboard.readText().catch(() => null);
    const pasted = read.then((text) => {
      if (!this.structure.paste(text, side)) this.toasts.say(words.nothingToPaste, null, true);
    });
    const pasting = Promise.race([pasted, later(PASTE_MS)]).finally(() => {
      if (this.pasting === pasting) this.pasting = null;
    });
    this.pasting = pasting;
  }

  copyLink(): void {
    const { id } = this.selection.read();
    if (id !== null) this.write(`${this.address()}#scrollTo=${encodeURIComponent(id)}`, words.linkCopied);
  }

  /** The address of the notebook, without a place in it. */
  address(): string {
    return this.ports.address().replace(/#.*/, "");
  }

  /** False when the browser did not allow it. */
  async copyAddress(): Promise<boolean> {
    const { clipboard } = this.ports;
    if (clipboard === null) return false;
    return clipboard.writeText(this.address()).then(
      () => true,
      () => false,
    );
  }

  private write(text: string, said: string | null): void {
    const { clipboard } = this.ports;
    if (clipboard === null) return;
    void clipboard.writeText(text).then(
      () => said !== null && this.toasts.say(said),
      () => this.toasts.say(words.noClipboard, null, true),
    );
  }

  private open({ id }: { readonly id: string }): void {
    this.ports.go(`/notebooks/${encodeURIComponent(id)}`);
  }

  private attempt(work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      this.toasts.complain(error instanceof ProblemError ? error.problem : UNREACHABLE);
    });
  }
}
