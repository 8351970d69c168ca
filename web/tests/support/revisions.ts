/** Revisions and cells of them, with what a test does not care about filled in. */
import type { CellThen, RevisionInfo } from "../../src/net/revisions-rest";

export const revision = (part: Partial<RevisionInfo>): RevisionInfo => ({
  id: "r",
  at: "2026-03-01T12:00:00Z",
  kind: "automatic",
  by: "",
  authors: [],
  cells: 1,
  size: 100,
  name: null,
  ...part,
});

export const cellThen = (id: string, source = id, part: Partial<CellThen> = {}): CellThen => ({
  id,
  type: "code",
  source,
  ...part,
});
