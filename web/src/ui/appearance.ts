/** Puts the person's choice of theme, density and size on the document; the rest is CSS (tokens.css). */
import type { Settings } from "../settings/settings";

export function applyAppearance(root: HTMLElement, { theme, density, fontSize }: Settings): void {
  if (theme === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = theme;
  root.dataset["density"] = density;
  root.style.setProperty("--code-size", `${fontSize}px`);
  root.style.setProperty("--code-line", `${codeLine(fontSize)}px`);
}

/** The height of a line of code, in whole pixels: 20 for 13.5. */
export const codeLine = (fontSize: number): number => Math.round(fontSize * 1.48);

/** Whether the page is dark now: by choice, or as the system is. */
export function isDark({ theme }: Settings): boolean {
  return theme === "system" ? window.matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
}
