/**
 * xterm.js as the Screen of a terminal's link. An imperative island. What is done to it is done in the order of the output:
 * a reset or another size waits for what was written before.
 */
import "@xterm/xterm/css/xterm.css";

import { FitAddon } from "@xterm/addon-fit";
import { WebLinksAddon } from "@xterm/addon-web-links";
import { type ITheme, Terminal } from "@xterm/xterm";

import type { Screen, TerminalSize } from "../../../net/terminal-link";
import { pasted } from "./keys";

const SCROLLBACK_LINES = 10_000;
const LEAST: TerminalSize = { cols: 2, rows: 1 };
const MOST: TerminalSize = { cols: 1000, rows: 500 };

export interface ScreenLook {
  readonly fontSize: number;
  readonly screenReader: boolean;
  readonly theme: ITheme;
  readonly still: boolean;
}

export interface ScreenEvents {
  data(data: string): void;
  binary(data: string): void;
  /** True: the key is the page's, and the terminal does not get it. */
  key(event: KeyboardEvent): boolean;
  /** A link under the pointer, or none. */
  hover(address: string | null): void;
  /** The person wants to go there. */
  follow(event: MouseEvent, address: string): void;
}

export class XtermScreen implements Screen {
  readonly terminal: Terminal;
  private readonly fit = new FitAddon();

  constructor(parent: HTMLElement, label: string, look: ScreenLook, events: ScreenEvents) {
    const leave = () => events.hover(null);
    this.terminal = new Terminal({
      ...optionsOf(look),
      fontFamily: getComputedStyle(parent).getPropertyValue("--mono"),
      lineHeight: 1.25,
      scrollback: SCROLLBACK_LINES,
      macOptionIsMeta: true,
      // What a program colours stays readable on both grounds.
      minimumContrastRatio: 4.5,
      linkHandler: {
        activate: (event, address) => events.follow(event, address),
        hover: (_event, address) => events.hover(address),
        leave,
        allowNonHttpProtocols: false,
      },
    });
    this.terminal.loadAddon(this.fit);
    this.terminal.loadAddon(
      new WebLinksAddon((event, address) => events.follow(event, address), {
        hover: (_event, address) => events.hover(address),
        leave,
      }),
    );
    this.terminal.attachCustomKeyEventHandler((event) => !events.key(event));
    this.terminal.onData((data) => events.data(data));
    this.terminal.onBinary((data) => events.binary(data));
    // Before xterm hears it, which takes the text as it is.
    const paste = (event: ClipboardEvent) => {
      event.preventDefault();
      event.stopPropagation();
      this.paste(event.clipboardData?.getData("text/plain") ?? "");
    };
    parent.addEventListener("paste", paste, { capture: true });
    this.terminal.open(parent);
    this.terminal.textarea?.setAttribute("aria-label", label);
  }

  write(data: Uint8Array, drawn: () => void): void {
    this.terminal.write(data, drawn);
  }

  reset(): void {
    this.terminal.write("\x1bc");
  }

  resize({ cols, rows }: TerminalSize): void {
    this.terminal.write("", () => this.terminal.resize(cols, rows));
  }

  /** What there is room for; null while it is not shown. */
  room(): TerminalSize | null {
    const found = this.fit.proposeDimensions();
    if (found === undefined || Number.isNaN(found.cols) || Number.isNaN(found.rows)) return null;
    return {
      cols: Math.min(MOST.cols, Math.max(LEAST.cols, found.cols)),
      rows: Math.min(MOST.rows, Math.max(LEAST.rows, found.rows)),
    };
  }

  look(look: ScreenLook): void {
    this.terminal.options = optionsOf(look);
  }

  /** Between marks where the program asked for them, so that no line of it runs by itself. */
  paste(text: string): void {
    this.terminal.paste(pasted(text));
  }

  focus(): void {
    this.terminal.focus();
  }

  /** The application's cursor keys are other sequences. */
  get applicationKeys(): boolean {
    return this.terminal.modes.applicationCursorKeysMode;
  }

  destroy(): void {
    this.terminal.dispose();
  }
}

const optionsOf = ({ fontSize, screenReader, theme, still }: ScreenLook) => ({
  fontSize,
  screenReaderMode: screenReader,
  theme,
  cursorBlink: !still,
});
