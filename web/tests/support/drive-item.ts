/** An item of Drive with what a test does not care about filled in. */
import type { Item } from "../../src/net/drive-rest";

export const item = (id: string, part: Partial<Item> = {}): Item => ({
  id,
  kind: "file",
  name: id,
  parent: null,
  size: 1,
  changed_at: "2026-01-01T00:00:00Z",
  version: "v",
  role: "owner",
  owner: { id: "me", name: "Ada" },
  starred: false,
  shared: false,
  running: false,
  live: false,
  opened_at: null,
  binned_at: null,
  ...part,
});
