/** Commands about comments. */
import { strings } from "../../words";
import { hasCell, type NotebookCommand } from "../commands/command";

export const commentCommands: readonly NotebookCommand[] = [
  {
    id: "comment.add",
    title: strings.comments.add,
    keys: ["Mod+Alt+M"],
    when: hasCell,
    run: ({ selection, conversation, shell }) => {
      const { id } = selection.read();
      if (id === null) return;
      conversation.begin(id);
      shell.openPane("comments");
    },
  },
];
