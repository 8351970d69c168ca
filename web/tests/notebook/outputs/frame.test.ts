/** The page's side of output frames, without a browser: heights, what is believed of a message, what is sent when. */
import { describe, expect, it, vi } from "vitest";

import type { FrameItem } from "../../../frame/protocol";
import { FrameFeed, LINGER_MS } from "../../../src/notebook/outputs/frame-feed";
import { FrameHeight } from "../../../src/notebook/outputs/frame-height";
import { FrameHeights } from "../../../src/notebook/outputs/frame-heights";
import { checked } from "../../../src/notebook/outputs/frame-host";
import { FrameExits, safeName } from "../../../src/notebook/outputs/frame-exits";
import { choose, planOutputs } from "../../../src/notebook/outputs/plan";
import { LIMITS, type Output } from "../../../src/wire/types";

describe("the height of a frame", () => {
  it("follows its content, within bounds", () => {
    const height = new FrameHeight(40);
    expect(height.next(123.2, 0)).toBe(124);
    expect(height.next(-5, 10_000)).toBe(0);
    expect(height.next(1e9, 20_000)).toBe(LIMITS.FRAME_TALLEST_PX);
  });

  it("stops to follow content that grows because it is given more room, until there is something new", () => {
    const height = new FrameHeight(40);
    let given = 40;
    for (let turn = 0; turn < 1_000; turn += 1) given = height.next(given + 20, turn * 16);
    expect(given).toBe(40 + 20 * LIMITS.FRAME_GROWTHS);
    expect(height.next(100, 20_000)).toBe(100);
    height.renew();
    expect(height.next(900, 20_001)).toBe(900);
  });

  it("follows growth that takes its time: a page of results that come in", () => {
    const height = new FrameHeight(0);
    let given = 0;
    for (let turn = 0; turn < 50; turn += 1) given = height.next(given + 20, turn * 1_000);
    expect(given).toBe(1_000);
  });
});

describe("remembered heights", () => {
  const storage = (text: string | null) => ({ getItem: () => text, setItem: () => undefined }) as unknown as Storage;

  it("survive a damaged store, and are bounded", () => {
    for (const text of ["{", "3", '[["a","b"],[1],null,["kept",7]]', null]) {
      expect(new FrameHeights(storage(text)).get("a")).toBe(null);
    }
    const heights = new FrameHeights(storage('[["kept",7]]'));
    expect(heights.get("kept")).toBe(7);
    for (let n = 0; n < LIMITS.FRAME_HEIGHTS; n += 1) heights.set(`cell-${n}`, n);
    expect(heights.get("kept")).toBe(null);
    expect(heights.get(`cell-${LIMITS.FRAME_HEIGHTS - 1}`)).toBe(LIMITS.FRAME_HEIGHTS - 1);
  });
});

describe("a message of a frame", () => {
  it.each([
    null,
    1,
    "height",
    {},
    { t: "height", height: "12" },
    { t: "height", height: Infinity },
    { t: "link", href: "javascript:alert(1)" },
    { t: "link", href: " https://x" },
    { t: "link", href: "data:text/html,x" },
    { t: "download", name: "x", data: "no blob" },
    { t: "constructor" },
    { t: "__proto__" },
    { t: "run", id: "x" },
    { t: ["height"], height: 1 },
  ])("is dropped when it is not of the protocol: %j", (message) => {
    expect(checked(message)).toBe(null);
  });

  it("is taken when it is", () => {
    expect(checked({ t: "height", height: 3 })).toEqual({ t: "height", height: 3 });
    expect(checked({ t: "link", href: "https://example.org/" })).not.toBe(null);
    expect(checked({ t: "download", name: "a", data: new Blob() })).not.toBe(null);
  });
});

describe("what an output may do outside", () => {
  function page(isActive: boolean) {
    const opened: string[] = [];
    let press = () => undefined as unknown;
    const exits = new FrameExits({
      navigator: { userActivation: { isActive } },
      open: (href: string) => opened.push(href),
      addEventListener: (_: string, listener: () => unknown) => (press = listener),
    } as unknown as Window);
    return { exits, opened, press: () => press() };
  }

  it("is nothing while nobody did anything", () => {
    const { exits, opened } = page(false);
    expect(exits.link("https://example.org/")).toBe("unasked");
    expect(exits.save("a", new Blob())).toBe("unasked");
    expect(opened).toEqual([]);
  });

  it("is asked for after a press in the page, and done after one in the frame", () => {
    const { exits, opened, press } = page(true);
    expect(exits.link("https://example.org/a")).toBe("done");
    press();
    expect(exits.link("https://example.org/b")).toBe("doubtful");
    expect(exits.link("https://example.org/c", true)).toBe("done");
    expect(opened).toEqual(["https://example.org/a", "https://example.org/c"]);
  });
});

describe("the name of a saved file", () => {
  it.each([
    ["../../etc/passwd", "_.._etc_passwd"],
    [".bashrc", "bashrc"],
    ["a\u202egnp.exe", "a_gnp.exe"],
    ["C:\\x.png", "C__x.png"],
    ["", "output"],
    ["plot 1.png", "plot 1.png"],
  ])("%s -> %s", (name, safe) => {
    expect(safeName(name)).toBe(safe);
  });
});

const display = (id: string, data: Record<string, unknown>): Output => ({
  t: "display",
  id,
  data: Object.fromEntries(Object.entries(data).map(([type, value]) => [type, { t: "inline", value }])),
  metadata: {},
  result: false,
  execution_count: null,
  display_id: null,
});

