/** Which language the page speaks. Pure: what is stored and what the browser asks for come in as arguments. */
import { readSettings, type StoredText } from "../settings/settings";

export type Language = "en" | "zh";

/** The person's choice; else the first language of the browser that there is a catalogue for; else English. */
export function chosenLanguage(stored: StoredText, asked: readonly string[]): Language {
  const { language } = readSettings(stored);
  if (language !== "system") return language;
  const known = asked.map((tag) => tag.toLowerCase()).find((tag) => /^(en|zh)(-|$)/.test(tag));
  return known?.startsWith("zh") === true ? "zh" : "en";
}
