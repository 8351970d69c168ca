/** The page's look as a frame takes it, and when it changes. */
import type { FrameTheme } from "../../../frame/protocol";
import { settings } from "../../browser";
import { isDark } from "../../ui/appearance";

const TOKENS = [
  ...["ground", "surface", "raised", "sunken", "line", "line-strong", "ink", "ink-2", "ink-3", "night", "on-night"],
  ...["night-wash", "ok", "bad", "bad-wash", "wait", "sans", "mono", "code-size", "code-line"],
  ...["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"].map((name) => `ansi-${name}`),
].map((name) => `--${name}`);

export function frameTheme(): FrameTheme {
  const style = getComputedStyle(document.documentElement);
  const tokens = Object.fromEntries(TOKENS.map((name) => [name, style.getPropertyValue(name)]));
  return { dark: isDark(settings.read()), tokens };
}

/** After the page itself has taken the new look. */
export function onTheme(listener: () => void): () => void {
  const later = () => queueMicrotask(listener);
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", later);
  const forget = settings.subscribe(later);
  return () => {
    system.removeEventListener("change", later);
    forget();
  };
}
