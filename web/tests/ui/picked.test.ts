import { expect, test } from "vitest";

import { fromDrop } from "../../src/ui/picked";

type Tree = { readonly [name: string]: Tree | string };

/** A folder that gives its entries two at a time, as browsers give a hundred. */
function entryOf(name: string, inside: Tree | string): FileSystemEntry {
  if (typeof inside === "string") {
    const give = (done: (file: File) => void) => done(new File([inside], name));
    return { name, isFile: true, isDirectory: false, file: give } as unknown as FileSystemEntry;
  }
  const createReader = () => {
    const left = Object.entries(inside).map(([below, tree]) => entryOf(below, tree));
    return { readEntries: (done: (some: FileSystemEntry[]) => void) => done(left.splice(0, 2)) };
  };
  return { name, isFile: false, isDirectory: true, createReader } as unknown as FileSystemEntry;
}

const dropped = (tree: Tree, loose: readonly File[] = []) =>
  ({
    items: [
      ...Object.entries(tree).map(([name, inside]) => ({ webkitGetAsEntry: () => entryOf(name, inside) })),
      ...loose.map((file) => ({ webkitGetAsEntry: () => null, getAsFile: () => file })),
    ],
  }) as unknown as DataTransfer;

test("a dropped folder is walked to its end", async () => {
  const tree = { runs: { a: "1", b: "2", c: "3", deep: { d: "4", none: {} } }, top: "5" };
  const { files, folders } = await fromDrop(dropped(tree));
  expect(files.map(({ path }) => path).sort()).toEqual(["runs/a", "runs/b", "runs/c", "runs/deep/d", "top"]);
  expect(folders).toEqual(["runs", "runs/deep", "runs/deep/none"]);
});

test("what lies on no disk comes as it is", async () => {
  const { files, folders } = await fromDrop(dropped({}, [new File(["x"], "image.png")]));
  expect(files.map(({ path }) => path)).toEqual(["image.png"]);
  expect(folders).toEqual([]);
});
