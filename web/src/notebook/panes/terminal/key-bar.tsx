/** Keys that a touch screen's keyboard lacks. */
import { ArrowDown, ArrowLeft, ArrowRight, ArrowUp, ClipboardPaste, type LucideIcon } from "lucide-react";
import type { PointerEvent } from "react";

import { IconButton } from "../../../ui/button";
import { strings } from "../../../words";
import { type Arrow, arrow } from "./keys";

const words = strings.terminal.keys;
const ARROWS: readonly (readonly [Arrow, LucideIcon])[] = [
  ["left", ArrowLeft],
  ["down", ArrowDown],
  ["up", ArrowUp],
  ["right", ArrowRight],
];

interface KeyBarProps {
  /** Ctrl is held for the next key. */
  readonly control: boolean;
  readonly onControl: (held: boolean) => void;
  readonly onKey: (data: string) => void;
  /** As by the browser's own paste: not as keys, which would run each line. */
  readonly onPaste: (text: string) => void;
  readonly application: () => boolean;
}

/** A press leaves the focus, and with it the keyboard, where it is. */
const stay = (event: PointerEvent) => event.preventDefault();

export function KeyBar({ control, onControl, onKey, onPaste, application }: KeyBarProps) {
  const paste = async () => {
    const clipboard = window.isSecureContext ? navigator.clipboard : null;
    const text = await clipboard?.readText().catch(() => "");
    if (text !== undefined && text !== "") onPaste(text);
  };
  return (
    <div className="key-bar" role="toolbar" aria-label={words.label} onPointerDown={stay}>
      <button type="button" className="button" onClick={() => onKey("\x1b")}>
        {words.escape}
      </button>
      <button type="button" className="button" onClick={() => onKey("\t")}>
        {words.tab}
      </button>
      <button
        type="button"
        className={control ? "button chosen" : "button"}
        aria-pressed={control}
        onClick={() => onControl(!control)}
      >
        {words.control}
      </button>
      {ARROWS.map(([which, icon]) => (
        <IconButton key={which} icon={icon} label={words[which]} onClick={() => onKey(arrow(which, application()))} />
      ))}
      <IconButton icon={ClipboardPaste} label={words.paste} onClick={() => void paste()} />
    </div>
  );
}
