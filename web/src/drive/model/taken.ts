/** Which of the files to upload meet one of the same name: looked up folder by folder. Knows the server by a port. */
import type { Item, ItemList } from "../../net/drive-rest";

/** Folders of more items are not looked through, nor more folders than this: what meets there gets a number. */
const MOST_PAGES = 10;
const MOST_FOLDERS = 50;

type Children = (folder: string, after: string | null) => Promise<ItemList>;

/** By its path, what is there already. Paths are below `folder`. */
export async function takenBy(
  paths: readonly string[],
  folder: string,
  children: Children,
): Promise<ReadonlyMap<string, Item>> {
  const found = new Map<string, Item>();
  const todo: { id: string; prefix: string; paths: readonly string[] }[] = [{ id: folder, prefix: "", paths }];
  for (let looked = 0; looked < MOST_FOLDERS; looked++) {
    const next = todo.shift();
    if (next === undefined) break;
    const below = new Map<string, string[]>();
    for (const path of next.paths) {
      const [name = ""] = path.slice(next.prefix.length).split("/");
      below.set(name, [...(below.get(name) ?? []), path]);
    }
    for (const item of await named(next.id, new Set(below.keys()), children)) {
      const prefix = `${next.prefix}${item.name}/`;
      const inside = (below.get(item.name) ?? []).filter((path) => path.startsWith(prefix));
      const same = next.prefix + item.name;
      if (item.kind === "folder") todo.push({ id: item.id, prefix, paths: inside });
      else if (below.get(item.name)?.includes(same) === true) found.set(same, item);
    }
  }
  return found;
}

async function named(folder: string, names: ReadonlySet<string>, children: Children): Promise<readonly Item[]> {
  const found: Item[] = [];
  let after: string | null = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const list: ItemList = await children(folder, after);
    found.push(...list.items.filter(({ name }) => names.has(name)));
    ({ after } = list);
    if (after === null || found.length === names.size) break;
  }
  return found;
}
