/** The frame's only way out: one port to the page. Knows no content. */
import type { FromFrame, FrameTheme, FrameWords } from "./protocol";

export interface Host {
  say: (message: FromFrame, transfer?: Transferable[]) => void;
  readonly words: FrameWords;
  theme: FrameTheme;
}

const NO_WORDS: FrameWords = {
  failed: "",
  offline: "",
  widgetMissing: "",
  moduleMissing: "",
  moduleForbidden: "",
  noBokeh: "",
};

/** Until the page has begun, nothing is said and nothing shown. */
export function silentHost(): Host {
  return { say: () => undefined, words: NO_WORDS, theme: { dark: false, tokens: {} } };
}

/** `{name}` in a text of the catalogue. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
