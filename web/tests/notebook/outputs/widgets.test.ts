/** What passes between the widgets of a frame and the run state, without a browser and without a kernel. */
import { describe, expect, it } from "vitest";

import type { WidgetEvent, WidgetNews } from "../../../frame/protocol";
import { closureOf, isLinkFrom, referencesOf, savedModel } from "../../../src/notebook/outputs/widget-models";
import { LinkOwners } from "../../../src/notebook/outputs/link-owners";
import { type CommMessage, WidgetRelay } from "../../../src/notebook/outputs/widget-relay";
import type { Reply } from "../../../src/net/commands";
import { RunStore } from "../../../src/runs/store";
import { type BlobRef, LIMITS, type Op, type RunSnapshot, type WidgetModel } from "../../../src/wire/types";

function model(id: string, state: Record<string, unknown> = {}, epoch = 1): WidgetModel {
  return { id, epoch, target: "jupyter.widget", state, buffers: [], capture: { depth: 0, clear_next: false } };
}

const kernel = (epoch = 1, state = "idle") => ({ id: "k", epoch, state }) as unknown as RunSnapshot["kernel"];
const kernelOp = (epoch: number, state = "idle") => ({ t: "kernel", kernel: kernel(epoch, state) }) as unknown as Op;

function patch(id: string, state: Record<string, unknown>, by = "", buffers: [string[], BlobRef][] = []): Op {
  return { t: "widget-patch", id, epoch: 1, state, buffers, raw_buffers: [], capture: null, by };
}

function world(models: readonly WidgetModel[], metadata: Record<string, unknown> = {}) {
  const runs = new RunStore();
  let rev = 1;
  const snapshot = (widgets: readonly WidgetModel[]) =>
    ({
      rev,
      kernel: kernel(),
      runtime: null,
      saved: { at: null, pending: false, cause: null },
      executions: [],
      cells: [],
      prompts: [],
      widgets,
      threads: [],
      comments: [],
    }) as unknown as RunSnapshot;
  runs.reset(snapshot(models));
  const news: WidgetNews[] = [];
  const sent: CommMessage[] = [];
  const problems: unknown[] = [];
  const replies: ((reply: Reply) => void)[] = [];
  const gates = new Map<string, (bytes: ArrayBuffer) => void>();
  const links = new LinkOwners();
  const allowed = { now: true, listener: () => {} };
  const relay = (name = "frame") =>
    new WidgetRelay({
      runs,
      metadata: () => metadata,
      buffer: (sha256) => new Promise((resolve) => gates.set(sha256, resolve)),
      cdn: () => Promise.resolve(false),
      comm: (message) => {
        sent.push(message);
        return new Promise((reply) => replies.push(reply));
      },
      may: () => allowed.now,
      onMay: (listener) => {
        allowed.listener = listener;
        return () => undefined;
      },
      complain: (problem) => problems.push(problem),
      say: (message) => news.push(message),
      links,
      name,
    });
  const apply = (...ops: Op[]) => {
    runs.apply(rev, rev + 1, ops);
    rev += 1;
  };
  const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
  const events = async (): Promise<readonly WidgetEvent[]> => {
    await settled();
    return news.splice(0).flatMap((message) => message.events);
  };
  const brief = async () =>
    (await events()).map((event) =>
      event.t === "model" ? `model ${event.model.id}` : `${event.t} ${"id" in event ? event.id : event.comm}`,
    );
  return {
    runs,
    relay,
    may: (now: boolean) => {
      allowed.now = now;
      allowed.listener();
    },
    apply,
    events,
    brief,
    sent,
    replies,
    problems,
    gates,
    news,
    settled,
    snapshot,
    reset: (widgets: readonly WidgetModel[]) => {
      rev += 1;
      runs.reset(snapshot(widgets));
    },
  };
}

const message = (id: string, comm: string, state: Record<string, unknown>, type: CommMessage["type"] = "comm_msg") => ({
  id,
  type,
  content: JSON.stringify({ comm_id: comm, data: { method: "update", state, buffer_paths: [] } }),
  buffers: [],
});

