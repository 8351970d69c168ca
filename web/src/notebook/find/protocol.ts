/** What the page and the worker that searches say to each other. Texts have keys, and are sent when they change. */
import type { Found, Splice } from "./match";
import type { Query } from "./query";

export type ToWorker =
  | { readonly t: "texts"; readonly set: readonly (readonly [string, string])[]; readonly gone: readonly string[] }
  | {
      readonly t: "search";
      readonly id: number;
      readonly query: Query;
      readonly keys: readonly string[];
      readonly most: number;
    }
  | {
      readonly t: "replace";
      readonly id: number;
      readonly query: Query;
      readonly replacement: string;
      readonly keys: readonly string[];
    };

export type FromWorker =
  /** Said once, when the worker has begun: what it takes to fetch it is not counted as searching. */
  | { readonly t: "ready" }
  | {
      readonly t: "found";
      readonly id: number;
      readonly texts: readonly (readonly [string, readonly Found[]])[];
      readonly count: number;
    }
  | { readonly t: "splices"; readonly id: number; readonly texts: readonly (readonly [string, readonly Splice[]])[] };

export interface SearchWorker {
  readonly post: (message: ToWorker) => void;
  readonly listen: (listener: (message: FromWorker) => void) => void;
  /** Ends it at once, in the middle of an expression too. */
  readonly end: () => void;
}
