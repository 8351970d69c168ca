/**
 * Whether a person is in an output frame. What a frame says of it ("pressed here", "Escape") is not taken as it is: a script
 * can say so while the person types elsewhere, who would then run what the cell of that script holds.
 *
 * A frame that was pressed has the page's focus, and the page an activation; neither comes by saying so. Who has just
 * typed in the page must have come to the frame with the pointer since. On Escape the keys go back to where they were.
 * It knows the browser, and no notebook.
 */

/** Who pressed a key this short a time ago is typing. */
const TYPING_MS = 1_000;
/** What a frame says may come this much before the browser tells the page that the frame has the focus. */
const KNOCK_MS = 1_000;

interface Knock {
  readonly frame: HTMLElement;
  readonly then: () => void;
  readonly at: number;
}

export class FrameFocus {
  private readonly window: Window;
  private keyed = -Infinity;
  private key = "";
  private over: { readonly element: EventTarget | null; readonly at: number } = { element: null, at: -Infinity };
  /** What has the keys in the page, or had them before a frame. */
  private last: HTMLElement | null = null;
  /** The frame in which a person is. */
  private inside: Element | null = null;
  private knocked: Knock | null = null;

  constructor(page: Window) {
    this.window = page;
    const on = <E extends "keydown" | "pointerover" | "focusin">(type: E, call: (event: DocumentEventMap[E]) => void) =>
      page.document.addEventListener(type, call, { capture: true, passive: true });
    on("keydown", ({ key }) => {
      this.key = key;
      this.keyed = performance.now();
    });
    on("pointerover", ({ target }) => (this.over = { element: target, at: performance.now() }));
    on("focusin", ({ target }) => {
      if (!(target instanceof HTMLElement) || target instanceof HTMLIFrameElement) return;
      this.last = target;
      this.inside = null;
    });
    page.addEventListener("blur", () => {
      if (this.key === "Tab" && this.types) this.inside = page.document.activeElement;
      this.open();
    });
  }

  /** The frame says that it was pressed: calls, now or in a moment, if it was. */
  entered(frame: HTMLElement, then: () => void): void {
    this.knocked = { frame, then, at: performance.now() };
    this.open();
  }

  /** The frame says that Escape was pressed in it: what is to have the keys now; null when nobody was in it. */
  left(frame: HTMLElement): HTMLElement | null {
    if (this.inside !== frame || !this.has(frame)) return null;
    const cell = frame.closest<HTMLElement>("section");
    const before = this.last?.closest("section") ?? null;
    return before === null || before === cell || this.last?.isConnected !== true ? cell : this.last;
  }

  private open(): void {
    const { knocked } = this;
    if (knocked === null || !this.has(knocked.frame)) return;
    this.knocked = null;
    if (this.inside === knocked.frame || performance.now() - knocked.at > KNOCK_MS) return;
    if (!this.window.navigator.userActivation.isActive || !this.mayEnter(knocked.frame)) return;
    this.inside = knocked.frame;
    knocked.then();
  }

  private get types(): boolean {
    return performance.now() - this.keyed < TYPING_MS;
  }

  private has(frame: Element): boolean {
    return this.window.document.activeElement === frame;
  }

  /** Nobody types in the page, or the pointer came over the frame after the last key. */
  private mayEnter(frame: HTMLElement): boolean {
    return !this.types || (this.over.element === frame && this.over.at > this.keyed);
  }
}
