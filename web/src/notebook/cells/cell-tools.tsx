/** The tools of one cell: they come on hover or focus, and move nothing. The rest is one menu away. */
import { ArrowDown, ArrowUp, EllipsisVertical, Eraser, GripVertical, Pencil, Trash2 } from "lucide-react";

import type { CellFacts } from "../../doc/layout";
import { IconButton } from "../../ui/button";
import { Menu, type MenuGroups } from "../../ui/menu";
import { strings } from "../../words";
import { commands } from "../commands";
import { useBook, useCellRun, useController } from "../context";
import type { NotebookController } from "../controller";
import { commandItem } from "../page/menu-bar";
import { startDrag } from "./drag";

const words = strings.cell;

/** What the menu of a cell offers, by the ids of commands; they act on the selection, so it is made the cell's first. */
const MENU: readonly (readonly string[])[] = [
  ["edit.cut", "edit.copy", "edit.paste"],
  ["cell.split", "cell.merge", "cell.mergeAbove"],
  ["cell.toCode", "cell.toText", "cell.toRaw"],
  ["view.toggleCode", "comment.add", "cell.link", "cell.tags"],
  ["run.before", "run.after"],
];

function menuOf(controller: NotebookController, id: string): MenuGroups {
  const { selection } = controller;
  return MENU.map((group) =>
    group.map((command) => {
      const run = () => {
        if (!selection.read().ids.has(id)) selection.select(id);
        commands.run(command, controller);
      };
      return { ...commandItem(controller, command), disabled: false, run };
    }),
  );
}

export function CellTools({ cell }: { readonly cell: CellFacts }) {
  const controller = useController();
  const editable = useBook() !== null;
  const hasOutputs = (useCellRun(cell.id).outputs?.outputs.length ?? 0) > 0;
  const { selection, structure, running } = controller;
  const { id, type } = cell;
  const alone = (act: () => void) => () => {
    if (!selection.read().ids.has(id)) selection.select(id);
    act();
  };
  return (
    <div className="cell-tools" role="toolbar" aria-label={words.tools} hidden={!editable}>
      {type === "markdown" && (
        <IconButton icon={Pencil} label={words.edit} shortcut="Enter" onClick={() => selection.select(id, "edit")} />
      )}
      {type === "code" && hasOutputs && (
        <IconButton icon={Eraser} label={words.clear} onClick={() => running.clear([id])} />
      )}
      <IconButton icon={ArrowUp} label={words.moveUp} onClick={alone(() => structure.moveBy(-1))} />
      <IconButton icon={ArrowDown} label={words.moveDown} onClick={alone(() => structure.moveBy(1))} />
      <span
        className="drag-handle"
        title={words.drag}
        draggable
        onDragStart={(event) => startDrag(event, controller, id)}
      >
        <GripVertical aria-hidden />
      </span>
      <IconButton icon={Trash2} label={words.remove} shortcut="d d" onClick={alone(() => structure.delete())} />
      <Menu icon={EllipsisVertical} label={words.more} groups={menuOf(controller, id)} />
    </div>
  );
}
