/** The Insert menu. */
import { strings } from "../../words";
import { isOpen, type NotebookCommand } from "./command";

const words = strings.commands;

export const insertCommands: readonly NotebookCommand[] = [
  {
    id: "insert.codeBelow",
    title: words.codeBelow,
    keys: ["Mod+M B"],
    when: isOpen,
    run: ({ structure }) => void structure.insertBeside("code", "below"),
  },
  {
    id: "insert.codeAbove",
    title: words.codeAbove,
    keys: ["Mod+M A"],
    when: isOpen,
    run: ({ structure }) => void structure.insertBeside("code", "above"),
  },
  {
    id: "insert.emptyBelow",
    title: words.emptyBelow,
    keys: ["Esc B"],
    when: isOpen,
    run: ({ structure }) => void structure.insertBeside("code", "below", "", "command"),
  },
  {
    id: "insert.emptyAbove",
    title: words.emptyAbove,
    keys: ["Esc A"],
    when: isOpen,
    run: ({ structure }) => void structure.insertBeside("code", "above", "", "command"),
  },
  {
    id: "insert.textBelow",
    title: words.textBelow,
    keys: ["Mod+M T"],
    when: isOpen,
    run: ({ structure }) => void structure.insertBeside("markdown", "below"),
  },
  {
    id: "insert.textAbove",
    title: words.textAbove,
    when: isOpen,
    run: ({ structure }) => void structure.insertBeside("markdown", "above"),
  },
  {
    id: "insert.section",
    title: words.section,
    when: isOpen,
    run: ({ structure }) => void structure.insertBeside("markdown", "below", `# ${words.newSection}`),
  },
  {
    id: "insert.raw",
    title: words.raw,
    when: isOpen,
    run: ({ structure }) => void structure.insertBeside("raw", "below"),
  },
];
