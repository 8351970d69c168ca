/** What became of an installation, read from the run of its cell. Pure. `%pip` raises nothing when pip fails. */
import type { CellRun } from "../../runs/store";

export type Installation =
  | { readonly t: "none" }
  | { readonly t: "going-on" }
  | { readonly t: "done" }
  | { readonly t: "failed"; readonly why: string };

export function installationOf({ current, outputs }: Pick<CellRun, "current" | "outputs">): Installation {
  if (current === null) return { t: "none" };
  if (current.state === "queued" || current.state === "running") return { t: "going-on" };
  const said = (outputs?.outputs ?? [])
    .map((output) => (output.t === "stream" ? output.text + output.tail + output.text_end : ""))
    .join("\n");
  // First: pip also says ERROR of what it installed all the same.
  if (current.state === "ok" && /Successfully installed|Requirement already satisfied/.test(said)) return { t: "done" };
  // On a terminal, as `%pip` has one, pip says it in red.
  const why =
    /^(?:.\[[\d;]*m)?ERROR: (.+)$/m.exec(said)?.[1]?.split("\u001b")[0] ??
    /No module named pip/.exec(said)?.[0] ??
    current.cause?.message ??
    "";
  return { t: "failed", why: why.trim() };
}