const opening = (id: string, comm: string, target = "jupyter.widget"): CommMessage => ({
  id,
  type: "comm_open",
  content: JSON.stringify({ comm_id: comm, target_name: target, data: { state: {} } }),
  buffers: [],
});

describe("what models refer to", () => {
  it("is found anywhere in a state, and comes before it, once", () => {
    const states: Record<string, Record<string, unknown>> = {
      box: { children: ["IPY_MODEL_a", "IPY_MODEL_b"], layout: "IPY_MODEL_l" },
      a: { layout: "IPY_MODEL_l", deep: { list: [{ of: "IPY_MODEL_box" }] } },
      b: { layout: "IPY_MODEL_l", gone: "IPY_MODEL_gone" },
      l: {},
    };
    expect([...referencesOf(states["a"])]).toEqual(["l", "box"]);
    expect(closureOf("box", (id) => states[id] ?? null, new Set())).toEqual(["l", "a", "b", "box"]);
    expect(closureOf("box", (id) => states[id] ?? null, new Set(["a"]))).toEqual(["l", "b", "box"]);
  });

  it("is found however long a chain of models is", () => {
    const next = (id: string) => (id === "50000" ? {} : { next: `IPY_MODEL_${Number(id) + 1}` });
    const found = closureOf("0", next, new Set());
    expect([found.length, found[0], found.at(-1)]).toEqual([50_001, "50000", "0"]);
  });

  it("a link belongs to what it leads from, and to one frame", () => {
    const link = { _model_name: "LinkModel", source: ["IPY_MODEL_a", "value"], target: ["IPY_MODEL_b", "value"] };
    expect(isLinkFrom(link, new Set(["a"]))).toBe(true);
    expect(isLinkFrom(link, new Set(["b"]))).toBe(false);
    expect(isLinkFrom({ ...link, _model_name: "TextModel" }, new Set(["a"]))).toBe(false);
    const owners = new LinkOwners();
    const [one, two] = [{}, {}];
    expect([owners.claim("l", one), owners.claim("l", two), owners.claim("l", one)]).toEqual([true, false, true]);
    owners.release(one);
    expect(owners.claim("l", two)).toBe(true);
  });

  it("of a file, damaged or not, gives what it can", () => {
    const state = {
      text: {
        model_name: "TextModel",
        state: { value: "x" },
        buffers: [
          { path: ["b"], encoding: "base64", data: "AQI=" },
          { path: 3 },
          { path: [], encoding: "base64", data: "***" },
        ],
      },
    };
    const metadata = { widgets: { "application/vnd.jupyter.widget-state+json": { state } } };
    expect(savedModel(metadata, "text")).toEqual({
      id: "text",
      state: { _model_name: "TextModel", _model_module: undefined, _model_module_version: undefined, value: "x" },
      buffers: [[["b"], new Uint8Array([1, 2]).buffer]],
      alive: false,
    });
    for (const broken of [{}, { widgets: 3 }, { widgets: { "application/vnd.jupyter.widget-state+json": [] } }]) {
      expect(savedModel(broken, "text")).toBe(null);
    }
    expect(savedModel(metadata, "constructor")).toBe(null);
  });
});

