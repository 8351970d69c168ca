import { createHash } from "node:crypto";

import { expect, test } from "vitest";

import { Desk } from "../../../src/drive/model/desk";
import { CHECKED_BYTES, Uploading } from "../../../src/drive/model/uploading";
import { DriveRest, driveAddress, type DriveUpload } from "../../../src/net/drive-rest";
import { ProblemError, Rest, UNREACHABLE } from "../../../src/net/rest";
import type { Problem } from "../../../src/wire/types";
import { ManualClock } from "../../support/clock";
import { DriveServer } from "../../support/drive-server";

const file = (text: string, name = "f") => new File([text], name);

function world() {
  const server = new DriveServer();
  const rest = new Rest(server.ports());
  const desk = new Desk(new DriveRest(rest));
  const clock = new ManualClock();
  const complaints: Problem[] = [];
  /** Of the next pieces, so many bytes arrive before the connection breaks. */
  const breaks: number[] = [];
  let ids = 0;
  const send = (id: string, offset: number, piece: Blob) => {
    const broken = breaks.shift();
    const sent = piece.slice(0, broken);
    const done = rest.json<DriveUpload>("PATCH", driveAddress.piece(id, offset).replace("/api/v1", ""), sent);
    if (broken === undefined) return { done, abort: () => undefined };
    return { done: done.then(() => Promise.reject(new ProblemError(UNREACHABLE))), abort: () => undefined };
  };
  const uploading = new Uploading(
    desk,
    {
      send,
      sha256: async (content) =>
        createHash("sha256")
          .update(new Uint8Array(await content.arrayBuffer()))
          .digest("hex"),
      timers: clock,
      random: () => 0.5,
      newId: () => `u${++ids}`,
    },
    { complain: (problem) => complaints.push(problem) },
  );
  const states = () => uploading.queue.read().map(({ state }) => state.t);
  const textOf = (name: string) => {
    const found = [...server.items.values()].find(({ item }) => item.name === name);
    return found === undefined ? null : new TextDecoder().decode(found.content);
  };
  return { server, desk, uploading, clock, breaks, complaints, states, textOf };
}

const settled = async () => {
  for (let turn = 0; turn < 12; turn++) await new Promise((resolve) => setTimeout(resolve));
};

test("files arrive with a checksum, and are shown where they go", async () => {
  const { server, desk, uploading, states, textOf } = world();
  desk.open({ t: "folder", id: "root" });
  await settled();
  await uploading.add({ files: [{ path: "a.txt", content: file("hello") }], folders: [] }, "root");
  await settled();
  expect(states()).toEqual(["done"]);
  expect(textOf("a.txt")).toBe("hello");
  expect(server.uploads.get("u1")?.start).toEqual({
    upload: "u1",
    name: "a.txt",
    size: 5,
    sha256: createHash("sha256").update("hello").digest("hex"),
  });
  expect(desk.items.map(({ name }) => name)).toEqual(["a.txt"]);
});

test("a large file goes without a checksum", async () => {
  const { server, uploading } = world();
  const content = Object.defineProperty(file(""), "size", { value: CHECKED_BYTES });
  await uploading.add({ files: [{ path: "big", content }], folders: [] }, "root");
  await settled();
  expect(server.uploads.get("u1")?.start.sha256).toBeUndefined();
});

test("after a break it goes on where it stands", async () => {
  const { uploading, breaks, clock, states, textOf } = world();
  breaks.push(3);
  await uploading.add({ files: [{ path: "a", content: file("0123456789") }], folders: [] }, "root");
  await settled();
  expect(states()).toEqual(["paused"]);
  clock.advance(5_000);
  await settled();
  expect(states()).toEqual(["done"]);
  expect(textOf("a")).toBe("0123456789");
});

test("three go at once", async () => {
  const { uploading, states } = world();
  const files = ["a", "b", "c", "d", "e"].map((path) => ({ path, content: file(path) }));
  const adding = uploading.add({ files, folders: [] }, "root");
  await adding;
  expect(states().filter((state) => state === "sending")).toHaveLength(3);
  await settled();
  expect(states()).toEqual(["done", "done", "done", "done", "done"]);
});

test("a folder brings its folders with it, one without files too", async () => {
  const { server, uploading } = world();
  const files = [
    { path: "runs/one/a", content: file("1") },
    { path: "runs/two/b", content: file("2") },
  ];
  await uploading.add({ files, folders: ["runs", "runs/one", "runs/two", "bare", "bare/in"] }, "root");
  await settled();
  const [bare, runs] = [...server.childrenOf(null)].sort((a, b) => a.name.localeCompare(b.name));
  expect([bare?.name, runs?.name]).toEqual(["bare", "runs"]);
  expect(server.childrenOf(bare?.id ?? "").map(({ name }) => name)).toEqual(["in"]);
  expect(server.childrenOf(runs?.id ?? "").map(({ name }) => name)).toEqual(["one", "two"]);
});

test.each([
  ["both", ["a.txt", "a (2).txt"], "old"],
  ["replace", ["a.txt"], "new"],
  ["skip", ["a.txt"], "old"],
] as const)("a name that is taken is asked about: %s", async (answer, names, content) => {
  const { server, desk, uploading, textOf } = world();
  server.add("a.txt", {}, "old");
  await uploading.add(
    {
      files: [
        { path: "a.txt", content: file("new") },
        { path: "b", content: file("b") },
      ],
      folders: [],
    },
    "root",
  );
  await settled();
  const question = desk.question.read();
  if (question?.t !== "taken") throw new Error("nothing was asked");
  expect(question.names).toEqual(["a.txt"]);
  question.answer(answer);
  await settled();
  expect(
    server
      .childrenOf(null)
      .map(({ name }) => name)
      .filter((name) => name !== "b"),
  ).toEqual(names);
  expect(textOf("a.txt")).toBe(content);
});

test("a name that is taken deep in a folder is found, and a folder of a file's name is none", async () => {
  const { server, desk, uploading } = world();
  const runs = server.folder("runs");
  server.add("a", { parent: runs.id }, "old");
  server.folder("b", runs.id);
  const files = ["runs/a", "runs/b", "runs/c"].map((path) => ({ path, content: file(path) }));
  await uploading.add({ files, folders: ["runs"] }, "root");
  const question = desk.question.read();
  expect(question?.t === "taken" && question.names).toEqual(["runs/a"]);
});

test("a full Drive waits for a person, and goes on when there is room", async () => {
  const { server, uploading, clock, states } = world();
  server.quota = 3;
  await uploading.add({ files: [{ path: "a", content: file("12345") }], folders: [] }, "root");
  await settled();
  clock.advance(60_000);
  await settled();
  expect(states()).toEqual(["paused"]);
  server.quota = null;
  uploading.queue.resume("u1");
  await settled();
  expect(states()).toEqual(["done"]);
});

test("what cannot be looked up is told, and nothing is sent", async () => {
  const { server, uploading, complaints } = world();
  server.away = true;
  await uploading.add({ files: [{ path: "a", content: file("1") }], folders: [] }, "root");
  expect(complaints).toEqual([UNREACHABLE]);
  expect(uploading.queue.read()).toEqual([]);
});
