/** Finds commands and the like by what was typed: each word's letters in order, the beginnings of words first. Pure. */

/** Lower is better; null when it does not match. Empty matches all alike. */
export function rank(query: string, title: string): number | null {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const text = title.toLocaleLowerCase();
  let sum = 0;
  for (const word of words) {
    const found = rankWord(word, text);
    if (found === null) return null;
    sum += found;
  }
  return sum;
}

function rankWord(word: string, text: string): number | null {
  const at = text.indexOf(word);
  if (at === 0) return 0;
  if (at > 0) return /[\s:/.]/.test(text[at - 1] ?? "") ? 1 : 2;
  let from = 0;
  let gaps = 0;
  for (const letter of word) {
    const next = text.indexOf(letter, from);
    if (next === -1) return null;
    if (from > 0 && next > from) gaps += 1;
    from = next + 1;
  }
  return 3 + gaps;
}

/** Those that match, best first; equals stay in their order. */
export function search<T>(query: string, items: readonly T[], title: (item: T) => string): readonly T[] {
  return items
    .flatMap((item, at) => {
      const found = rank(query, title(item));
      return found === null ? [] : [{ item, found, at }];
    })
    .sort((a, b) => a.found - b.found || a.at - b.at)
    .map(({ item }) => item);
}
