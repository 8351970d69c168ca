import { expect, test } from "vitest";

import { installationOf } from "../../../src/notebook/outputs/install";

type Run = Parameters<typeof installationOf>[0];

const run = (state: string, text: string, cause: string | null = null): Run =>
  ({
    current: { state, cause: cause === null ? null : { code: "x", message: cause, evidence: {} } },
    outputs: { outputs: [{ t: "stream", text, tail: "", text_end: "" }] },
  }) as unknown as Run;

test("nothing was asked, or it is under way", () => {
  expect(installationOf({ current: null, outputs: null })).toEqual({ t: "none" });
  expect(installationOf(run("queued", ""))).toEqual({ t: "going-on" });
  expect(installationOf(run("running", "Collecting plotly\n"))).toEqual({ t: "going-on" });
});

test("it is installed, also where pip complains of others", () => {
  expect(installationOf(run("ok", "ERROR: pip's resolver...\nSuccessfully installed plotly-6\n"))).toEqual({
    t: "done",
  });
  expect(installationOf(run("ok", "Requirement already satisfied: plotly\n"))).toEqual({ t: "done" });
});

test("a failure says why, though its cell ended well", () => {
  const said = "Looking in links: /x\nERROR: Could not find a version\nERROR: No matching distribution\n";
  expect(installationOf(run("ok", said))).toEqual({ t: "failed", why: "Could not find a version" });
  expect(installationOf(run("ok", "/x/python: No module named pip\n"))).toEqual({
    t: "failed",
    why: "No module named pip",
  });
  expect(installationOf(run("ok", "Looking\n\u001b[31mERROR: Could not find a version\u001b[0m\u001b[31m\n"))).toEqual({
    t: "failed",
    why: "Could not find a version",
  });
  expect(installationOf(run("lost", "", "The kernel died."))).toEqual({ t: "failed", why: "The kernel died." });
});
