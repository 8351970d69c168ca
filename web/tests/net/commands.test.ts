import { expect, test } from "vitest";

import { type Command, Commands, CONNECTION_LOST, NOT_CONNECTED } from "../../src/net/commands";

const run = (id: string): Command => ({
  t: "run",
  id,
  batch_id: `b-${id}`,
  executions: [{ execution_id: `x-${id}`, cell_id: "c" }],
});
const interrupt = (id: string): Command => ({ t: "interrupt", id });

function wire(commands: Commands): Command[] {
  const sent: Command[] = [];
  commands.connected((command) => sent.push(command) > 0);
  return sent;
}

test("a run is said again, with the same ids, after each reconnect until it is answered", async () => {
  const commands = new Commands();
  const first = wire(commands);
  const reply = commands.issue(run("1"));
  expect(first).toEqual([run("1")]);
  commands.disconnected();
  const second = wire(commands);
  expect(second).toEqual([run("1")]);
  commands.settle("1", null);
  expect(await reply).toBeNull();
  commands.disconnected();
  expect(wire(commands)).toEqual([]);
});

test("runs that were pressed without a connection wait for one, in order", () => {
  const commands = new Commands();
  void commands.issue(run("1"));
  void commands.issue(run("2"));
  expect(commands.pendingRuns().map(({ id }) => id)).toEqual(["1", "2"]);
  expect(wire(commands)).toEqual([run("1"), run("2")]);
});

test("a command that may not be said twice fails when its connection breaks", async () => {
  const commands = new Commands();
  const sent = wire(commands);
  const reply = commands.issue(interrupt("1"));
  expect(sent).toHaveLength(1);
  commands.disconnected();
  expect(await reply).toEqual(CONNECTION_LOST);
  expect(wire(commands)).toEqual([]);
});

test("a command that may not be said twice is refused at once without a connection", async () => {
  expect(await new Commands().issue(interrupt("1"))).toEqual(NOT_CONNECTED);
});

test("a failed reply carries the server's problem", async () => {
  const commands = new Commands();
  wire(commands);
  const reply = commands.issue(run("1"));
  const problem = { code: "queue-full", title: "Full", detail: "", status: 409 };
  commands.settle("1", problem);
  expect(await reply).toEqual(problem);
});

test("a run can be taken back only while it was never sent", () => {
  const commands = new Commands();
  void commands.issue(run("1"));
  expect(commands.withdraw("1")).toBe(true);
  expect(wire(commands)).toEqual([]);
  void commands.issue(run("2"));
  expect(commands.withdraw("2")).toBe(false);
});

test("a run and a comment that nobody heard of would be lost with the page; what fails by itself and a wish to connect would not", () => {
  const commands = new Commands();
  void commands.issue({ t: "connect", id: "c" });
  expect(commands.unheard).toBe(false);
  void commands.issue(run("1"));
  expect(commands.unheard).toBe(true);
  commands.settle("1", null);
  expect(commands.unheard).toBe(false);
  wire(commands);
  void commands.issue(interrupt("2"));
  expect(commands.unheard).toBe(false);
});
