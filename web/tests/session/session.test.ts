import { beforeEach, expect, test } from "vitest";
import * as Y from "yjs";

import { NotebookDoc } from "../../src/doc/notebook-doc";
import { LIMITS } from "../../src/wire/types";
import type { ManualClock } from "../support/clock";
import { type MemoryServer, settle } from "../support/server";
import { Bench, type MemoryKeep, shown, type } from "../support/session";
import { cellOutputs, execution } from "../support/values";

let bench: Bench;
let server: MemoryServer;
let clock: ManualClock;
let keep: MemoryKeep;

beforeEach(() => {
  bench = new Bench();
  ({ server, clock, keep } = bench);
});

const open = () => bench.open();
const reconnect = () => bench.reconnect();
const serverText = () => bench.serverText();

test("a first visit takes the document and the run state from the server", async () => {
  const session = await open();
  expect(session.status()).toMatchObject({ joined: true, unsaved: 0, user: "ada" });
  expect(shown(session)).toBe("print(1)");
  expect(session.runs.rev).toBe(0);
  expect(server.frames("update")).toEqual([]);
});

test("changes count as saved only when the server says that they are durable", async () => {
  server.durable = false;
  const session = await open();
  type(session, "x");
  type(session, "y");
  expect(serverText()).toBe("yxprint(1)");
  expect(session.status().unsaved).toBe(2);
  server.send({ t: "durable", n: 1 });
  expect(session.status().unsaved).toBe(1);
  server.send({ t: "durable", n: 2 });
  expect(session.status().unsaved).toBe(0);
});

test("edits made while the connection is down reach the server after it, once, and are saved then", async () => {
  const session = await open();
  server.cut();
  type(session, "offline ");
  session.status().book?.insert("c2", "markdown", 1, "new");
  expect(session.status()).toMatchObject({ joined: false, unsaved: 2 });
  await reconnect();
  expect(serverText()).toBe("offline print(1)");
  expect(new NotebookDoc(server.doc).order()).toEqual(["c1", "c2"]);
  expect(server.frames("update").map(({ n }) => n)).toEqual([1]);
  expect(session.status()).toMatchObject({ joined: true, unsaved: 0 });
});

test("a deletion that the server never confirmed is sent again, though it moves no state vector", async () => {
  server.durable = false;
  const session = await open();
  const before = new Y.Doc();
  Y.applyUpdate(before, Y.encodeStateAsUpdate(server.doc));
  session.status().book?.delete(["c1"]);
  server.cut();
  server.doc = before;
  server.durable = true;
  await reconnect();
  expect(new NotebookDoc(server.doc).order()).toEqual([]);
  expect(session.status().unsaved).toBe(0);
});

test("a deletion by another page that the server died of before it was durable is brought back", async () => {
  const session = await open();
  const before = new Y.Doc();
  Y.applyUpdate(before, Y.encodeStateAsUpdate(server.doc));
  const peer = new Y.Doc();
  Y.applyUpdate(peer, Y.encodeStateAsUpdate(server.doc));
  peer.on("update", (update: Uint8Array) => server.send({ t: "peer", update }));
  new NotebookDoc(peer).delete(["c1"]);
  server.cut();
  server.doc = before;
  await reconnect();
  expect(new NotebookDoc(server.doc).order()).toEqual([]);
  server.cut();
  const said = server.frames("update").length;
  await reconnect();
  expect(server.frames("update")).toHaveLength(said);
  expect(session.status().unsaved).toBe(0);
});

test("an edit that the server lost before it was durable is sent again", async () => {
  server.durable = false;
  const session = await open();
  const before = new Y.Doc();
  Y.applyUpdate(before, Y.encodeStateAsUpdate(server.doc));
  type(session, "kept ");
  server.cut();
  server.doc = before;
  server.durable = true;
  await reconnect();
  expect(serverText()).toBe("kept print(1)");
  expect(session.status().unsaved).toBe(0);
});

test("an edit always leaves before the run that was pressed after it", async () => {
  const session = await open();
  type(session, "x");
  await session.run(["c1"]);
  expect(server.heard.map(({ t }) => t)).toEqual(["open", "update", "run"]);
});

