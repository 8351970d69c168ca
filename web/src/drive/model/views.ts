/** What the Drive page can show, and the address of each. Pure. */
import { ROOT } from "../../net/drive-rest";

export type View =
  | { readonly t: "home" }
  | { readonly t: "folder"; readonly id: string }
  | { readonly t: "recent" }
  | { readonly t: "starred" }
  | { readonly t: "shared" }
  | { readonly t: "bin" }
  /** `inside`: in notebooks, too. */
  | { readonly t: "search"; readonly words: string; readonly inside: boolean };

export const MY_DRIVE: View = { t: "folder", id: ROOT };

const NAMED = ["recent", "starred", "shared", "bin"] as const;

/** `address` is a path with its query. Whatever is no other view is home. */
export function viewAt(address: string): View {
  const { pathname, searchParams } = new URL(address, "http://drive");
  const [first, second] = pathname.split("/").filter(Boolean);
  if (first !== "drive") return { t: "home" };
  if (second === undefined) return MY_DRIVE;
  if (second === "search") {
    return { t: "search", words: searchParams.get("q") ?? "", inside: searchParams.get("in") !== "names" };
  }
  const named = NAMED.find((name) => name === second);
  return named === undefined ? { t: "folder", id: decoded(second) } : { t: named };
}

/** An item that the address asks to be shown selected. */
export const chosenAt = (address: string): string | null => new URL(address, "http://drive").searchParams.get("select");

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function addressOf(view: View): string {
  switch (view.t) {
    case "home":
      return "/";
    case "folder":
      return view.id === ROOT ? "/drive" : `/drive/${encodeURIComponent(view.id)}`;
    case "search":
      return `/drive/search?q=${encodeURIComponent(view.words)}${view.inside ? "" : "&in=names"}`;
    default:
      return `/drive/${view.t}`;
  }
}
