/** The settings of this browser, shared by its tabs. Knows no React; the storage comes in. */
import { readSettings, type Settings, SETTINGS_KEY } from "./settings";

export interface SettingsStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

type Listener = () => void;

export class SettingsStore {
  private readonly storage: SettingsStorage;
  private readonly listeners = new Set<Listener>();
  private current: Settings;

  constructor(storage: SettingsStorage) {
    this.storage = storage;
    this.current = readSettings(storage.getItem(SETTINGS_KEY));
  }

  read = (): Settings => this.current;

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Takes effect at once; a browser that keeps nothing has it until the page is left. */
  change(part: Partial<Settings>): void {
    this.become({ ...this.current, ...part });
    try {
      this.storage.setItem(SETTINGS_KEY, JSON.stringify(this.current));
    } catch {
      // A full or forbidden storage: the choice holds for this page.
    }
  }

  /** Another tab has changed them. */
  reread(): void {
    this.become(readSettings(this.storage.getItem(SETTINGS_KEY)));
  }

  private become(settings: Settings): void {
    this.current = settings;
    for (const listener of this.listeners) listener();
  }
}
