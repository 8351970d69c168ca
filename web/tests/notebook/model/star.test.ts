import { expect, it } from "vitest";

import { Star } from "../../../src/notebook/model/star";

it("is shown at once, and taken back when the server refuses", async () => {
  const failures: unknown[] = [];
  const asked: boolean[] = [];
  let answer = Promise.resolve();
  const star = new Star({
    put: (starred) => {
      asked.push(starred);
      return answer;
    },
    failed: (error) => failures.push(error),
  });
  star.heard(false);
  star.toggle();
  expect(star.read()).toBe(true);
  await answer;
  answer = Promise.reject(new Error("no"));
  star.toggle();
  expect(star.read()).toBe(false);
  await answer.catch(() => undefined);
  await Promise.resolve();
  expect([star.read(), failures.length]).toEqual([true, 1]);
  expect(asked).toEqual([true, false]);
});
