/** The text of a comment in parts: words, links, mentions. Pure; whatever is no link of the web stays text. */

export type Part =
  | { readonly t: "text"; readonly text: string }
  | { readonly t: "mention"; readonly text: string }
  | { readonly t: "link"; readonly text: string; readonly href: string };

const LINK = /https?:\/\/[^\s<>"'`]+/g;
/** What stands behind a link in a sentence is none of it. */
const BEHIND = /[.,;:!?…。，；：！？]+$/;

function webAddress(found: string): string | null {
  const text = withoutLooseBracket(found.replace(BEHIND, ""));
  try {
    const { protocol } = new URL(text);
    return protocol === "http:" || protocol === "https:" ? text : null;
  } catch {
    return null;
  }
}

/** A bracket that was opened before the link is closed behind it. */
function withoutLooseBracket(text: string): string {
  const loose = text.endsWith(")") && text.split("(").length < text.split(")").length;
  return loose ? text.slice(0, -1).replace(BEHIND, "") : text;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** The names are those that the server found after an @. */
function mentionsIn(text: string, names: readonly string[]): readonly Part[] {
  if (names.length === 0 || text === "") return text === "" ? [] : [{ t: "text", text }];
  const longest = [...names].sort((a, b) => b.length - a.length).map(escaped);
  const pattern = new RegExp(`(@(?:${longest.join("|")}))(?![\\p{L}\\p{N}_-])`, "u");
  return text
    .split(pattern)
    .map((part, at): Part => ({ t: at % 2 === 1 ? "mention" : "text", text: part }))
    .filter((part) => part.text !== "");
}

export function partsOf(text: string, mentions: readonly string[]): readonly Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const href = webAddress(match[0]);
    if (href === null) continue;
    parts.push(...mentionsIn(text.slice(end, match.index), mentions), { t: "link", text: href, href });
    end = match.index + href.length;
  }
  return [...parts, ...mentionsIn(text.slice(end), mentions)];
}
