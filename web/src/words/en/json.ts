/** JSON outputs. */
import { plural } from "./plural";

export const json = {
  label: "JSON",
  search: "Find in JSON",
  found: (at: number, of: string) => `${at} of ${of}`,
  copyValue: "Copy value",
  copyPath: "Copy path",
  more: (count: string) => `Show more (${count} left)`,
  keys: (count: number) => `{ ${plural(count, "key", "keys")} }`,
  items: (count: number) => `[ ${plural(count, "item", "items")} ]`,
};
