/**
 * Help for who writes code, from the kernel: of what one asks again, only the newest is answered. The kernel answers who may
 * run, and nobody else asks it. Plain TypeScript.
 */
import type { Session } from "../../session/session";
import type { Completions } from "../../wire/types";
import type { CodeHelp } from "../editor/help/help";
import type { Inspection } from "../editor/help/tip";

export function codeHelpOf(session: Session): CodeHelp {
  return {
    complete: async (code, cursor): Promise<Completions | null> => {
      if (!session.may("run")) return null;
      const told = await session.ask({ t: "complete", code, cursor }, "complete");
      return told.t === "told" ? told.answer : null;
    },
    inspect: async (code, cursor, detail): Promise<Inspection | null> => {
      if (!session.may("run")) return null;
      const told = await session.ask({ t: "inspect", code, cursor, detail }, "inspect");
      if (told.t === "superseded") return null;
      return told.t === "told" ? { t: "found", found: told.answer } : { t: "problem", problem: told.problem };
    },
  };
}
