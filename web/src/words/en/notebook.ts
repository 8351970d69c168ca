/** The notebook page as a whole. */
import { plural } from "./plural";
import { MOD } from "../../platform";

export const notebook = {
  back: "All notebooks",
  mendFile: "Nothing was changed in the file. Download it, mend it, and upload it again in its place.",
  titleLabel: "Notebook name",
  untitled: "Untitled",
  loading: "Opening the notebook",
  late: "Opening the notebook. The server has not answered yet; this page goes on trying.",
  cells: "Cells",
  addCode: "Code",
  addText: "Text",
  addCodeLabel: "Add code cell",
  addTextLabel: "Add text cell",
  runAll: "Run all",
  interrupt: "Interrupt",
  restart: "Restart",
  more: "More",
  tools: "Notebook tools",
  download: "Download .ipynb",
  clearAll: "Clear all outputs",
  restartTitle: "Restart the kernel?",
  restartDetail: (running: boolean, waiting: number) =>
    [
      "All variables are lost. Outputs and files stay.",
      running ? "The cell that runs now is stopped." : "",
      waiting > 0 ? `${plural(waiting, "waiting cell does", "waiting cells do")} not run.` : "",
    ]
      .filter(Boolean)
      .join(" "),
  hints: [
    `${MOD}Enter runs the cell`,
    "Shift+Enter runs it and goes on",
    "Esc, then a or b, adds a cell above or below",
  ],
  gone: "This notebook cannot be opened",
};
