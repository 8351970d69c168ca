/**
 * Every word that the page shows. Short, plain, sentence case: a cause, then what to do.
 *
 * The catalogue of the person's language is chosen once, when the page loads; another language is another load, which
 * loses nothing. English comes with the page; another language is fetched before anything is drawn.
 */
import { SETTINGS_KEY } from "../settings/settings";
import { en, type Words } from "./en";
import { chosenLanguage } from "./language";

export type { Words } from "./en";

const stored = typeof localStorage === "undefined" ? null : localStorage.getItem(SETTINGS_KEY);
const asked = typeof navigator === "undefined" ? [] : navigator.languages;

export const language = typeof document === "undefined" ? "en" : chosenLanguage(stored, asked);
export const strings: Words = language === "zh" ? (await import("./zh")).zh : en;
