import { beforeEach, describe, expect, it, vi } from "vitest";

import { Deeds } from "../../../src/drive/model/deeds";
import { Desk } from "../../../src/drive/model/desk";
import type { Target } from "../../../src/drive/model/moving";
import { only, several } from "../../../src/drive/model/selection";
import { Works } from "../../../src/drive/model/works";
import { DriveRest } from "../../../src/net/drive-rest";
import { Rest } from "../../../src/net/rest";
import { item } from "../../support/drive-item";
import { DriveServer } from "../../support/drive-server";

const ROOT: Target = { id: "root", name: "My Drive", above: [], role: "owner", isRoot: true };

function world() {
  const server = new DriveServer();
  const desk = new Desk(new DriveRest(new Rest(server.ports())));
  const works = new Works();
  const ports = { say: vi.fn(), complain: vi.fn(), go: vi.fn(), download: vi.fn(), downloadAll: vi.fn() };
  const deeds = new Deeds(desk, works, ports);
  const names = () => desk.items.map(({ name }) => name);
  const target = (id: string): Target => ({ id, name: id, above: ["root"], role: "owner", isRoot: false });
  const open = async (view: Parameters<Desk["open"]>[0]) => {
    desk.open(view);
    await vi.waitFor(() => expect(desk.listing.read().read().loading).toBe(false));
  };
  /** What the last message offers. */
  const undo = async () => {
    const action = ports.say.mock.lastCall?.[1] as { run: () => void };
    action.run();
    await settled();
  };
  return { server, desk, works, ports, deeds, names, target, open, undo };
}

const settled = async () => {
  for (let turn = 0; turn < 60; turn++) await Promise.resolve();
  await new Promise((resolve) => setTimeout(resolve));
};

