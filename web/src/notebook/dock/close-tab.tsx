/** Closes a tab; asks first where something would be lost: a program that runs, changes that are not saved. */
import { useEffect, useState } from "react";

import { Confirm } from "../../ui/dialog";
import { strings } from "../../words";
import { useController } from "../context";
import type { DockTab } from "../model/dock";
import type { DialogProps } from "../page/dialogs";
import { tabName } from "./tab-name";

export default function CloseTab({ about, onClose }: DialogProps) {
  const tab = about as DockTab;
  const { dock, terminals } = useController();
  /** What would be lost: null is not known yet. */
  const [loss, setLoss] = useState<string | null>(null);
  useEffect(() => {
    let current = true;
    const decide = async () => {
      const found = tab.kind === "terminal" ? await terminals.busy(tab.terminal) : null;
      if (!current) return;
      if (found !== null) setLoss(strings.terminal.closeDetail(found.program));
      else if (dock.read().dirty.has(tab.id)) setLoss(strings.dock.closeDetail);
      else closeNow();
    };
    const closeNow = () => {
      onClose();
      if (tab.kind === "terminal") void terminals.close(tab.terminal);
      else dock.close(tab.id);
    };
    void decide();
    return () => {
      current = false;
    };
  }, [tab, dock, terminals, onClose]);
  if (loss === null) return null;
  const isTerminal = tab.kind === "terminal";
  return (
    <Confirm
      title={isTerminal ? strings.terminal.closeTitle(tab.number) : strings.dock.closeTitle(tabName(tab))}
      detail={loss}
      action={isTerminal ? strings.terminal.close : strings.dock.discard}
      onConfirm={() => (isTerminal ? void terminals.close(tab.terminal) : dock.close(tab.id))}
      onClose={onClose}
    />
  );
}
