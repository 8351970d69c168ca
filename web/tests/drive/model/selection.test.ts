import { describe, expect, it } from "vitest";

import {
  everything,
  keep,
  NOTHING,
  none,
  only,
  press,
  type Selection,
  step,
  toggle,
} from "../../../src/drive/model/selection";

const order = ["a", "b", "c", "d", "e"];
const plain = { ctrl: false, shift: false };
const ctrl = { ctrl: true, shift: false };
const shift = { ctrl: false, shift: true };
const chosen = (selection: Selection) => [...selection.chosen].sort().join("");

describe("presses", () => {
  it("choose one, add with Ctrl, reach with Shift from the anchor", () => {
    let now = press(NOTHING, order, "b", plain);
    now = press(now, order, "d", shift);
    expect(chosen(now)).toBe("bcd");
    now = press(now, order, "a", shift);
    expect(chosen(now)).toBe("ab");
    now = press(now, order, "e", ctrl);
    expect(chosen(now)).toBe("abe");
    now = press(now, order, "d", { ctrl: true, shift: true });
    expect(chosen(now)).toBe("abde");
    expect(chosen(press(now, order, "c", plain))).toBe("c");
  });

  it("with Ctrl take away what was chosen", () => expect(chosen(toggle(only("a"), "a"))).toBe(""));

  it("an anchor that is gone is none", () => {
    expect(chosen(press({ chosen: new Set(), focus: null, anchor: "z" }, order, "c", shift))).toBe("c");
  });
});

describe("keys", () => {
  it("go on, and stop at the ends", () => {
    expect(step(NOTHING, order, 1, plain).focus).toBe("a");
    expect(step(NOTHING, order, -1, plain).focus).toBe("e");
    expect(step(only("d"), order, 4, plain).focus).toBe("e");
    expect(step(only("b"), order, -4, plain).focus).toBe("a");
    expect(step(only("b"), order, "last", plain).focus).toBe("e");
    expect(step(only("b"), [], 1, plain)).toEqual(only("b"));
  });

  it("with Shift take all on the way, and give it back", () => {
    let now = step(only("b"), order, 1, shift);
    now = step(now, order, 1, shift);
    expect(chosen(now)).toBe("bcd");
    expect(chosen(step(now, order, -1, shift))).toBe("bc");
    expect(chosen(step(now, order, "first", shift))).toBe("ab");
  });

  it("with Ctrl move, and choose nothing", () => {
    const now = step(only("b"), order, 1, ctrl);
    expect([chosen(now), now.focus]).toEqual(["b", "c"]);
  });

  it("choose all, and nothing", () => {
    const all = everything(only("c"), order);
    expect([chosen(all), all.focus]).toEqual(["abcde", "c"]);
    expect([chosen(none(all)), none(all).focus]).toEqual(["", "c"]);
  });
});

describe("when items go", () => {
  it("the next one is chosen in their place, at the end the one before", () => {
    expect(keep(only("c"), order, ["a", "b", "d", "e"])).toEqual(only("d"));
    expect(keep(only("e"), order, ["a", "b"])).toEqual(only("b"));
    expect(keep(only("e"), order, []).focus).toBeNull();
  });

  it("others that are chosen stay so", () => {
    const now = keep(toggle(only("a"), "c"), order, ["a", "b", "d", "e"]);
    expect([chosen(now), now.focus]).toEqual(["a", "d"]);
  });

  it("nothing changes where nothing went", () => {
    const now = only("a");
    expect(keep(now, order, [...order, "f"])).toBe(now);
  });
});
