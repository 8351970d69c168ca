import { expect, test } from "vitest";

import { arrow, controlled, keyUse, pasted } from "../../../src/notebook/panes/terminal/keys";

const press = (key: string, held: Partial<KeyboardEvent> = {}) =>
  ({ key, code: "", ctrlKey: false, altKey: false, shiftKey: false, metaKey: false, ...held }) as KeyboardEvent;
const around = { leave: ["Ctrl+`"], selected: false, mac: false };

test("the terminal has all keys but the one that leaves it, and copy and paste", () => {
  expect(keyUse(press("`", { ctrlKey: true }), around)).toBe("page");
  expect(keyUse(press("c", { ctrlKey: true }), around)).toBe("terminal");
  expect(keyUse(press("c", { ctrlKey: true }), { ...around, selected: true })).toBe("copy");
  expect(keyUse(press("C", { ctrlKey: true, shiftKey: true }), around)).toBe("copy");
  expect(keyUse(press("v", { ctrlKey: true }), around)).toBe("paste");
  for (const key of ["d", "Enter", "Tab", "Escape", "ArrowUp", "F1"]) {
    expect(keyUse(press(key), around)).toBe("terminal");
  }
  expect(keyUse(press("Control", { ctrlKey: true }), around)).toBe("terminal");
});

test("on a Mac, Ctrl is the program's and Command the page's", () => {
  const mac = { ...around, mac: true, selected: true };
  expect(keyUse(press("c", { ctrlKey: true }), mac)).toBe("terminal");
  expect(keyUse(press("v", { ctrlKey: true }), mac)).toBe("terminal");
  expect(keyUse(press("c", { metaKey: true }), mac)).toBe("copy");
  expect(keyUse(press("v", { metaKey: true }), mac)).toBe("paste");
});

test("another chord leaves the terminal when the person has set one", () => {
  expect(keyUse(press("F2"), { ...around, leave: ["F2"] })).toBe("page");
  expect(keyUse(press("`", { ctrlKey: true }), { ...around, leave: [] })).toBe("terminal");
});

test("fingers hold Ctrl and press arrows", () => {
  expect(["c", "C", "d", "[", " ", "1", "abc", "\r"].map(controlled)).toEqual([
    "\x03",
    "\x03",
    "\x04",
    "\x1b",
    "\0",
    "1",
    "abc",
    "\r",
  ]);
  expect([arrow("up", false), arrow("left", true)]).toEqual(["\x1b[A", "\x1bOD"]);
});

test("what is pasted keeps its lines, and nothing that could end the marks around it", () => {
  expect(pasted("a\tb\r\nc é 漢\n")).toBe("a\tb\r\nc é 漢\n");
  expect(pasted("a\x1b[201~\nrm -rf x\n\x9b201~\x00\x7f\x08")).toBe("a[201~\nrm -rf x\n201~");
});
