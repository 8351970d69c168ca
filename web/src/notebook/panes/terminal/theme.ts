/** The terminal's colours, from the page's tokens. xterm wants them computed: it knows no custom properties. */
import type { ITheme } from "@xterm/xterm";

const TOKENS: Readonly<Record<keyof Omit<ITheme, "extendedAnsi">, string>> = {
  background: "--surface",
  foreground: "--ink",
  cursor: "--ink",
  cursorAccent: "--surface",
  selectionBackground: "--selection",
  selectionForeground: "--ink",
  selectionInactiveBackground: "--selection",
  scrollbarSliderBackground: "--line",
  scrollbarSliderHoverBackground: "--line-strong",
  scrollbarSliderActiveBackground: "--line-strong",
  overviewRulerBorder: "--line",
  black: "--ansi-black",
  red: "--ansi-red",
  green: "--ansi-green",
  yellow: "--ansi-yellow",
  blue: "--ansi-blue",
  magenta: "--ansi-magenta",
  cyan: "--ansi-cyan",
  white: "--ansi-white",
  brightBlack: "--ansi-black",
  brightRed: "--ansi-red",
  brightGreen: "--ansi-green",
  brightYellow: "--ansi-yellow",
  brightBlue: "--ansi-blue",
  brightMagenta: "--ansi-magenta",
  brightCyan: "--ansi-cyan",
  brightWhite: "--ink",
};

/** As they are at this element now. */
export function themeAt(element: HTMLElement): ITheme {
  const probe = document.createElement("span");
  element.append(probe);
  const colour = (token: string) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const theme = Object.fromEntries(Object.entries(TOKENS).map(([name, token]) => [name, colour(token)]));
  probe.remove();
  return theme;
}
