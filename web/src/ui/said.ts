/** What a refusal says, in the person's language where the code is known. */
import type { Problem } from "../wire/types";
import { strings } from "../words";

export const saidOf = ({ code, title, detail }: Pick<Problem, "code" | "title" | "detail">): string =>
  strings.said[code] ?? [title, detail].filter(Boolean).join(" ");

/** Of a code alone, as it stands in an address. */
export const saidOfCode = (code: string): string => strings.said[code] ?? strings.door.problem(code);
