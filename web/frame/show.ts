/**
 * Keeps what the frame shows in step with what the page says: one element for each output, in order.
 *
 * What is new is made ready out of sight when it takes the place of something, and shown in one step: an animation that
 * clears and draws again does not flicker. Outputs are rendered one after the other, for their scripts may need what
 * those before them left.
 */
import type { FrameBody, FrameItem } from "./protocol";
import { note } from "./renderers/note";
import { type Context, type Rendered, render } from "./renderers/render";

/** How long what was there stays while its successor is made. */
const SWAP_MS = 1_000;
/** How long an output may keep those after it waiting: a script that never loads. */
const PATIENCE_MS = 15_000;

interface Slot {
  readonly version: number;
  readonly element: HTMLElement;
  rendered: Rendered;
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const within = (work: Promise<unknown>, ms: number) => Promise.race([work.catch(() => undefined), sleep(ms)]);

export class Show {
  private readonly root: HTMLElement;
  private readonly context: Context;
  private readonly slots = new Map<string, Slot>();
  private readonly bodies = new Map<string, { readonly version: number; readonly body: FrameBody }>();
  private wanted: readonly FrameItem[] = [];
  private working: Promise<void> | null = null;
  private again = false;

  constructor(root: HTMLElement, context: Context) {
    this.root = root;
    this.context = context;
  }

  /** All outputs as they are to be now. While one is rendered, only the last of these counts. */
  items(items: readonly FrameItem[]): void {
    for (const { id, version, body } of items) if (body !== undefined) this.bodies.set(id, { version, body });
    this.wanted = items;
    this.again = true;
    this.working ??= this.work();
  }

  private async work(): Promise<void> {
    while (this.again) {
      this.again = false;
      await this.become(this.wanted);
    }
    this.working = null;
  }

  private async become(items: readonly FrameItem[]): Promise<void> {
    const ids = new Set(items.map(({ id }) => id));
    const gone = [...this.slots].filter(([id]) => !ids.has(id));
    for (const [id] of gone) {
      this.slots.delete(id);
      this.bodies.delete(id);
    }
    let leaving = gone.map(([, slot]) => slot);
    for (const [at, { id }] of items.entries()) {
      const known = this.bodies.get(id);
      const slot = this.slots.get(id);
      if (known === undefined || slot?.version === known.version) continue;
      if (slot !== undefined && (await this.changes(id, slot, known))) continue;
      if (slot !== undefined) leaving.push(slot);
      const before = slot?.element ?? this.elementAfter(items, at);
      await this.place(id, known, before, leaving);
      leaving = [];
    }
    leave(leaving);
  }

  /** Whether what is there became the new version in place. */
  private async changes(id: string, slot: Slot, { version, body }: { version: number; body: FrameBody }) {
    const changed = (await slot.rendered.update?.(body).catch(() => false)) ?? false;
    if (changed) this.slots.set(id, { ...slot, version });
    return changed;
  }

  private elementAfter(items: readonly FrameItem[], at: number): Element | null {
    const next = items.slice(at + 1).find(({ id }) => this.slots.has(id));
    return next === undefined ? null : (this.slots.get(next.id)?.element ?? null);
  }

  private async place(
    id: string,
    { version, body }: { version: number; body: FrameBody },
    before: Element | null,
    leaving: readonly Slot[],
  ): Promise<void> {
    const element = document.createElement("div");
    element.className = body.hidden ? "output hidden" : leaving.length > 0 ? "output waiting" : "output";
    // Before what it replaces: a script that looks for an element by its id finds the new one first.
    this.root.insertBefore(element, before);
    const slot: Slot = { version, element, rendered: {} };
    this.slots.set(id, slot);
    const done = render(body, element, this.context).then(
      (rendered) => {
        slot.rendered = rendered;
        if (!element.isConnected) rendered.dispose?.();
      },
      (error: unknown) => note(element, `${this.context.host.words.failed}\n${String(error)}`),
    );
    if (leaving.length > 0) {
      await within(done, SWAP_MS);
      leave(leaving);
      element.classList.remove("waiting");
    }
    await within(done, PATIENCE_MS);
  }
}

function leave(slots: readonly Slot[]): void {
  for (const { element, rendered } of slots) {
    // While it is still in the page: a widget that is not cannot be taken apart.
    try {
      rendered.dispose?.();
    } catch (error) {
      // Code of others, that of a widget for one. What comes after it is shown all the same.
      reportError(error);
    }
    element.remove();
  }
}
