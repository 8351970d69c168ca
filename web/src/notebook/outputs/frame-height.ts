/**
 * How high a frame is made, from what it says of itself. Plain: numbers in, a number out.
 *
 * Content that is as high as the frame and a little more (`height: 100vh`) would grow for ever with it: growths that
 * follow one another closely without anything new to show are answered a number of times, and then not any more.
 */
import { LIMITS } from "../../wire/types";

export class FrameHeight {
  private height: number;
  private growths = 0;
  private grewAt = -Infinity;

  constructor(height: number) {
    this.height = height;
  }

  /** Something new is shown: it may grow again. */
  renew(): void {
    this.growths = 0;
  }

  /** The height to give it now. */
  next(said: number, now: number): number {
    const height = Math.min(LIMITS.FRAME_TALLEST_PX, Math.max(0, Math.ceil(said)));
    if (height > this.height) {
      this.growths = now - this.grewAt < LIMITS.FRAME_GROWTH_SECONDS * 1000 ? this.growths + 1 : 1;
      this.grewAt = now;
      if (this.growths > LIMITS.FRAME_GROWTHS) return this.height;
    }
    this.height = height;
    return height;
  }
}
