import { expect, test } from "vitest";

import { Listing } from "../../../src/drive/model/listing";
import { compareItems } from "../../../src/drive/model/order";
import { DriveRest } from "../../../src/net/drive-rest";
import { Rest } from "../../../src/net/rest";
import { DriveServer } from "../../support/drive-server";

const sort = { by: "name", descending: false } as const;

function world(count: number, page = 3) {
  const server = new DriveServer();
  for (let n = 0; n < count; n++) server.add(`f${n}`);
  const api = new DriveRest(new Rest(server.ports()));
  const listing = new Listing({
    read: (after) => api.children("root", sort, after, page),
    compare: compareItems(sort),
  });
  const names = () => listing.read().items.map(({ name }) => name);
  const item = (name: string) => {
    const found = listing.read().items.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };
  return { server, api, listing, names, item };
}

test("reads as many pages as are needed, and knows how many there are", async () => {
  const { server, listing, names } = world(8);
  await listing.need(4);
  expect(names()).toEqual(["f0", "f1", "f2", "f3", "f4", "f5"]);
  expect(listing.read()).toMatchObject({ total: 8, whole: false, loading: false, problem: null });
  expect(server.requests).toHaveLength(2);
  await listing.need(Infinity);
  expect(listing.read()).toMatchObject({ total: 8, whole: true });
});

test("a problem is told, and what is here stays; the next need tries again", async () => {
  const { server, listing, names } = world(5);
  await listing.need(1);
  server.away = true;
  await listing.need(5);
  expect(names()).toHaveLength(3);
  expect(listing.read().problem?.code).toBe("unreachable");
  server.away = false;
  await listing.need(5);
  expect(names()).toHaveLength(5);
  expect(listing.read().problem).toBeNull();
});

test("a change is shown at once, and taken back when it is refused, whatever came between", async () => {
  const { listing, names, item } = world(3);
  await listing.need(1);
  const renaming = listing.change([item("f1").id], { name: "zz" });
  const going = listing.change([item("f0").id], null);
  expect(names()).toEqual(["zz", "f2"]);
  expect(listing.read().total).toBe(2);
  going.refused();
  expect(names()).toEqual(["f0", "zz", "f2"]);
  renaming.refused();
  expect(names()).toEqual(["f0", "f1", "f2"]);
});

test("what the server made of it takes its place in the order", async () => {
  const { api, listing, names, item } = world(3);
  await listing.need(1);
  const { id } = item("f1");
  const change = listing.change([id], { name: "zz" });
  change.done([await api.change(id, { name: "zz" })]);
  expect(names()).toEqual(["f0", "f2", "zz"]);
  expect(listing.read().total).toBe(3);
});

test("what was read before a change does not bring back what it took away", async () => {
  const { api, listing, names, item } = world(3);
  await listing.need(1);
  const { id } = item("f1");
  const change = listing.change([id], null);
  const refreshed = listing.refresh(0, 3);
  await api.bin(id);
  change.done();
  await refreshed;
  expect(names()).toEqual(["f0", "f2"]);
});

test("something new stands in its place, where that is known", async () => {
  const { server, listing, names } = world(8);
  await listing.need(1);
  listing.put(server.folder("A"));
  listing.put(server.add("f1b"));
  listing.put(server.add("zzz"));
  expect(names()).toEqual(["A", "f0", "f1", "f1b", "f2"]);
  expect(listing.read().total).toBe(11);
});

test("a refresh takes over what changed, in the page that is looked at alone", async () => {
  const { server, listing, item } = world(9);
  await listing.need(9);
  const { id } = item("f4");
  const kept = server.items.get(id);
  if (kept !== undefined) kept.item = { ...kept.item, running: true };
  server.requests.length = 0;
  await listing.refresh(4, 4);
  expect(item("f4").running).toBe(true);
  expect(server.requests).toHaveLength(1);
});

test("a refresh that finds other items reads all that was read", async () => {
  const { server, listing, names } = world(6);
  await listing.need(6);
  server.add("f0a");
  await listing.refresh(0, 1);
  expect(names()).toEqual(["f0", "f0a", "f1", "f2", "f3", "f4"]);
  expect(listing.read().total).toBe(7);
});

test("items that stay as they are stay the same objects, so that their rows are not drawn again", async () => {
  const { listing } = world(3);
  await listing.need(1);
  const before = listing.read().items[1];
  await listing.refresh(0, 2);
  expect(listing.read().items[1]).toBe(before);
});

test("reading on can be called off", async () => {
  const { server, listing } = world(30);
  const reading = listing.need(Infinity);
  listing.subscribe(() => listing.read().items.length >= 6 && listing.enough());
  await reading;
  expect(server.requests.length).toBeLessThan(5);
  expect(listing.read().whole).toBe(false);
});
