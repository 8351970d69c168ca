/** What a tab is called. */
import { strings } from "../../words";
import type { DockTab } from "../model/dock";
import { shownName } from "../model/file-names";
import { nameOf } from "../model/file-tree";

export const tabName = (tab: DockTab): string =>
  tab.kind === "terminal" ? strings.terminal.name(tab.number) : shownName(nameOf(tab.path));
