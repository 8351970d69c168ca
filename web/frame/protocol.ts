/**
 * What the page and an output frame say to each other, over one MessageChannel. Types alone: the two bundles share no code.
 *
 * The page trusts nothing that comes back: a height is a number it bounds, a link is one it checks, and so on.
 * The frame is told nothing that its content may not know, for that content can read all of it.
 */

/** The one window message: it carries the port. */
export type Handshake = "noctule-frame-v1";

/** Of one output. `body` is absent when the frame has this version already. */
export interface FrameItem {
  readonly id: string;
  readonly version: number;
  readonly body?: FrameBody;
}

/** A MIME value: text as a string, JSON as it is, an image as a Blob. `hidden`: run, and not shown. */
export interface FrameBody {
  readonly type: string;
  readonly data: unknown;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly displayId: string | null;
  readonly hidden: boolean;
}

export interface FrameTheme {
  readonly dark: boolean;
  /** Custom properties of the page, by name. */
  readonly tokens: Readonly<Record<string, string>>;
}

/** What the frame says to people, in the page's language. */
export interface FrameWords {
  readonly failed: string;
  readonly noBokeh: string;
}

export type ToFrame =
  | {
      readonly t: "begin";
      readonly theme: FrameTheme;
      readonly words: FrameWords;
    }
  | { readonly t: "theme"; readonly theme: FrameTheme }
  /** All that the frame shows now, in order. */
  | { readonly t: "content"; readonly items: readonly FrameItem[] }
  | { readonly t: "ping"; readonly n: number }
  | { readonly t: "picture"; readonly n: number };

export type FromFrame =
  | { readonly t: "height"; readonly height: number }
  | { readonly t: "link"; readonly href: string }
  | { readonly t: "download"; readonly name: string; readonly data: Blob }
  | { readonly t: "pong"; readonly n: number }
  | { readonly t: "entered" }
  | { readonly t: "leave" }
  | { readonly t: "picture"; readonly n: number; readonly data: Blob | null };
