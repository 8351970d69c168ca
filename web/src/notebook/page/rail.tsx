/** The rail at the left, and the pane that is open beside it. On a narrow screen the pane is a sheet from below. */
import "./rail.css";

import { SquareTerminal, X } from "lucide-react";
import { lazy, type ReactNode, Suspense } from "react";

import { keysOf } from "../../commands/keymap";
import { showChord } from "../../commands/keys";
import { isMac } from "../../platform";
import { RAIL_WIDTH } from "../../settings/settings";
import { IconButton } from "../../ui/button";
import { useSettings } from "../../ui/hooks";
import { fetchPart } from "../../ui/part";
import { Splitter } from "../../ui/splitter";
import { strings } from "../../words";
import { commands } from "../commands";
import { TERMINAL_COMMAND } from "../commands/dock";
import { useController, useDock, useShell, useStatusPart } from "../context";
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
  const rights = useStatusPart((status) => status.rights);
  return (
    <nav className="rail wide-only" aria-label={words.rail}>
      {panes
        .filter(({ needs }) => needs === undefined || rights.may(needs))
        .map((pane) => {
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
      {rights.may("run") && <TerminalButton />}
    </nav>
  );
}

/** Not a pane: a terminal stands in the dock, where it has room. */
function TerminalButton() {
  const controller = useController();
  const pressed = useDock(
    ({ open, tabs, active }) => open && tabs.some(({ id, kind }) => id === active && kind === "terminal"),
  );
  const { shortcuts } = useSettings();
  const [first] = keysOf(commands.get(TERMINAL_COMMAND), shortcuts);
  return (
    <IconButton
      icon={SquareTerminal}
      label={strings.terminal.open}
      {...(first !== undefined && { shortcut: showChord(first, isMac) })}
      className={pressed ? "rail-last chosen" : "rail-last"}
      aria-pressed={pressed}
      onClick={() => commands.run(TERMINAL_COMMAND, controller)}
    />
  );
}

export function OpenPane() {
  const open = useShell((state) => state.pane);
  const rights = useStatusPart((status) => status.rights);
  const pane = panes.find(({ id, needs }) => id === open && (needs === undefined || rights.may(needs)));
  return pane === undefined ? null : <PaneFrame key={pane.id} pane={pane} />;
}

function PaneFrame({ pane }: { readonly pane: Pane }) {
  const { shell, settings } = useController();
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
      <Splitter
        label={words.resizePane}
        width={rail.width}
        least={RAIL_WIDTH.least}
        most={RAIL_WIDTH.most}
        side="right"
        onChange={(width) => settings.change({ rail: { ...settings.read().rail, width } })}
      />
    </aside>
  );
}
