/**
 * What an output may do outside of its frame: open a link, save a file. Only right after a person did something there.
 *
 * A press in a frame activates the pages around it, and no script can pretend one. But a press in the page activates the
 * page just as well, and what was run by it must not open windows for that: while such a press still counts, the person
 * is asked.
 */
import { LIMITS } from "../../wire/types";

const LONGEST_NAME = 120;
/** How long browsers count a press; a little more. */
const ACTIVATION_MS = 5_500;

/** `unasked`: nobody did anything; nothing is said. `doubtful`: a person is to say so. */
export type Exit = "done" | "unasked" | "doubtful" | "too-large";

export class FrameExits {
  private readonly window: Window;
  private pressed = -Infinity;

  constructor(page: Window) {
    this.window = page;
    const press = () => (this.pressed = performance.now());
    for (const type of ["pointerdown", "pointerup", "keydown"]) {
      page.addEventListener(type, press, { capture: true, passive: true });
    }
  }

  /** The address was checked to be http(s). */
  link(href: string, sure = false): Exit {
    const doubt = sure ? null : this.doubt();
    if (doubt !== null) return doubt;
    this.window.open(href, "_blank", "noopener,noreferrer");
    return "done";
  }

  /** Bytes without a type, so that no browser opens them in place of saving them. */
  save(name: string, data: Blob, sure = false): Exit {
    if (data.size > LIMITS.FRAME_DOWNLOAD_BYTES) return "too-large";
    const doubt = sure ? null : this.doubt();
    if (doubt !== null) return doubt;
    const address = URL.createObjectURL(new Blob([data], { type: "application/octet-stream" }));
    const anchor = this.window.document.createElement("a");
    anchor.href = address;
    anchor.download = safeName(name);
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    return "done";
  }

  private doubt(): Exit | null {
    if (!this.window.navigator.userActivation.isActive) return "unasked";
    return performance.now() - this.pressed < ACTIVATION_MS ? "doubtful" : null;
  }
}

/** A name for a file of this machine: no folders, nothing hidden, nothing that cannot be seen. */
export function safeName(name: string): string {
  const bare = name.replace(/[\p{C}/\\:*?"<>|]/gu, "_").replace(/^[.\s]+/, "");
  return bare.slice(-LONGEST_NAME) || "output";
}
