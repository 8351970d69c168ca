import { beforeEach, expect, test } from "vitest";

import type { ManualClock } from "../support/clock";
import { type MemoryServer, settle } from "../support/server";
import { Bench, type MemoryKeep, shown, type } from "../support/session";

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

const VIEW = ["view"];
const EDIT = ["view", "edit", "comment", "run"];

test("who may only look edits nothing, and sends nothing", async () => {
  server.capabilities = VIEW;
  const session = await open();
  session.status().book?.insert("c2", "code", 1, "no");
  expect(session.status().book?.order()).toEqual(["c1"]);
  expect(await session.run(["c1"])).toMatchObject({ status: 403 });
  expect(server.frames("update")).toEqual([]);
  expect(server.frames("run")).toEqual([]);
  expect(session.status().rights.limited).toBe(true);
});

test("rights come and go without a new connection, and nothing can be undone over them", async () => {
  const session = await open();
  session.status().book?.insert("c2", "code", 1, "");
  server.send({ t: "rights", capabilities: ["view", "comment"] });
  session.status().book?.structureUndo.undo();
  expect(session.status().book?.order()).toEqual(["c1", "c2"]);
  server.send({ t: "rights", capabilities: EDIT });
  session.status().book?.insert("c3", "code", 2, "");
  expect(server.frames("update")).toHaveLength(2);
  expect(server.dialled).toBe(1);
});

test("who may comment from now on asks for what was said before", async () => {
  server.capabilities = VIEW;
  const session = await open();
  server.capabilities = ["view", "comment"];
  server.send({ t: "rights", capabilities: server.capabilities });
  await settle();
  expect(server.frames("open")).toHaveLength(2);
  expect(server.frames("open")[1]?.rev).toBeNull();
  expect(session.may("comment")).toBe(true);
});

test("edits that were on their way when the right went are put aside, and the document is the server's", async () => {
  const session = await open();
  server.durable = false;
  server.reachable = true;
  type(session, "kept ");
  await settle();
  // What the server took before is no loss.
  server.capabilities = VIEW;
  server.send({ t: "rights", capabilities: VIEW });
  await settle();
  expect(session.status()).toMatchObject({ joined: true, unsaved: 0, aside: null });
  expect(shown(session)).toBe("kept print(1)");
});

test("edits without a connection, made before the right went, are put aside and forgotten only when asked", async () => {
  const session = await open();
  server.reachable = false;
  server.cut();
  type(session, "mine ");
  server.reachable = true;
  server.capabilities = VIEW;
  await reconnect();
  await settle();
  const { aside } = session.status();
  expect(aside?.why).toBe("refused");
  expect(aside?.book.cell("c1")?.source.toJSON()).toBe("mine print(1)");
  expect(shown(session)).toBe("print(1)");
  expect(session.status()).toMatchObject({ joined: true, unsaved: 0 });
  expect(serverText()).toBe("print(1)");
  expect(keep.kept?.unsaved).toHaveLength(1);
  session.forgetAside();
  await settle();
  expect(session.status().aside).toBeNull();
  expect(keep.kept?.unsaved).toEqual([]);
});

test("when access has ended the page keeps what it shows, takes no edits, and does not connect again", async () => {
  const session = await open();
  server.cut(4403);
  clock.advance(600_000);
  await settle();
  expect(server.dialled).toBe(1);
  expect(session.status().phase).toMatchObject({ t: "refused", problem: { code: "access-ended" } });
  expect(session.status().rights).toMatchObject({ ended: true });
  session.status().book?.insert("c2", "code", 1, "");
  expect(session.status().book?.order()).toEqual(["c1"]);
  // The next visit shows nothing of it.
  expect(keep.kept).toBeNull();
});

test("whom the server does not let in sees nothing of what this browser still has", async () => {
  // Closed before it had forgotten anything.
  (await open()).stop();
  server.refusal = 4403;
  const again = await open();
  expect(again.status()).toMatchObject({ book: null, aside: null, rights: { ended: true } });
  expect(keep.kept).toBeNull();
});

test("edits that were never saved are to be had when the page is loaded again without access", async () => {
  const session = await open();
  server.reachable = false;
  server.cut();
  type(session, "mine ");
  session.stop();
  server.reachable = true;
  server.refusal = 4403;
  const again = await open();
  const { aside } = again.status();
  expect(aside?.why).toBe("refused");
  expect(aside?.book.cell("c1")?.source.toJSON()).toBe("mine print(1)");
  expect(again.status().book).not.toBeNull();
});

test("a notebook that one may only look at is not writable while it loads again", async () => {
  server.capabilities = VIEW;
  (await open()).stop();
  server.reachable = false;
  const again = await open();
  expect(again.status().rights.may("edit")).toBe(false);
});

/** Edits without a connection, and the right to them goes meanwhile. */
async function refused(session: Awaited<ReturnType<typeof open>>, text: string): Promise<void> {
  server.reachable = false;
  server.cut();
  type(session, text);
  server.capabilities = VIEW;
  server.reachable = true;
  await reconnect();
  await settle();
}

async function mayAgain(): Promise<void> {
  server.capabilities = EDIT;
  server.send({ t: "rights", capabilities: EDIT });
  await settle();
}

test("what was refused a second time is put aside with what was refused before", async () => {
  const session = await open();
  await refused(session, "first ");
  await mayAgain();
  await refused(session, "second ");
  const text = session.status().aside?.book.cell("c1")?.source.toJSON();
  expect(text).toContain("first ");
  expect(text).toContain("second ");
});

test("what is written since stays in the browser when what was refused is forgotten", async () => {
  const session = await open();
  await refused(session, "lost ");
  await mayAgain();
  server.reachable = false;
  server.cut();
  type(session, "new ");
  // A browser takes its time to forget.
  const forget = keep.forget;
  keep.forget = async () => {
    await settle();
    await forget();
  };
  session.forgetAside();
  type(session, "newer ");
  await settle();
  await settle();
  const again = await open();
  expect(shown(again)).toBe("newer new print(1)");
  expect(again.status().unsaved).toBeGreaterThan(0);
});
