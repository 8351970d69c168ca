/**
 * What the page and an output frame say to each other, over one MessageChannel. Types alone: the two bundles share no code.
 *
 * The page trusts nothing that comes back: a height is a number it bounds, a link is one it checks, a model is one that
 * it gave to this frame. The frame is told nothing that its content may not know, for that content can read all of it.
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
  readonly offline: string;
  readonly widgetMissing: string;
  readonly moduleMissing: string;
  readonly moduleForbidden: string;
  readonly noBokeh: string;
}

export type BufferPath = readonly (string | number)[];

/** A model as it is now. `state` is JSON without its buffers. */
export interface FrameModel {
  readonly id: string;
  readonly state: Readonly<Record<string, unknown>>;
  readonly buffers: readonly (readonly [BufferPath, ArrayBuffer])[];
  /** Its kernel is there: it can be spoken to. */
  readonly alive: boolean;
}

export type WidgetEvent =
  | { readonly t: "model"; readonly model: FrameModel }
  | {
      readonly t: "patch";
      readonly id: string;
      readonly state: Readonly<Record<string, unknown>>;
      readonly buffers: FrameModel["buffers"];
      /** The message of this frame that asked for it, or "". */
      readonly by: string;
    }
  | { readonly t: "said"; readonly id: string; readonly content: unknown; readonly buffers: readonly ArrayBuffer[] }
  | { readonly t: "taken"; readonly comm: string }
  | { readonly t: "gone"; readonly id: string }
  | { readonly t: "alive"; readonly id: string; readonly alive: boolean };

/** In order. */
export interface WidgetNews {
  readonly t: "widgets";
  readonly events: readonly WidgetEvent[];
  /** The model that was asked for, when this is the answer. */
  readonly open: string | null;
  /** Third parties' modules may be loaded from a CDN. */
  readonly cdn: boolean;
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
  | { readonly t: "picture"; readonly n: number }
  | WidgetNews;

export type FromFrame =
  | { readonly t: "height"; readonly height: number }
  | { readonly t: "link"; readonly href: string }
  | { readonly t: "download"; readonly name: string; readonly data: Blob }
  | { readonly t: "pong"; readonly n: number }
  | { readonly t: "entered" }
  | { readonly t: "leave" }
  | { readonly t: "picture"; readonly n: number; readonly data: Blob | null }
  | { readonly t: "open"; readonly id: string }
  | {
      readonly t: "comm";
      readonly id: string;
      readonly type: CommType;
      /** JSON of the Jupyter message's content. */
      readonly content: string;
      readonly buffers: readonly ArrayBuffer[];
    };

export type CommType = "comm_open" | "comm_msg" | "comm_close";
