/** Outputs of cells. */
import { plural } from "./plural";

export const output = {
  label: "Output",
  omitted: (count: string) => `${count} characters are not shown here`,
  fullLog: (size: string) => `Show full log (${size})`,
  earlierFrames: (count: number) => `Show ${plural(count, "earlier frame", "earlier frames")}`,
  loading: "Loading output",
  failed: "This output could not be loaded",
  image: "Image output",
  frame: "Rich output",
  missingPackage: (name: string) => `The package is not installed in this runtime. Run %pip install ${name} in a cell.`,
  promptText: "Answer",
  promptPassword: "Password",
  promptSend: "Send",
  promptWaits: "This cell waits for your answer",
  large: (size: string) => `Open this output (${size})`,
};