describe("the plan of outputs", () => {
  const isFramed = (output: Output) => planOutputs([output]).framed.length > 0;

  it("takes the richest type, whatever its version", () => {
    const altair = display("a", { "text/plain": "x", "text/html": "x", "application/vnd.vegalite.v5.20.1+json": {} });
    expect(altair.t === "display" && choose(altair)?.type).toBe("application/vnd.vegalite.v5.20.1+json");
    expect(isFramed(altair)).toBe(true);
    expect(isFramed(display("b", { "application/vnd.vegalite.v5+jsonx": {} }))).toBe(false);
    expect(isFramed(display("c", { "text/latex": "$x$", "text/plain": "x" }))).toBe(false);
    expect(isFramed(display("d", { "application/vnd.bokehjs_exec.v0+json": "", "text/javascript": "1" }))).toBe(true);
  });

  it("puts all from the first framed output to the last into the frame", () => {
    const html = (id: string) => display(id, { "text/html": id });
    const text = (id: string) => display(id, { "text/plain": id });
    const plan = planOutputs([text("a"), html("b"), text("c"), html("d"), text("e")]);
    const ids = (outputs: readonly Output[]) => outputs.map(({ id }) => id).join("");
    expect([ids(plan.before), ids(plan.framed), ids(plan.after)]).toEqual(["a", "bcd", "e"]);
  });
});

describe("the feed of a frame", () => {
  function fed(blob: () => Promise<Blob> = () => Promise.resolve(new Blob())) {
    const sent: (readonly FrameItem[])[] = [];
    const text = () => Promise.resolve('{"a":1}');
    const feed = new FrameFeed({ text, blob, failed: "failed" }, (items) => sent.push(items));
    return { feed, sent };
  }
  const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

  it("sends a version of an output once, and a new one when it changes", async () => {
    const { feed, sent } = fed();
    const [a, b] = [display("a", { "text/html": "1" }), display("b", { "text/html": "2" })];
    feed.show([a], []);
    await settled();
    feed.show([a, b], []);
    await settled();
    feed.show([display("a", { "text/html": "3" }), b], []);
    await settled();
    const brief = sent.map((items) => items.map(({ id, version, body }) => [id, version, body?.data]));
    expect(brief).toEqual([
      [["a", 1, "1"]],
      [
        ["a", 1, undefined],
        ["b", 1, "2"],
      ],
      [
        ["a", 2, "3"],
        ["b", 1, undefined],
      ],
    ]);
  });

  it("keeps what was cleared until what comes next is ready, and not for long", async () => {
    vi.useFakeTimers();
    const { feed, sent } = fed();
    const idsOf = () => sent.map((items) => items.map(({ id }) => id));
    feed.show([display("a", { "text/html": "1" })], []);
    await vi.advanceTimersByTimeAsync(0);
    feed.show([], []);
    await vi.advanceTimersByTimeAsync(LINGER_MS - 1);
    feed.show([display("b", { "text/html": "2" })], []);
    await vi.advanceTimersByTimeAsync(LINGER_MS * 2);
    expect(idsOf()).toEqual([["a"], ["b"]]);
    feed.show([], []);
    await vi.advanceTimersByTimeAsync(LINGER_MS);
    expect(idsOf()).toEqual([["a"], ["b"], []]);
    feed.show([], []);
    feed.end();
    await vi.advanceTimersByTimeAsync(LINGER_MS * 2);
    expect(sent.length).toBe(3);
    vi.useRealTimers();
  });

  it("comes to the last of many states, and is not starved by values that take longer than they last", async () => {
    let answered = 0;
    const { feed, sent } = fed(async () => {
      await settled();
      answered += 1;
      return new Blob([String(answered)]);
    });
    const picture = (n: number): Output => ({
      ...(display("p", {}) as Extract<Output, { t: "display" }>),
      data: {
        "image/png": { t: "blob", sha256: String(n), size: 1, encoding: "base64", width: 0, height: 0, rows: 0 },
      },
    });
    for (let n = 0; n < 100; n += 1) {
      feed.show([picture(n)], []);
      if (n % 10 === 0) await settled();
    }
    await settled();
    await settled();
    await settled();
    expect(sent.length).toBeGreaterThan(2);
    expect(answered).toBeLessThan(30);
    expect(sent.at(-1)?.[0]?.version).toBe(sent.length);
  });

  it("says so in the output's place when a value cannot be had", async () => {
    const { feed, sent } = fed(() => Promise.reject(new Error("gone")));
    feed.show(
      [
        {
          ...display("p", {}),
          data: { "image/png": { t: "blob", sha256: "", size: 1, encoding: "base64", width: 0, height: 0, rows: 0 } },
        } as Output,
      ],
      [],
    );
    await settled();
    expect(sent[0]?.[0]?.body).toMatchObject({ type: "text/plain", data: "failed" });
  });

  it("joins what Bokeh puts into one bundle, and runs preludes unseen", async () => {
    const { feed, sent } = fed();
    const load = display("load", { "application/vnd.bokehjs_load.v0+json": "lib" });
    const exec = display("exec", { "application/vnd.bokehjs_exec.v0+json": "", "application/javascript": "run" });
    feed.show([exec], [load]);
    await settled();
    expect(sent[0]?.map(({ body }) => [body?.hidden, body?.data])).toEqual([
      [true, "lib"],
      [false, { html: "", script: "run" }],
    ]);
  });
});