test("a run without an answer is said again with the same ids, after the edits that were made before it", async () => {
  server.answers = false;
  const session = await open();
  const reply = session.run(["c1"]);
  expect(session.status().sending).toEqual(new Set(["c1"]));
  server.cut();
  type(session, "later ");
  server.answers = true;
  await reconnect();
  expect(await reply).toBeNull();
  const [first, second] = server.frames("run");
  expect(second).toEqual(first);
  expect(server.heard.map(({ t }) => t)).toEqual(["open", "run", "open", "update", "run"]);
  expect(session.status().sending.size).toBe(0);
});

test("a run pressed offline can be taken back, and is then never sent", async () => {
  const session = await open();
  server.cut();
  const reply = session.run(["c1"]);
  await session.cancel("c1");
  expect(await reply).toBeNull();
  await reconnect();
  expect(server.frames("run")).toEqual([]);
});

test("operations are resumed by revision after a break", async () => {
  const session = await open();
  server.ops([{ t: "execution", execution: execution({ id: "x1", state: "running" }) }]);
  expect(session.runs.cell("c1").current?.state).toBe("running");
  server.cut();
  await reconnect();
  expect(server.frames("open").map(({ rev }) => rev)).toEqual([null, 1]);
  expect(session.runs.rev).toBe(1);
});

test("operations that do not follow are not applied: the run state is asked for anew", async () => {
  const session = await open();
  server.snapshot = { ...server.snapshot, executions: [execution({ id: "x9", state: "ok" })] };
  server.rev = 7;
  server.send({ t: "ops", from_rev: 6, rev: 7, ops: [{ t: "clear", cell_id: "c1", execution_id: null }] });
  await settle();
  expect(server.frames("open").at(-1)?.rev).toBeNull();
  expect(session.runs.rev).toBe(7);
  expect(session.runs.cell("c1").current?.id).toBe("x9");
});

test("outputs that were left out are asked for together, once, and again after a break", async () => {
  server.snapshot = {
    ...server.snapshot,
    cells: [cellOutputs({ complete: false }), cellOutputs({ cell_id: "c2", complete: false })],
  };
  const session = await open();
  session.need("c1");
  session.need("c2");
  session.need("c1");
  await settle();
  expect(server.frames("need").map(({ cell_ids }) => cell_ids)).toEqual([["c1", "c2"]]);
  server.cut();
  await reconnect();
  expect(server.frames("need").at(-1)?.cell_ids).toEqual(["c1", "c2"]);
  server.send({ t: "outputs", rev: 0, cells: [cellOutputs({ outputs: [] })] });
  expect(session.runs.cell("c1").outputs?.complete).toBe(true);
});

test("another epoch is never merged: unsaved edits are put aside, and the new document is shown alone", async () => {
  const session = await open();
  server.cut();
  type(session, "mine ");
  server.replaceDocument("e2");
  new NotebookDoc(server.doc).insert("n1", "code", 0, "restored");
  await reconnect();
  const { book, aside, unsaved } = session.status();
  expect(book?.order()).toEqual(["n1"]);
  expect(unsaved).toBe(0);
  expect(aside?.book.cell("c1")?.source.toJSON()).toBe("mine print(1)");
  expect(new NotebookDoc(server.doc).order()).toEqual(["n1"]);
  session.forgetAside();
  expect(session.status().aside).toBeNull();
});

test("another epoch takes nothing aside when all was saved", async () => {
  const session = await open();
  type(session, "saved ");
  server.replaceDocument("e2");
  server.send({ t: "epoch", epoch: "e2" });
  await settle();
  expect(session.status()).toMatchObject({ joined: true, aside: null });
  expect(session.status().book?.order()).toEqual([]);
});

test("edits made offline outlive a reload: the kept copy is shown at once and sent when there is a server", async () => {
  const first = await open();
  server.cut();
  server.reachable = false;
  type(first, "before reload ");
  first.stop();
  const second = await open();
  expect(shown(second)).toBe("before reload print(1)");
  expect(second.status().unsaved).toBeGreaterThan(0);
  server.reachable = true;
  await reconnect();
  expect(serverText()).toBe("before reload print(1)");
  expect(second.status().unsaved).toBe(0);
  expect(keep.kept?.unsaved).toEqual([]);
});

