/** The File menu: the notebook as a file. */
import { address } from "../../net/rest";
import { strings } from "../../words";
import { isOpen, type NotebookCommand } from "./command";

const words = strings.commands;

export const fileCommands: readonly NotebookCommand[] = [
  { id: "file.new", title: words.newNotebook, run: ({ files }) => files.create() },
  { id: "file.open", title: words.openNotebook, keys: ["Mod+O"], run: ({ go }) => go("/") },
  { id: "file.locate", title: words.locateNotebook, run: ({ files }) => files.locate() },
  { id: "file.upload", title: words.uploadNotebook, run: ({ files }) => files.upload() },
  { id: "file.openAddress", title: words.openAddress, run: ({ shell }) => shell.openDialog("open-address") },
  { id: "file.insert", title: words.insertFile, when: isOpen, run: ({ files }) => files.insertFile() },
  {
    id: "file.star",
    title: words.star,
    checked: ({ star }) => star.read(),
    run: ({ star }) => star.toggle(),
  },
  { id: "file.rename", title: words.renameNotebook, run: ({ shell }) => shell.openDialog("rename") },
  { id: "file.copy", title: words.copyNotebook, when: isOpen, run: ({ files }) => files.copy() },
  { id: "file.share", title: strings.share.title, run: ({ shell }) => shell.openDialog("share") },
  { id: "file.delete", title: words.deleteNotebook, run: ({ shell }) => shell.openDialog("delete") },
  {
    id: "file.save",
    title: words.save,
    keys: ["Mod+S", "Mod+M S", "Esc S"],
    when: isOpen,
    run: ({ files }) => files.tellSaved(),
  },
  {
    id: "file.download",
    title: words.downloadNotebook,
    run: ({ files, session }) => files.download(address.file(session.notebook)),
  },
  {
    id: "file.downloadScript",
    title: words.downloadScript,
    run: ({ files, session }) => files.download(address.script(session.notebook)),
  },
  { id: "file.downloadHtml", title: words.downloadHtml, run: ({ files }) => files.saveHtml() },
  {
    id: "file.print",
    title: words.print,
    keys: ["Mod+P"],
    when: isOpen,
    run: ({ files, shell }) => files.print(shell),
  },
];
