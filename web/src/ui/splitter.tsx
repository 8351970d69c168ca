/** The edge of a pane: dragged, or moved by the arrow keys. It changes a width and draws nothing of the pane. */
import "./splitter.css";

import { type KeyboardEvent, type PointerEvent, useRef } from "react";

const STEP_PX = 16;

interface SplitterProps {
  readonly label: string;
  readonly width: number;
  readonly least: number;
  readonly most: number;
  /** At which edge of the pane it is: the pane grows away from it. */
  readonly side: "left" | "right";
  readonly onChange: (width: number) => void;
}

export function Splitter({ label, width, least, most, side, onChange }: SplitterProps) {
  const from = useRef<{ readonly x: number; readonly width: number } | null>(null);
  const towards = side === "right" ? 1 : -1;
  const become = (wanted: number) => onChange(Math.round(Math.min(most, Math.max(least, wanted))));
  const grab = (event: PointerEvent<HTMLDivElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    from.current = { x: event.clientX, width };
  };
  const drag = ({ clientX }: PointerEvent) => {
    if (from.current !== null) become(from.current.width + towards * (clientX - from.current.x));
  };
  const drop = () => {
    from.current = null;
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    become(width + towards * (event.key === "ArrowRight" ? STEP_PX : -STEP_PX));
  };
  return (
    <div
      className={`splitter ${side} wide-only`}
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      aria-valuemin={least}
      aria-valuemax={most}
      tabIndex={0}
      data-own-keys
      onPointerDown={grab}
      onPointerMove={drag}
      onPointerUp={drop}
      onKeyDown={keys}
    />
  );
}
