/** Adding cells and steering runs: the commands that one needs all day. */
import { FastForward, type LucideIcon, PanelLeft, Plus, RotateCw, Square, SquareTerminal } from "lucide-react";
import type { ReactNode } from "react";

import { Button } from "../../ui/button";
import { useSettings } from "../../ui/hooks";
import { Menu } from "../../ui/menu";
import { strings } from "../../words";
import { commands } from "../commands";
import { TERMINAL_COMMAND } from "../commands/dock";
import { useBook, useController, useStatusPart, useSummary } from "../context";
import { commandOf, panes } from "../panes/list";
import { commandItem } from "./menu-bar";
import { RoleBar } from "./role-bar";
import { SavedState } from "./saved-state";

const words = strings.notebook;

export function Toolbar() {
  // What a command can do depends on these.
  useBook();
  useSummary();
  const rights = useStatusPart((status) => status.rights);
  const controller = useController();
  const offered = panes.filter(({ needs }) => needs === undefined || rights.may(needs));
  return (
    <div className="toolbar" role="toolbar" aria-label={words.tools}>
      {panes.length > 0 && (
        <span className="narrow-only">
          <Menu
            icon={PanelLeft}
            label={strings.shell.rail}
            groups={[
              offered.map((pane) => ({ ...commandItem(controller, commandOf(pane)), icon: pane.icon })),
              rights.may("run") ? [{ ...commandItem(controller, TERMINAL_COMMAND), icon: SquareTerminal }] : [],
            ]}
          />
        </span>
      )}
      {rights.may("edit") && (
        <>
          <Tool id="insert.codeBelow" icon={Plus} label={words.addCodeLabel}>
            {words.addCode}
          </Tool>
          <Tool id="insert.textBelow" icon={Plus} label={words.addTextLabel}>
            {words.addText}
          </Tool>
          <span className="divider" />
        </>
      )}
      {rights.may("run") && (
        <>
          <Tool id="run.all" icon={FastForward} label={words.runAll}>
            <span className="wide-only">{words.runAll}</span>
          </Tool>
          <Tool id="kernel.interrupt" icon={Square} label={words.interrupt}>
            <span className="wide-only">{words.interrupt}</span>
          </Tool>
          <Tool id="kernel.restart" icon={RotateCw} label={words.restart}>
            <span className="wide-only">{words.restart}</span>
          </Tool>
        </>
      )}
      <RoleBar />
      <span className="grow" />
      <SavedState className="narrow-only" brief />
    </div>
  );
}

interface ToolProps {
  readonly id: string;
  readonly icon: LucideIcon;
  readonly label: string;
  readonly children: ReactNode;
}

function Tool({ id, icon, label, children }: ToolProps) {
  const controller = useController();
  useSettings();
  const { shortcut } = commandItem(controller, id);
  return (
    <Button
      icon={icon}
      aria-label={label}
      title={shortcut === undefined ? label : `${label} (${shortcut})`}
      disabled={!commands.can(id, controller)}
      onClick={() => commands.run(id, controller)}
    >
      {children}
    </Button>
  );
}