describe("a frame is given", () => {
  it("the model that it asks for with all that it needs, and nothing else", async () => {
    const { relay, brief, news, settled } = world([model("box", { child: "IPY_MODEL_a" }), model("a"), model("other")]);
    relay().open("box");
    await settled();
    expect(news[0]?.open).toBe("box");
    expect(await brief()).toEqual(["model a", "model box"]);
  });

  it("an answer also when there is no such model", async () => {
    const { relay, news, settled } = world([]);
    relay().open("gone");
    await settled();
    expect(news).toEqual([{ t: "widgets", events: [], open: "gone", cdn: false }]);
  });

  it("what changes later of its own, with what that refers to first", async () => {
    const { relay, apply, brief } = world([model("box"), model("other")]);
    relay().open("box");
    await brief();
    apply(patch("other", { value: 1 }));
    apply(
      { t: "widget", model: model("new", { layout: "IPY_MODEL_l" }), raw_buffers: [] },
      { t: "widget", model: model("l"), raw_buffers: [] },
    );
    apply(patch("box", { children: ["IPY_MODEL_new"] }));
    apply({ t: "widget-gone", id: "l", epoch: 1 });
    expect(await brief()).toEqual(["model l", "model new", "patch box", "gone l"]);
  });

  it("everything in its order, though buffers take their time", async () => {
    const { relay, apply, brief, gates } = world([model("a")]);
    relay().open("a");
    await brief();
    apply(
      patch("a", {}, "", [
        [["data"], { t: "blob", sha256: "x", size: 1, encoding: "base64", width: 0, height: 0, rows: 0 }],
      ]),
    );
    apply(
      { t: "widget-said", id: "a", epoch: 1, content: "after", buffers: [new Uint8Array([7])] },
      patch("a", { last: 1 }),
    );
    expect(await brief()).toEqual([]);
    gates.get("x")?.(new ArrayBuffer(1));
    expect(await brief()).toEqual(["patch a", "said a", "patch a"]);
  });

  it("custom messages once, with buffers of their own", async () => {
    const { relay, apply, events } = world([model("a")]);
    relay().open("a");
    await events();
    const whole = new Uint8Array([1, 2, 3, 4]);
    apply({ t: "widget-said", id: "a", epoch: 1, content: { x: 1 }, buffers: [whole.subarray(1, 3)] });
    expect(await events()).toEqual([
      { t: "said", id: "a", content: { x: 1 }, buffers: [new Uint8Array([2, 3]).buffer] },
    ]);
  });

  it("word that the kernel is another, and what was under way is not waited for", async () => {
    const { relay, apply, brief } = world([model("a")]);
    const made = relay();
    made.open("a");
    await brief();
    made.comm(message("m1", "a", { value: 2 }));
    apply(kernelOp(2));
    expect(await brief()).toEqual(["alive a", "taken m1"]);
    made.comm(message("m2", "a", { value: 3 }));
    expect(await brief()).toEqual(["taken m2"]);
  });
});

