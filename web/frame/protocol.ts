/**
 * What the page and an output frame say to each other, over one MessageChannel. Types alone: both sides import them.
 *
 * The page trusts nothing that comes back: a height is a number it bounds, a link is one it checks.
 */
export interface FrameItem {
  readonly id: string;
  readonly kind: "html" | "script";
  readonly content: string;
}

/** All that the frame shows now, in order. Items that did not change stay as they are in the frame. */
export interface FrameContent {
  readonly t: "content";
  readonly items: readonly FrameItem[];
}

export type FromFrame =
  { readonly t: "height"; readonly height: number } | { readonly t: "link"; readonly href: string };

/** The one window message: it carries the port. A type, so that the two bundles share no code. */
export type Handshake = "noctule-frame-v1";
