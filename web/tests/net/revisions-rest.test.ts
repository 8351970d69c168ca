import { expect, it } from "vitest";

import { Rest } from "../../src/net/rest";
import { NOW, revisionFile, RevisionsRest } from "../../src/net/revisions-rest";

const asked: string[] = [];
const answer = {
  cell_id: "c",
  execution_id: null,
  outputs: [{ t: "stream", id: "0", name: "stdout", text: "x", chars: 1 }],
};
const fetch = ((path: string, { method, body }: RequestInit) => {
  asked.push([method ?? "", path, ...(typeof body === "string" ? [body] : [])].join(" "));
  return Promise.resolve(new Response(JSON.stringify(answer)));
}) as typeof globalThis.fetch;
const revisions = new RevisionsRest(new Rest({ fetch, csrf: () => "" }));
const at = (notebook: string, revision: string) => ({ notebook, revision });

it("asks for what it says, whatever is in an id", async () => {
  await revisions.page("n", null, false);
  await revisions.page("n", "5.r1", true);
  await revisions.restore(at("n", "../x"), null, true);
  await revisions.compare(at("n", "r1"), at("n", NOW));
  await revisions.compare(at("n", NOW), at("m/..", NOW));
  expect(asked).toEqual([
    "GET /api/v1/notebooks/n/revisions?named=false",
    "GET /api/v1/notebooks/n/revisions?named=true&before=5.r1",
    'POST /api/v1/notebooks/n/revisions/..%2Fx/restore {"cells":null,"outputs":true}',
    "GET /api/v1/notebooks/n/compare?old=r1&new=now",
    "GET /api/v1/notebooks/n/compare/m%2F..",
  ]);
  expect(revisionFile(at("n", "a?b"))).toBe("/api/v1/notebooks/n/revisions/a%3Fb/file");
});

it("fills in what outputs leave out", async () => {
  const { complete, outputs } = await revisions.outputs(at("n", "r1"), "c");
  expect(complete).toBe(true);
  expect(outputs).toMatchObject([{ t: "stream", text: "x", tail: "", text_end: "", omitted: 0 }]);
});