describe("what a widget says", () => {
  it("goes to a model that its frame was given, under an id of this page, and is echoed to it alone by its own", async () => {
    const { relay, apply, events, sent } = world([model("a")]);
    const [one, two] = [relay("one"), relay("two")];
    one.open("a");
    two.open("a");
    await events();
    one.comm(message("m1", "a", { value: 2 }));
    expect(sent.map(({ id, type }) => [id, type])).toEqual([["one-m1", "comm_msg"]]);
    apply(patch("a", { value: 2 }, "one-m1"), { t: "comm-taken", id: "one-m1" });
    const [forOne, forTwo, takenByOne] = await events();
    expect([forOne, forTwo]).toMatchObject([{ by: "m1" }, { by: "one-m1" }]);
    expect(takenByOne).toEqual({ t: "taken", comm: "m1" });
  });

  it.each([
    ["to another model", message("m", "secret", { value: 1 })],
    ["that what is there is opened anew", opening("m", "a")],
    ["that another listener of the kernel is opened", opening("m", "new", "jupyter.widget.control")],
    ["without a model", { ...message("m", "a", {}), content: "{}" }],
    ["that is no JSON", { ...message("m", "a", {}), content: "{" }],
    ["under a name of its choice", message("run-1 x", "a", {})],
  ])("%s goes nowhere", async (_, said) => {
    const { relay, brief, sent } = world([model("a"), model("secret")]);
    const made = relay();
    made.open("a");
    await brief();
    made.comm(said);
    expect(sent).toEqual([]);
    expect(await brief()).toEqual([`taken ${said.id}`]);
  });

  it("makes another, where there is one that lives", async () => {
    const { relay, brief, sent, apply } = world([model("a"), model("old", {}, 0)]);
    const made = relay();
    made.comm(opening("m1", "new"));
    made.open("old");
    await brief();
    made.comm(opening("m2", "new"));
    expect(sent).toEqual([]);
    made.open("a");
    await brief();
    made.comm(opening("m3", "new"));
    apply({ t: "widget", model: model("new"), raw_buffers: [] });
    made.comm(message("m4", "new", { value: 1 }));
    expect(sent.map(({ id }) => id)).toEqual(["frame-m3", "frame-m4"]);
  });

  it("and is refused is taken back: the frame hears what is so", async () => {
    const { relay, events, replies, problems } = world([model("a", { value: 1 })]);
    const made = relay();
    made.open("a");
    await events();
    made.comm(message("m1", "a", { value: 2 }));
    const problem = { code: "runtime-unreachable", title: "", detail: "", status: 409 };
    replies[0]?.(problem);
    expect(await events()).toEqual([
      { t: "patch", id: "a", state: { value: 1 }, buffers: [], by: "m1" },
      { t: "taken", comm: "m1" },
    ]);
    expect(problems).toEqual([problem]);
  });

  it("and is too large is said, and not sent: it would end the page's connection", async () => {
    const { relay, events, sent, problems } = world([model("a", { value: 1 })]);
    const made = relay();
    made.open("a");
    await events();
    made.comm({ ...message("m1", "a", { value: 2 }), buffers: [new ArrayBuffer(LIMITS.PAGE_FRAME_BYTES)] });
    expect([sent, problems]).toEqual([[], ["too-large"]]);
    expect((await events()).map(({ t }) => t)).toEqual(["patch", "taken"]);
  });

  it("and is so large that nobody reads it is said", async () => {
    const { relay, brief, sent, problems } = world([model("a")]);
    const made = relay();
    made.open("a");
    await brief();
    made.comm({ ...message("m1", "a", {}), content: "[".repeat(5 * LIMITS.PAGE_FRAME_BYTES) });
    expect([sent, problems]).toEqual([[], ["too-large"]]);
    expect(await brief()).toEqual(["taken m1"]);
  });

  it("is not waited for after a time away, and every model is as it is then", async () => {
    const { relay, events, reset } = world([model("a", { value: 1 })]);
    const made = relay();
    made.open("a");
    await events();
    made.comm(message("m1", "a", { value: 2 }));
    reset([model("a", { value: 9 })]);
    expect(await events()).toMatchObject([
      { t: "taken", comm: "m1" },
      { t: "model", model: { id: "a", state: { value: 9 } } },
    ]);
  });
});

describe("who may only look", () => {
  const SLIDER = { value: 3, disabled: false };

  it("is given controls that are switched off, also by what changes, and says nothing to the kernel", async () => {
    const { relay, may, apply, events, sent, problems } = world([model("s", SLIDER), model("l", { margin: "2px" })]);
    may(false);
    const looking = relay();
    looking.open("s");
    looking.open("l");
    apply(patch("s", { value: 4, disabled: false }));
    const seen = await events();
    expect(seen).toMatchObject([
      { t: "model", model: { id: "s", state: { value: 3, disabled: true } } },
      { t: "model", model: { id: "l", state: { margin: "2px" } } },
      { t: "patch", id: "s", state: { value: 4, disabled: true } },
    ]);
    looking.comm(message("m1", "s", { value: 9 }));
    expect(await events()).toMatchObject([{ t: "patch", id: "s", state: { value: 4 }, by: "m1" }, { t: "taken" }]);
    expect([sent, problems]).toEqual([[], []]);
  });

  it("opens another page of a tab for themselves", async () => {
    const { relay, may, brief, sent } = world([model("t", { selected_index: 0 })]);
    may(false);
    const looking = relay();
    looking.open("t");
    await brief();
    looking.comm(message("m1", "t", { selected_index: 1 }));
    expect([await brief(), sent]).toEqual([["taken m1"], []]);
  });

  it("has them switched on and off as the right to run comes and goes", async () => {
    const { relay, may, events } = world([model("s", SLIDER), model("l", { margin: "2px" })]);
    const looking = relay();
    looking.open("s");
    looking.open("l");
    await events();
    may(false);
    expect(await events()).toMatchObject([{ t: "patch", id: "s", state: { disabled: true } }]);
    may(true);
    expect(await events()).toMatchObject([{ t: "patch", id: "s", state: { disabled: false } }]);
  });
});
