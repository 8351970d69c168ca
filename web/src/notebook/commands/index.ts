/** All commands of the notebook page. A part with commands of its own adds its list here, and its ids to menus.ts. */
import { Commands } from "../../commands/command";
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
import { outputCommands } from "./outputs";
import { runtimeCommands } from "./runtime";
import { toolsCommands } from "./tools";
import { viewCommands } from "./view";

export const commands = new Commands<NotebookController>([
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
]);