let it_: ReturnType<typeof world>;
beforeEach(async () => {
  it_ = world();
  it_.server.folder("A");
  it_.server.add("b.txt");
  it_.server.add("c.ipynb", { live: true });
  await it_.open({ t: "folder", id: "root" });
});
const find = (name: string) => {
  const found = it_.desk.items.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

describe("names", () => {
  it("are shown at once, and taken back with the server's reason", async () => {
    const { deeds, names, ports } = it_;
    const renaming = deeds.rename(find("b.txt"), " A ");
    expect(names()).toEqual(["A", "A", "c.ipynb"]);
    await renaming;
    expect(names()).toEqual(["A", "b.txt", "c.ipynb"]);
    expect(ports.complain).toHaveBeenCalledWith(expect.objectContaining({ code: "name-taken" }));
  });

  it("that are empty or the same ask for nothing", async () => {
    it_.server.requests.length = 0;
    await it_.deeds.rename(find("b.txt"), "  ");
    await it_.deeds.rename(find("b.txt"), "b.txt");
    expect(it_.server.requests).toEqual([]);
  });
});

describe("moving", () => {
  it("takes items away from here, and can be undone", async () => {
    const { deeds, names, target, server, undo } = it_;
    await deeds.move([find("b.txt")], target(find("A").id));
    expect(names()).toEqual(["A", "c.ipynb"]);
    expect(server.childrenOf(find("A").id).map(({ name }) => name)).toEqual(["b.txt"]);
    await undo();
    expect(names()).toEqual(["A", "b.txt", "c.ipynb"]);
  });

  it("of several keeps what was refused, and says how many", async () => {
    const { deeds, names, target, server, ports } = it_;
    server.add("b.txt", { parent: find("A").id });
    await deeds.move([find("b.txt"), find("c.ipynb")], target(find("A").id));
    expect(names()).toEqual(["A", "b.txt"]);
    expect(ports.complain).toHaveBeenCalledWith(expect.objectContaining({ code: "name-taken" }));
  });

  it("into itself says why not, and to where it lies does nothing", async () => {
    const { deeds, ports, server } = it_;
    server.requests.length = 0;
    const a = find("A");
    await deeds.move([a], { ...ROOT, id: a.id, isRoot: false });
    expect(ports.say).toHaveBeenCalledWith(expect.stringContaining("into itself"), null, true);
    await deeds.move([a], ROOT);
    expect(server.requests).toEqual([]);
  });

  it("by cut and paste moves once, by copy and paste as often as one likes", async () => {
    const { desk, deeds, target, server, names } = it_;
    const a = target(find("A").id);
    deeds.clip([find("b.txt")], false);
    await deeds.paste(a);
    await deeds.paste(a);
    expect(server.childrenOf(a.id).map(({ name }) => name)).toEqual(["b.txt", "b (2).txt"]);
    deeds.clip([find("c.ipynb")], true);
    await deeds.paste(a);
    expect(desk.clipboard.read()).toBeNull();
    expect(names()).toEqual(["A", "b.txt"]);
  });
});

describe("the bin", () => {
  it("takes items at once, chooses the next one, and gives them back", async () => {
    const { desk, deeds, names, undo } = it_;
    desk.selection.become(only(find("A").id));
    await deeds.bin([find("A")]);
    expect(names()).toEqual(["b.txt", "c.ipynb"]);
    expect([...desk.selection.read().chosen]).toEqual([find("b.txt").id]);
    await undo();
    expect(names()).toEqual(["A", "b.txt", "c.ipynb"]);
  });

  it("asks first where a runtime would end", () => {
    const { desk, deeds } = it_;
    deeds.askBin([find("c.ipynb")]);
    expect(desk.question.read()).toMatchObject({ t: "bin" });
  });

  it("that cannot be reached keeps the items, and says so", async () => {
    const { deeds, names, server, ports } = it_;
    server.away = true;
    await deeds.bin([find("A"), find("b.txt")]);
    expect(names()).toEqual(["A", "b.txt", "c.ipynb"]);
    expect(ports.say).toHaveBeenCalledWith(expect.stringContaining("2 items"), null, true);
  });

  it("restores, deletes for ever, and is emptied", async () => {
    const { deeds, open, server, names } = it_;
    await deeds.bin([find("A"), find("b.txt"), find("c.ipynb")]);
    await open({ t: "bin" });
    await deeds.restore([find("b.txt")]);
    await deeds.deleteForever([find("A")]);
    expect(names()).toEqual(["c.ipynb"]);
    await deeds.emptyBin();
    expect(names()).toEqual([]);
    expect(server.items.size).toBe(1);
  });
});

it("a star that is taken away leaves the list of stars", async () => {
  const { deeds, open, names } = it_;
  await deeds.star([find("b.txt"), find("A")], true);
  expect(find("b.txt").starred).toBe(true);
  await open({ t: "starred" });
  expect(names().sort()).toEqual(["A", "b.txt"]);
  await deeds.star([find("A")], false);
  expect(names()).toEqual(["b.txt"]);
});

it("a new folder is shown and chosen where it is", async () => {
  const { desk, deeds, names } = it_;
  await deeds.makeFolder("B");
  expect(names()).toEqual(["A", "B", "b.txt", "c.ipynb"]);
  expect([...desk.selection.read().chosen]).toEqual([find("B").id]);
});

it("work on many can be stopped, and leaves the rest as it was", async () => {
  const { server, desk, deeds, works, open, names, ports } = it_;
  for (let n = 0; n < 40; n++) server.add(`x${n}`);
  await open({ t: "starred" });
  await open({ t: "folder", id: "root" });
  desk.selection.become(several(desk.order));
  const working = deeds.bin(desk.chosen.filter(({ name }) => name.startsWith("x")));
  expect(names()).toHaveLength(3);
  const [work] = works.read();
  expect(work).toMatchObject({ total: 40, done: 0 });
  works.stop(work?.id ?? 0);
  await working;
  expect(names().length).toBeGreaterThan(30);
  expect(ports.say).toHaveBeenCalledWith(expect.stringContaining("Stopped"));
  expect(works.read()).toEqual([]);
});

describe("where one is", () => {
  it("a folder knows the way to it before the server says it", async () => {
    const { server, desk, deeds, open, ports } = it_;
    const inner = server.folder("Inner", find("A").id);
    deeds.open(find("A"));
    expect(ports.go).toHaveBeenCalledWith(`/drive/${find("A").id}`);
    desk.open({ t: "folder", id: find("A").id });
    expect(desk.here.read().item?.name).toBe("A");
    await open({ t: "folder", id: inner.id });
    await settled();
    expect(desk.here.read().path.map(({ name }) => name)).toEqual(["My Drive", "A"]);
    deeds.up();
    expect(ports.go).toHaveBeenLastCalledWith(`/drive/${inner.parent ?? ""}`);
  });

  it("a folder that is not there says so", async () => {
    const { desk, open } = it_;
    await open({ t: "folder", id: "nowhere" });
    await settled();
    expect(desk.listing.read().read().problem?.code).toBe("item-not-found");
    expect(desk.here.read().problem?.status).toBe(404);
  });

  it("what the address asks for is chosen when it is there", async () => {
    const { desk, open } = it_;
    const { id } = find("b.txt");
    await open({ t: "starred" });
    desk.open({ t: "folder", id: "root" }, id);
    await settled();
    expect([...desk.selection.read().chosen]).toEqual([id]);
  });
});

it("downloads one item as it is, several as one archive, and too many not at all", () => {
  const { deeds, ports } = world();
  const items = Array.from({ length: 201 }, (_, at) => item(String(at)));
  deeds.download(items.slice(0, 1));
  expect(ports.download).toHaveBeenCalledWith("0");
  deeds.download(items.slice(0, 3));
  expect(ports.downloadAll).toHaveBeenCalledWith(["0", "1", "2"]);
  deeds.download(items);
  expect(ports.downloadAll).toHaveBeenCalledTimes(1);
  expect(ports.say).toHaveBeenCalledWith(expect.stringContaining("200"), null, true);
});
