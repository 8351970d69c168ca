/** Which output frames are live: those near the viewport, and of the others the latest seen, up to a number. */

interface Watched {
  readonly setLive: (live: boolean) => void;
  live: boolean;
  near: boolean;
  seen: number;
}

export class FramePool {
  private readonly most: number;
  private readonly watched = new Map<Element, Watched>();
  private readonly observer: IntersectionObserver;
  private clock = 0;

  constructor(most: number) {
    this.most = most;
    this.observer = new IntersectionObserver((entries) => this.onSight(entries), { rootMargin: "600px 0px" });
  }

  watch(element: Element, setLive: (live: boolean) => void): () => void {
    this.watched.set(element, { setLive, live: false, near: false, seen: 0 });
    this.observer.observe(element);
    return () => {
      this.observer.unobserve(element);
      this.watched.delete(element);
    };
  }

  private onSight(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const frame = this.watched.get(target);
      if (frame === undefined) continue;
      frame.near = isIntersecting;
      frame.seen = ++this.clock;
      if (isIntersecting) this.set(frame, true);
    }
    this.retire();
  }

  private retire(): void {
    const live = [...this.watched.values()].filter((frame) => frame.live);
    const far = live.filter((frame) => !frame.near).sort((a, b) => a.seen - b.seen);
    for (const frame of far.slice(0, Math.max(0, live.length - this.most))) this.set(frame, false);
  }

  private set(frame: Watched, live: boolean): void {
    if (frame.live === live) return;
    frame.live = live;
    frame.setLive(live);
  }
}
