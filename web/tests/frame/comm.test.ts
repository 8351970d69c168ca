import { expect, test } from "vitest";

import { type Delivered, FrameComm, Outgoing } from "../../frame/widgets/comm";
import type { Host } from "../../frame/host";

const host = { say: () => undefined } as unknown as Host;
const made = () => new FrameComm("w1", new Outgoing(host));
const dataOf = ({ content }: Delivered) => content.data;

test("what comes while a model is being made is told when it is there, in order and once", async () => {
  const comm = made();
  const heard: unknown[] = [];
  comm.deliver("first", []);
  comm.on_msg((message) => heard.push(dataOf(message)));
  // Its making goes on: nothing is told in the middle of it.
  comm.deliver("second", []);
  expect(heard).toEqual([]);
  await Promise.resolve();
  expect(heard).toEqual(["first", "second"]);
  comm.deliver("third", []);
  expect(heard).toEqual(["first", "second", "third"]);
});

test("a model whose twin went while it was being made hears that it is closed", async () => {
  const comm = made();
  let closed = 0;
  comm.end();
  comm.on_close(() => (closed += 1));
  await Promise.resolve();
  expect(closed).toBe(1);
});
