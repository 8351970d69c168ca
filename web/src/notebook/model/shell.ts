/** What of the page around the cells is open: a pane of the rail, a dialog, a begun chord. Plain TypeScript. */
import type { Waiting } from "../../commands/keymap";
import type { SettingsStore } from "../../settings/store";
import type { TypeAhead } from "./type-ahead";

export interface ShellState {
  /** Of a dialog that the page shows over itself, its name and what it is about. */
  readonly dialog: { readonly name: string; readonly about: unknown } | null;
  /** The pane that is open beside the cells. */
  readonly pane: string | null;
  readonly chord: Waiting | null;
  /** Counts how often one wanted to go to the menus by keyboard. */
  readonly menusAsked: number;
  /** All cells are drawn, also those that were never near. */
  readonly printing: boolean;
  /** Of the editor that has the keys, where these are Vim's. */
  readonly vimMode: string | null;
}

type Listener = () => void;

export class Shell {
  private readonly settings: SettingsStore;
  private readonly typeAhead: TypeAhead;
  private readonly listeners = new Set<Listener>();
  private current: ShellState;

  constructor(settings: SettingsStore, typeAhead: TypeAhead, wide: boolean) {
    this.settings = settings;
    this.typeAhead = typeAhead;
    // On a small screen a pane covers the cells: it is opened by hand alone.
    this.current = {
      dialog: null,
      pane: wide ? settings.read().rail.open : null,
      chord: null,
      menusAsked: 0,
      printing: false,
      vimMode: null,
    };
  }

  read = (): ShellState => this.current;

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  openDialog(name: string, about: unknown = null): void {
    this.typeAhead.expect();
    this.become({ dialog: { name, about } });
  }

  closeDialog(): void {
    this.typeAhead.end();
    this.become({ dialog: null });
  }

  openPane(pane: string | null): void {
    this.become({ pane });
    this.settings.change({ rail: { ...this.settings.read().rail, open: pane } });
  }

  togglePane(pane: string): void {
    this.openPane(this.current.pane === pane ? null : pane);
  }

  askMenus(): void {
    this.become({ menusAsked: this.current.menusAsked + 1 });
  }

  setPrinting(printing: boolean): void {
    this.become({ printing });
  }

  setChord(chord: Waiting | null): void {
    if (chord !== this.current.chord) this.become({ chord });
  }

  setVimMode(vimMode: string | null): void {
    if (vimMode !== this.current.vimMode) this.become({ vimMode });
  }

  private become(part: Partial<ShellState>): void {
    this.current = { ...this.current, ...part };
    for (const listener of this.listeners) listener();
  }
}
