/** All commands of the notebook page. A part with commands of its own adds its list here, and its ids to menus.ts. */
import { Commands } from "../../commands/command";
import { strings } from "../../words";
import type { NotebookController } from "../controller";
import { paneCommands } from "../panes/commands";
import { findCommands } from "../find/commands";
import { sectionCommands } from "../sections/commands";
import { revisionCommands } from "../revisions/commands";
import { textCommands } from "../text/commands";
import { commentCommands } from "../comments/commands";
import { peopleCommands } from "../people/commands";
import { dockCommands } from "./dock";
import { editCommands } from "./edit";
import { fileCommands } from "./file";
import { insertCommands } from "./insert";
import { needOf } from "./needs";
import { outputCommands } from "./outputs";
import { runtimeCommands } from "./runtime";
import { toolsCommands } from "./tools";
import { viewCommands } from "./view";

/** In words, why this person may not; null: they may. */
function refusal(id: string, { session }: NotebookController): string | null {
  const need = needOf(id);
  return need === null || session.may(need) ? null : strings.share.cannot[need];
}

const all = [
  ...fileCommands,
  ...editCommands,
  ...findCommands,
  ...viewCommands,
  ...outputCommands,
  ...insertCommands,
  ...runtimeCommands,
  ...toolsCommands,
  ...commentCommands,
  ...peopleCommands,
  ...sectionCommands,
  ...textCommands,
  ...dockCommands,
  ...revisionCommands,
  ...paneCommands,
];

export const commands = new Commands<NotebookController>(all, refusal);
