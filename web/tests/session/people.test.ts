import { expect, test } from "vitest";

import { type Known, People } from "../../src/session/people";

const BEN: Known = { id: "b1", login: "ben", shown: "Ben Okoro" };
const CAI: Known = { id: "c1", login: "cai", shown: "" };

function world(...answers: (readonly Known[] | null)[]) {
  const asked: (readonly string[])[] = [];
  const fetch = (ids: readonly string[]) => {
    asked.push(ids);
    const answer = answers[asked.length - 1] ?? null;
    return answer === null ? Promise.reject(new Error("no connection")) : Promise.resolve(answer);
  };
  return { people: new People(fetch, "Deleted account"), asked };
}
const settled = () => new Promise((resolve) => setTimeout(resolve));

test("people are called by the name that they chose, else their login; all are asked for at once, each once", async () => {
  const { people, asked } = world([BEN, CAI]);
  let told = 0;
  people.subscribe(() => (told += 1));
  expect([people.name("b1"), people.name("c1"), people.name("b1"), people.name("")]).toEqual(["…", "…", "…", ""]);
  await settled();
  expect([people.name("b1"), people.name("c1"), people.login("b1")]).toEqual(["Ben Okoro", "cai", "ben"]);
  expect([asked, told]).toEqual([[["b1", "c1"]], 1]);
});

test("who has no account any more is said to have none, and cannot be called upon", async () => {
  const { people, asked } = world([BEN]);
  expect([people.name("b1"), people.name("gone")]).toEqual(["…", "…"]);
  await settled();
  expect([people.name("gone"), people.login("gone")]).toEqual(["Deleted account", ""]);
  expect(asked).toHaveLength(1);
});

test("what could not be asked is no deleted account, and is asked again", async () => {
  const { people } = world(null, [BEN]);
  expect(people.login("b1")).toBe("");
  await settled();
  expect(people.name("b1")).toBe("…");
  await settled();
  expect(people.name("b1")).toBe("Ben Okoro");
});
