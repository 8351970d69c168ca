/** Which page stands at an address. Pure. */

export type PageAt =
  { readonly t: "notebook"; readonly notebook: string } | { readonly t: "drive" | "door" | "account" | "admin" };

/** `address`: path and query. Whatever is no other page is Drive's. */
export function pageAt(address: string): PageAt {
  const [, first = "", second] = /^\/([^/?#]*)(?:\/([^/?#]+))?\/?(?:[?#]|$)/.exec(address) ?? [];
  if (first === "notebooks" && second !== undefined) return { t: "notebook", notebook: decoded(second) };
  if (first === "sign-in" || (first === "invitation" && second !== undefined)) return { t: "door" };
  if (first === "account" || first === "admin") return { t: first };
  return { t: "drive" };
}

/** Of an address that is damaged, as it stands there. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
