/** Short messages at the lower edge, one action at most. They go by themselves; errors stay longer. */
import { X } from "lucide-react";
import { useSyncExternalStore } from "react";

import { Button, IconButton } from "./button";
import { strings } from "../words";

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly bad: boolean;
  readonly action: { readonly label: string; readonly run: () => void } | null;
}

const SHOWN_MS = 8_000;
const BAD_MS = 20_000;
const MOST = 3;

/** The toasts of one page. */
export class Toasts {
  private shown: readonly Toast[] = [];
  private next = 1;
  private readonly listeners = new Set<() => void>();
  /** What stops watching whether an offer still has a point. */
  private readonly watched = new Map<number, () => void>();

  list = (): readonly Toast[] => this.shown;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  say(text: string, action: Toast["action"] = null, bad = false): void {
    this.show(text, action, bad);
  }

  /** Offers what can be done until something else has made it pointless: `watch` says so, until it is stopped. */
  offer(text: string, action: Toast["action"], watch: (pointless: () => void) => () => void): void {
    const id = this.show(text, action, false);
    this.watched.set(
      id,
      watch(() => this.dismiss(id)),
    );
  }

  /** Says it once, however often it is asked for: until it has gone. */
  remind(text: string): void {
    if (!this.shown.some((toast) => toast.text === text)) this.say(text);
  }

  complain(problem: { readonly title: string; readonly detail: string }): void {
    this.say([problem.title, problem.detail].filter(Boolean).join(" "), null, true);
  }

  dismiss(id: number): void {
    this.become(this.shown.filter((toast) => toast.id !== id));
  }

  private show(text: string, action: Toast["action"], bad: boolean): number {
    const toast = { id: this.next++, text, bad, action };
    this.become([...this.shown, toast].slice(-MOST));
    setTimeout(() => this.dismiss(toast.id), bad ? BAD_MS : SHOWN_MS);
    return toast.id;
  }

  private become(shown: readonly Toast[]): void {
    this.shown = shown;
    for (const [id, stop] of this.watched) {
      if (shown.some((toast) => toast.id === id)) continue;
      this.watched.delete(id);
      stop();
    }
    for (const listener of this.listeners) listener();
  }
}

export function ToastArea({ toasts }: { readonly toasts: Toasts }) {
  const shown = useSyncExternalStore(toasts.subscribe, toasts.list);
  return (
    <div className="toasts" role="status">
      {shown.map((toast) => (
        <div key={toast.id} className={toast.bad ? "toast bad" : "toast"}>
          <span>{toast.text}</span>
          {toast.action && (
            <Button
              onClick={() => {
                toast.action?.run();
                toasts.dismiss(toast.id);
              }}
            >
              {toast.action.label}
            </Button>
          )}
          <IconButton icon={X} label={strings.close} onClick={() => toasts.dismiss(toast.id)} />
        </div>
      ))}
    </div>
  );
}
