/** Puts the person's choice of theme, density and size on the document; the rest is CSS (tokens.css). */
import type { EditorSettings, Settings } from "../settings/settings";

export function applyAppearance(root: HTMLElement, settings: Settings): void {
  const { theme, density, fontSize } = settings;
  if (theme === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = theme;
  root.dataset["density"] = density;
  root.style.setProperty("--code-size", `${fontSize}px`);
  root.style.setProperty("--code-line", `${codeLine(fontSize)}px`);
  applyMeasure(root, settings.editor);
}

/** What gives code its measure, for editors and for the static text that stands in for them (editor.css). */
function applyMeasure(root: HTMLElement, { lineNumbers, folding, wrap, indent, ruler }: EditorSettings): void {
  root.toggleAttribute("data-numbers", lineNumbers);
  root.toggleAttribute("data-folding", folding);
  root.toggleAttribute("data-wrap", wrap);
  root.toggleAttribute("data-ruler", ruler > 0);
  root.style.setProperty("--indent", String(indent));
  root.style.setProperty("--ruler", String(ruler));
}

/** The height of a line of code, in whole pixels: 20 for 13.5. */
export const codeLine = (fontSize: number): number => Math.round(fontSize * 1.48);

/** Whether the page is dark now: by choice, or as the system is. */
export function isDark({ theme }: Settings): boolean {
  return theme === "system" ? window.matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
}
