/** The last heights of frames, kept in this browser: a reopened notebook has its final layout before a frame is there. */
import { LIMITS } from "../../wire/types";

const KEY = "noctule.frame-heights";

export class FrameHeights {
  private readonly storage: Storage;
  private readonly heights: Map<string, number>;
  private scheduled = false;

  constructor(storage: Storage) {
    this.storage = storage;
    this.heights = new Map(read(storage.getItem(KEY)));
  }

  get(name: string): number | null {
    return this.heights.get(name) ?? null;
  }

  set(name: string, height: number): void {
    if (this.heights.get(name) === height) return;
    this.heights.delete(name);
    this.heights.set(name, height);
    for (const [oldest] of this.heights) {
      if (this.heights.size <= LIMITS.FRAME_HEIGHTS) break;
      this.heights.delete(oldest);
    }
    if (this.scheduled) return;
    this.scheduled = true;
    setTimeout(() => this.write(), 1_000);
  }

  private write(): void {
    this.scheduled = false;
    try {
      this.storage.setItem(KEY, JSON.stringify([...this.heights]));
    } catch {
      // A full store: heights are learnt anew.
    }
  }
}

function read(text: string | null): [string, number][] {
  try {
    const value: unknown = JSON.parse(text ?? "[]");
    if (!Array.isArray(value)) return [];
    return value.filter(
      (pair): pair is [string, number] =>
        Array.isArray(pair) && typeof pair[0] === "string" && typeof pair[1] === "number",
    );
  } catch {
    return [];
  }
}
