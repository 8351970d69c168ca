import { expect, test } from "vitest";

import { Dock, fileTab, terminalTab } from "../../../src/notebook/model/dock";

function storage() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    kept,
  };
}

test("a tab is opened once, and shown when it is asked for again", () => {
  const dock = new Dock(storage(), "n");
  dock.show(terminalTab("t1", 1));
  dock.show(fileTab("a.py"));
  dock.show(terminalTab("t1", 1));
  expect(dock.read().tabs.map(({ id }) => id)).toEqual(["terminal:t1", "file:a.py"]);
  expect(dock.read()).toMatchObject({ active: "terminal:t1", open: true });
});

test("closing shows the tab beside it, and the last one closes the dock", () => {
  const dock = new Dock(storage(), "n");
  for (const path of ["a", "b", "c"]) dock.show(fileTab(path));
  dock.activate("file:b");
  dock.close("file:b");
  expect(dock.read().active).toBe("file:c");
  dock.close("file:c");
  expect(dock.read().active).toBe("file:a");
  dock.close("file:a");
  expect(dock.read()).toMatchObject({ active: null, open: false });
  dock.setOpen(true);
  expect(dock.read().open).toBe(false);
});

test("a reload shows the same, and another notebook its own", () => {
  const kept = storage();
  const dock = new Dock(kept, "n");
  dock.show(terminalTab("t1", 3));
  dock.show(fileTab("a.py"));
  dock.setDirty("file:a.py", true);
  expect(new Dock(kept, "n").read()).toEqual({
    open: true,
    tabs: [terminalTab("t1", 3), fileTab("a.py")],
    active: "file:a.py",
    dirty: new Set(),
    wanted: { id: "", turn: 0 },
  });
  expect(new Dock(kept, "other").read().tabs).toEqual([]);
});

test("what was kept is not trusted", () => {
  for (const text of ["", "null", "[]", "{", '{"tabs": 3}', '{"tabs": [null, {"kind": "terminal"}, {"kind": "x"}]}']) {
    const kept = storage();
    kept.kept.set("noctule.dock.n", text);
    expect(new Dock(kept, "n").read().tabs).toEqual([]);
  }
});

test("tabs follow what was renamed, also in a folder, and stay the same ones", () => {
  const dock = new Dock(storage(), "n");
  dock.show(fileTab("data/a.py"));
  dock.show(fileTab("data2/a.py"));
  dock.activate("file:data/a.py");
  dock.moved("data", "kept");
  expect(dock.read().tabs.map((tab) => tab.kind === "file" && tab.path)).toEqual(["kept/a.py", "data2/a.py"]);
  expect(dock.read().active).toBe("file:data/a.py");
  dock.show(fileTab("kept/a.py"));
  expect(dock.read().tabs).toHaveLength(2);
  dock.show(fileTab("data/a.py"));
  expect(new Set(dock.read().tabs.map(({ id }) => id)).size).toBe(3);
});
