/** What the Drive page asks or shows above itself, one at a time. */
import type { Item, Template } from "../../net/drive-rest";

export type Question =
  | { readonly t: "new-folder" }
  | { readonly t: "from-address" }
  | { readonly t: "templates" }
  | { readonly t: "move"; readonly items: readonly Item[]; readonly copy: boolean }
  | { readonly t: "bin"; readonly items: readonly Item[] }
  /** `back`: what is asked again after it. */
  | { readonly t: "forever"; readonly items: readonly Item[]; readonly back?: Question }
  | { readonly t: "empty-bin"; readonly back?: Question }
  | { readonly t: "largest" }
  | { readonly t: "share"; readonly item: Item }
  | { readonly t: "leave"; readonly item: Item }
  | { readonly t: "preview"; readonly id: string }
  | { readonly t: "details"; readonly item: Item }
  | {
      readonly t: "taken";
      readonly names: readonly string[];
      readonly answer: (answer: "both" | "replace" | "skip") => void;
    };

export type { Template };
