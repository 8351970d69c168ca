import { beforeEach, describe, expect, it } from "vitest";

import { ProblemError } from "../../../src/net/rest";
import { NOW, type RevisionInfo, type RevisionPage } from "../../../src/net/revisions-rest";
import { History } from "../../../src/notebook/revisions/history";
import { revision } from "../../support/revisions";

const LISTED = 2;
const problem = { code: "unreachable", title: "Away", detail: "", status: 0 };

/** A server with these revisions, the last one first, that gives two at a time. */
class FakePort {
  all: readonly RevisionInfo[] = [];
  away = false;
  asked = 0;
  restored: unknown[] = [];

  async page(_: string, before: string | null, named: boolean): Promise<RevisionPage> {
    this.asked += 1;
    await Promise.resolve();
    if (this.away) throw new ProblemError(problem);
    const found = this.all.filter(({ name }) => !named || name !== null);
    const from = before === null ? 0 : found.findIndex(({ id }) => id === before) + 1;
    const revisions = found.slice(from, from + LISTED);
    return { revisions, before: from + LISTED < found.length ? (revisions.at(-1)?.id ?? null) : null };
  }
  pin(_: string, name: string): Promise<RevisionInfo> {
    const made = revision({ id: "pinned", name, kind: "named" });
    this.all = [made, ...this.all];
    return Promise.resolve(made);
  }
  rename({ revision: id }: { revision: string }, name: string | null): Promise<RevisionInfo> {
    return Promise.resolve(revision({ id, name }));
  }
  remove(): Promise<void> {
    return Promise.resolve();
  }
  restore(moment: { revision: string }, cells: readonly string[] | null, outputs: boolean) {
    this.restored.push([moment.revision, cells, outputs]);
    const kept = revision({ id: "kept", kind: "before-restore" });
    this.all = [kept, ...this.all];
    return Promise.resolve({ kept, busy: ["cell-1"] });
  }
}

let port: FakePort;
let history: History;
const ids = () => history.read().items?.map(({ id }) => id) ?? null;
const at = (id: string) => ({ notebook: "n", revision: id });

beforeEach(() => {
  port = new FakePort();
  port.all = ["r5", "r4", "r3", "r2", "r1"].map((id) => revision({ id, name: id === "r2" ? "two" : null }));
  history = new History("n", port);
});

describe("the list", () => {
  it("comes piece by piece, and says when there is no more", async () => {
    expect(ids()).toBeNull();
    await history.refresh();
    expect([ids(), history.read().more]).toEqual([["r5", "r4"], true]);
    await history.earlier();
    await history.earlier();
    expect([ids(), history.read().more]).toEqual([["r5", "r4", "r3", "r2", "r1"], false]);
    await history.earlier();
    expect(port.asked).toBe(3);
  });

  it("shows named ones alone, by asking the server", async () => {
    await history.refresh();
    await history.setNamedOnly(true);
    expect([ids(), history.read().more]).toEqual([["r2"], false]);
  });

  it("does not hear an answer that is not wanted any more", async () => {
    const first = history.refresh();
    await history.setNamedOnly(true);
    await first;
    expect(ids()).toEqual(["r2"]);
  });

  it("keeps what it has when the server is away, and says why", async () => {
    await history.refresh();
    port.away = true;
    await history.earlier();
    expect([ids(), history.read().problem]).toEqual([["r5", "r4"], problem]);
    port.away = false;
    await history.earlier();
    expect([ids()?.length, history.read().problem]).toEqual([4, null]);
  });
});

describe("what is compared", () => {
  it("is not known before the list is", () => {
    expect(history.sides()).toBe("unknown");
  });

  it("is now with the last version, or nothing when there is none", async () => {
    await history.refresh();
    expect(history.sides()).toEqual({ old: at("r5"), new: at(NOW) });
    port.all = [];
    await history.refresh();
    expect(history.sides()).toBeNull();
  });

  it("is a version with now, or with the one before it", async () => {
    await history.refresh();
    history.choose("r5");
    expect(history.sides()).toEqual({ old: at("r5"), new: at(NOW) });
    history.setAgainst("before");
    expect(history.sides()).toEqual({ old: at("r4"), new: at("r5") });
  });

  it("needs the next piece at the end of this one, and is nothing at the end of all", async () => {
    await history.refresh();
    history.choose("r4");
    history.setAgainst("before");
    expect(history.sides()).toBe("unknown");
    await history.earlier();
    expect(history.sides()).toEqual({ old: at("r3"), new: at("r4") });
    await history.earlier();
    history.choose("r1");
    expect(history.sides()).toBeNull();
  });
});

describe("what is done", () => {
  beforeEach(() => history.refresh());

  it("chooses what was pinned", async () => {
    await history.pin("mine");
    expect([ids()?.[0], history.read().chosen, history.chosenItem()?.name]).toEqual(["pinned", "pinned", "mine"]);
  });

  it("renames in place", async () => {
    await history.rename("r4", "four");
    expect(history.read().items?.map(({ name }) => name)).toEqual([null, "four"]);
  });

  it("chooses the neighbour of what was deleted", async () => {
    history.choose("r5");
    await history.remove("r5");
    expect([ids(), history.read().chosen]).toEqual([["r4"], "r4"]);
    await history.remove("r4");
    expect([ids(), history.read().chosen]).toEqual([[], NOW]);
  });

  it("lists what was kept before a restore, and keeps the choice while it is there", async () => {
    history.choose("r5");
    const done = await history.restore("r5", ["cell-0"], false);
    expect(port.restored).toEqual([["r5", ["cell-0"], false]]);
    expect([done.busy, ids(), history.read().chosen]).toEqual([["cell-1"], ["kept", "r5"], "r5"]);
  });
});
