/** The menus of the top bar: ids of commands in groups. A group with a title is a submenu. */
import { strings } from "../../words";

export interface Submenu {
  readonly title: string;
  readonly items: readonly string[];
}

export interface Menu {
  readonly id: string;
  readonly title: string;
  readonly groups: readonly (readonly (string | Submenu)[])[];
}

const words = strings.menus;

export const menus: readonly Menu[] = [
  {
    id: "file",
    title: words.file,
    groups: [
      ["file.new", "file.open", "file.locate", "file.openAddress", "file.upload", "file.insert"],
      ["file.rename", "file.star", "file.copy", "file.share", "file.delete"],
      ["file.save", "file.pinRevision", "file.revisions"],
      [{ title: words.downloadAs, items: ["file.download", "file.downloadScript", "file.downloadHtml"] }, "file.print"],
    ],
  },
  {
    id: "edit",
    title: words.edit,
    groups: [
      ["edit.undo", "edit.redo"],
      ["edit.findInCell"],
      ["edit.cut", "edit.copy", "edit.paste", "edit.pasteAbove", "cell.delete", "edit.selectAll"],
      ["cell.moveUp", "cell.moveDown", "cell.split", "cell.merge", "cell.mergeAbove"],
      [
        { title: words.cellType, items: ["cell.toCode", "cell.toText", "cell.toRaw"] },
        { title: words.heading, items: [1, 2, 3, 4, 5, 6].map((level) => `cell.heading${level}`) },
        "cell.link",
        "cell.tags",
        "notebook.metadata",
      ],
      ["find.open", "find.next", "find.previous"],
      ["edit.clearCell", "edit.clearAll"],
    ],
  },
  {
    id: "view",
    title: words.view,
    groups: [
      ["view.running", "view.toggleCode"],
      ["pane.comments", "people.follow", "people.stopFollowing"],
      ["pane.variables", "pane.executed"],
      ["section.toggle", "section.foldAll", "section.openAll"],
      ["form.both", "form.form", "form.code"],
      ["view.lineNumbers", "view.foldAll", "view.unfoldAll", "view.fullWidth"],
      [{ title: words.outputs, items: ["output.hide", "output.scroll", "output.fullScreen", "output.log"] }],
      [{ title: words.theme, items: ["view.themeSystem", "view.themeLight", "view.themeDark"] }],
    ],
  },
  {
    id: "insert",
    title: words.insert,
    groups: [
      ["insert.codeBelow", "insert.codeAbove"],
      ["insert.textBelow", "insert.textAbove", "insert.section", "insert.raw"],
      ["comment.add"],
    ],
  },
  {
    id: "runtime",
    title: words.runtime,
    groups: [
      ["run.all", "run.before", "run.cell", "run.selection", "run.after", "section.run"],
      ["kernel.interrupt", "run.cancelAll", "kernel.restart", "kernel.restartRunAll"],
      ["runtime.connect", "runtime.disconnect", "pane.runtime"],
    ],
  },
  {
    id: "tools",
    title: words.tools,
    groups: [
      ["tools.palette"],
      ["tools.compare"],
      ["terminal.open", "terminal.new"],
      ["tools.settings", "tools.shortcuts"],
    ],
  },
  { id: "help", title: words.help, groups: [["tools.shortcuts", "help.about"]] },
];