test("what was written offline and is too much for one update is sent after a reload in several, and arrives whole", async () => {
  const first = await open();
  server.cut();
  server.reachable = false;
  const pasted = "x".repeat(400_000);
  for (let count = 0; count < 4; count += 1) type(first, pasted);
  first.stop();
  const second = await open();
  server.reachable = true;
  await reconnect();
  expect(serverText()).toBe(`${pasted.repeat(4)}print(1)`);
  expect(server.frames("update")).toHaveLength(4);
  for (const { update } of server.frames("update")) expect(update.length).toBeLessThan(LIMITS.UPDATE_BYTES);
  expect(second.status().unsaved).toBe(0);
});

test("a socket that went silent is found out and replaced", async () => {
  const session = await open();
  const deaf = server.dialled;
  server.receive = () => undefined;
  clock.advance(40_000);
  expect(server.dialled).toBeGreaterThan(deaf);
  expect(session.status().joined).toBe(false);
});

test("a quiet socket that answers the probe stays", async () => {
  const session = await open();
  clock.advance(300_000);
  expect(server.dialled).toBe(1);
  expect(server.frames("ping").length).toBeGreaterThan(5);
  expect(session.status().joined).toBe(true);
});

test("a page that comes back into sight connects at once", async () => {
  const session = await open();
  server.reachable = false;
  server.cut();
  clock.advance(60_000);
  await settle();
  server.reachable = true;
  session.wake();
  await settle();
  expect(session.status().joined).toBe(true);
});

test("an update larger than the server takes ends the tries, with the reason shown and the edit kept", async () => {
  const session = await open();
  server.durable = false;
  type(session, "too large");
  server.cut(4400, "update-too-large: An update may have 1 MB");
  expect(session.status().phase).toMatchObject({ t: "refused" });
  expect(session.status().unsaved).toBe(1);
  expect(keep.kept?.unsaved).toHaveLength(1);
});

test("the kernel is asked and answers; a refusal of an ask is no reply to a command", async () => {
  const session = await open();
  const told = session.ask({ t: "inspect", code: "x", cursor: 1, detail: 0 });
  const refused = session.ask({ t: "variables" });
  await settle();
  const [first, second] = server.frames("ask");
  server.send({ t: "answer", id: first?.id, answer: { t: "inspected", found: true, data: { "text/plain": "int" } } });
  server.send({ t: "failed", id: second?.id, problem: { code: "no-runtime", title: "This notebook has no runtime." } });
  expect(await told).toEqual({
    t: "told",
    answer: { t: "inspected", found: true, data: { "text/plain": "int" } },
  });
  expect(await refused).toMatchObject({ t: "refused", problem: { code: "no-runtime" } });
});

test("an ask is lost with its connection", async () => {
  const session = await open();
  const told = session.ask({ t: "variables" });
  await settle();
  server.cut();
  expect(await told).toMatchObject({ t: "refused", problem: { code: "connection-lost" } });
  await reconnect();
  expect(server.frames("ask").length).toBe(1);
});

test("a comment that was written without a connection is said when there is one, and again until it is answered", async () => {
  const session = await open();
  server.cut();
  const reply = session.talk.start("c1", "Why?");
  server.answers = false;
  await reconnect();
  server.cut();
  server.answers = true;
  await reconnect();
  expect(await reply).toBeNull();
  const said = server.frames("start-thread");
  expect(said.map(({ id, comment_id, text }) => [id, comment_id, text])).toEqual([
    [said[0]?.id, said[0]?.comment_id, "Why?"],
    [said[0]?.id, said[0]?.comment_id, "Why?"],
  ]);
});

test("an edit of a comment names the version that was seen, a resolution the turn", async () => {
  const session = await open();
  const comment = { id: "k", thread_id: "t", by: "ada", at: 1, text: "x", version: 3, edited_at: null, mentions: [] };
  const thread = {
    id: "t",
    cell_id: "c1",
    at: 1,
    quote: "",
    turn: 2,
    resolved: false,
    resolved_by: "",
    resolved_at: null,
  };
  await session.talk.edit(comment, "y");
  await session.talk.resolve(thread, true);
  expect(server.frames("edit-comment")[0]).toMatchObject({ comment_id: "k", version: 3, text: "y" });
  expect(server.frames("resolve-thread")[0]).toMatchObject({ thread_id: "t", turn: 2, resolved: true });
});
