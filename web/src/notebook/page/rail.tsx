/** The rail at the left, and the pane that is open beside it. On a narrow screen the pane is a sheet from below. */
import "./rail.css";

import { X } from "lucide-react";
import { type KeyboardEvent, lazy, type PointerEvent, type ReactNode, Suspense, useRef } from "react";

import { keysOf } from "../../commands/keymap";
import { showChord } from "../../commands/keys";
import { isMac } from "../../platform";
import { RAIL_WIDTH } from "../../settings/settings";
import { IconButton } from "../../ui/button";
import { useSettings } from "../../ui/hooks";
import { fetchPart } from "../../ui/part";
import { strings } from "../../words";
import { commands } from "../commands";
import { useController, useShell } from "../context";
import { commandOf, type Pane, panes } from "../panes/list";

const words = strings.shell;

const bodies: Readonly<Record<string, ReactNode>> = Object.fromEntries(
  panes.map(({ id, load }) => {
    const Body = lazy(() => fetchPart(load));
    return [id, <Body key={id} />];
  }),
);

export function Rail() {
  const { shell } = useController();
  const open = useShell((state) => state.pane);
  const { shortcuts } = useSettings();
  return (
    <nav className="rail wide-only" aria-label={words.rail}>
      {panes.map((pane) => {
        const [first] = keysOf(commands.get(commandOf(pane)), shortcuts);
        return (
          <span key={pane.id} className="rail-item">
            <IconButton
              icon={pane.icon}
              label={pane.title}
              {...(first !== undefined && { shortcut: showChord(first, isMac) })}
              className={open === pane.id ? "chosen" : ""}
              aria-pressed={open === pane.id}
              onClick={() => shell.togglePane(pane.id)}
            />
            {pane.mark && <pane.mark />}
          </span>
        );
      })}
    </nav>
  );
}

export function OpenPane() {
  const open = useShell((state) => state.pane);
  const pane = panes.find(({ id }) => id === open);
  return pane === undefined ? null : <PaneFrame key={pane.id} pane={pane} />;
}

function PaneFrame({ pane }: { readonly pane: Pane }) {
  const { shell } = useController();
  const { rail } = useSettings();
  return (
    <aside className="pane" aria-label={pane.title} style={{ ["--pane-width" as string]: `${rail.width}px` }}>
      <header className="pane-head">
        <h2>{pane.title}</h2>
        <IconButton icon={X} label={words.closePane} onClick={() => shell.openPane(null)} />
      </header>
      <div className="pane-body">
        <Suspense fallback={<p className="pane-note">{strings.loading}</p>}>{bodies[pane.id]}</Suspense>
      </div>
      <Splitter width={rail.width} />
    </aside>
  );
}

const STEP_PX = 16;

/** The edge of the pane: dragged, or moved by the arrow keys. */
function Splitter({ width }: { readonly width: number }) {
  const { settings } = useController();
  const from = useRef<{ readonly x: number; readonly width: number } | null>(null);
  const become = (wanted: number) => {
    const kept = Math.round(Math.min(RAIL_WIDTH.most, Math.max(RAIL_WIDTH.least, wanted)));
    settings.change({ rail: { ...settings.read().rail, width: kept } });
  };
  const grab = (event: PointerEvent<HTMLDivElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    from.current = { x: event.clientX, width };
  };
  const drag = ({ clientX }: PointerEvent) => {
    if (from.current !== null) become(from.current.width + clientX - from.current.x);
  };
  const drop = () => {
    from.current = null;
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    become(width + (event.key === "ArrowRight" ? STEP_PX : -STEP_PX));
  };
  return (
    <div
      className="splitter wide-only"
      role="separator"
      aria-orientation="vertical"
      aria-label={words.resizePane}
      aria-valuenow={width}
      aria-valuemin={RAIL_WIDTH.least}
      aria-valuemax={RAIL_WIDTH.most}
      tabIndex={0}
      data-own-keys
      onPointerDown={grab}
      onPointerMove={drag}
      onPointerUp={drop}
      onKeyDown={keys}
    />
  );
}
