import { expect, test } from "vitest";

import { ProblemError } from "../../../src/net/rest";
import type { FileInfo, FileList } from "../../../src/net/runtime-rest";
import { canBeName, freeName, isPicture, shownName } from "../../../src/notebook/model/file-names";
import { FileTree } from "../../../src/notebook/model/file-tree";
import { decodeText, encodeText } from "../../../src/notebook/model/text-file";

const entry = (path: string, kind: FileInfo["kind"] = "file"): FileInfo => ({
  path,
  name: path.slice(path.lastIndexOf("/") + 1),
  kind,
  size: 1,
  modified_at: "",
  version: "1",
  link: false,
});

/** Two entries a page. Answers when it is told to. */
class Disk {
  readonly folders = new Map<string, FileInfo[]>([["", []]]);
  readonly waiting: (() => void)[] = [];
  slow = false;
  readonly tree = new FileTree({ list: (path, after) => this.list(path, after) });

  private async list(path: string, after: string): Promise<FileList> {
    if (this.slow) await new Promise<void>((go) => this.waiting.push(go));
    const all = this.folders.get(path);
    if (all === undefined) {
      throw new ProblemError({ code: "file-not-found", title: "Gone.", detail: "", status: 404 });
    }
    const start = after === "" ? 0 : Number(after);
    const end = Math.min(all.length, start + 2);
    return {
      files: all.slice(start, end),
      next: end < all.length ? String(end) : "",
      cut: false,
      disk_total_bytes: 100,
      disk_free_bytes: 40,
    };
  }

  names(path = ""): string[] {
    return (
      this.tree
        .read()
        .folders.get(path)
        ?.entries.map(({ name }) => name) ?? []
    );
  }
}

const settled = async () => {
  for (let n = 0; n < 20; n++) await Promise.resolve();
};

test("a long folder comes page by page, and a refresh brings as much as was shown", async () => {
  const disk = new Disk();
  disk.folders.set(
    "",
    ["a", "b", "c", "d", "e"].map((name) => entry(name)),
  );
  await disk.tree.refresh();
  expect(disk.names()).toEqual(["a", "b"]);
  expect(disk.tree.read().disk).toEqual({ total: 100, free: 40 });
  await disk.tree.more("");
  expect(disk.names()).toEqual(["a", "b", "c", "d"]);
  disk.folders.set(
    "",
    ["a", "x", "c", "d", "e"].map((name) => entry(name)),
  );
  await disk.tree.refresh();
  expect(disk.names()).toEqual(["a", "x", "c", "d"]);
});

test("an answer that is overtaken by a newer question is dropped", async () => {
  const disk = new Disk();
  disk.slow = true;
  disk.folders.set("", [entry("old")]);
  const first = disk.tree.refresh();
  const second = disk.tree.refresh();
  const [answerFirst, answerSecond] = disk.waiting.splice(0);
  disk.folders.set("", [entry("new")]);
  answerSecond?.();
  await settled();
  disk.folders.set("", [entry("late")]);
  answerFirst?.();
  await Promise.all([first, second]);
  expect(disk.names()).toEqual(["new"]);
});

test("a folder that is gone leaves the tree, with all that was below it", async () => {
  const disk = new Disk();
  disk.folders.set("", [entry("data", "folder")]);
  disk.folders.set("data", [entry("data/deep", "folder")]);
  disk.folders.set("data/deep", [entry("data/deep/x")]);
  await disk.tree.refresh();
  disk.tree.expand("data");
  disk.tree.expand("data/deep");
  await settled();
  expect(disk.names("data/deep")).toEqual(["x"]);
  disk.folders.delete("data");
  disk.folders.delete("data/deep");
  disk.folders.set("", []);
  await disk.tree.refresh();
  await settled();
  expect([...disk.tree.read().folders.keys()]).toEqual([""]);
  expect([...disk.tree.read().expanded]).toEqual([]);
  expect(disk.names()).toEqual([]);
});

test("a problem is told, and what was there stays", async () => {
  const disk = new Disk();
  disk.folders.set("", [entry("a")]);
  await disk.tree.refresh();
  disk.folders.clear();
  await disk.tree.refresh();
  expect(disk.tree.read().folders.get("")).toMatchObject({ problem: { code: "file-not-found" }, loading: false });
  expect(disk.names()).toEqual(["a"]);
});

test("names show what cannot be seen in them", () => {
  expect(shownName("plain ü 漢字 🌙.txt")).toBe("plain ü 漢字 🌙.txt");
  expect(shownName("caf\uf7e9")).toBe("caf\\xe9");
  expect(shownName("photo\u202egnp.exe")).toBe("photo\\u{202e}gnp.exe");
  expect(shownName("a\nb\u200b\u0007")).toBe("a\\u{000a}b\\u{200b}\\u{0007}");
});

test("what can be a name, and which one is free", () => {
  expect(["a", ".env", "a b"].every(canBeName)).toBe(true);
  expect(["", ".", "..", "a/b", "a\0"].some(canBeName)).toBe(false);
  expect(freeName("a.txt", new Set())).toBe("a.txt");
  expect(freeName("a.txt", new Set(["a.txt", "a (2).txt"]))).toBe("a (3).txt");
  expect(freeName(".env", new Set([".env"]))).toBe(".env (2)");
  expect([isPicture("A.PNG"), isPicture("a.svg"), isPicture("png"), isPicture("a.html")]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test("text keeps its bytes, and what is no text is not taken for it", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  for (const text of ["", "one", "a\nb\n", "a\r\nb\r\n", "mixed\r\nends\n", "lone\rcr", "\ufeffmarked\r\nü\r\n"]) {
    const file = decodeText(bytes(text));
    expect(file).not.toBeNull();
    if (file === null) continue;
    const lines = file.text.split(file.lineEnd);
    expect(bytes(encodeText(lines, file))).toEqual(bytes(text));
  }
  expect(decodeText(Uint8Array.from([0x66, 0xff]))).toBeNull();
  expect(decodeText(Uint8Array.from([0x50, 0x4b, 0x03, 0x04, 0x00]))).toBeNull();
});
