import { expect, test } from "vitest";

import { explainError, splitTraceback } from "../../../src/notebook/outputs/traceback";

test("of a traceback the last frame comes first and heading and message are said once", () => {
  const error = {
    t: "error",
    id: "o",
    ename: "ValueError",
    evalue: "no",
    traceback: [
      "\x1b[31m---------\x1b[39m",
      "\x1b[31mValueError\x1b[39m                     Traceback (most recent call last)",
      "Cell In[1], line 4\n----> 4 f()",
      "Cell In[1], line 2, in f()\n----> 2 raise",
      "\x1b[31mValueError\x1b[39m: no",
    ],
  } as const;
  expect(splitTraceback(error)).toEqual({
    earlier: ["Cell In[1], line 4\n----> 4 f()"],
    last: "Cell In[1], line 2, in f()\n----> 2 raise",
  });
  expect(splitTraceback({ ...error, traceback: [] })).toEqual({ earlier: [], last: null });
});

test("a missing package is named as pip knows it", () => {
  const missing = (name: string) =>
    explainError({
      t: "error",
      id: "o",
      ename: "ModuleNotFoundError",
      evalue: `No module named '${name}'`,
      traceback: [],
    });
  expect(missing("sklearn.svm")).toContain("scikit-learn");
  expect(missing("nopkg")).toContain("%pip install nopkg");
  expect(
    explainError({ t: "error", id: "o", ename: "ValueError", evalue: "No module named 'x'", traceback: [] }),
  ).toBeNull();
});
