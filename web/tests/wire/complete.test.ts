import { readFileSync } from "node:fs";

import { encode } from "@msgpack/msgpack";
import { expect, test } from "vitest";

import { decodeFrame, encodeFrame } from "../../src/net/codec";
import { complete } from "../../src/wire/complete";
import { SHAPES, UNIONS, type Welcome } from "../../src/wire/types";

test("fields that the wire leaves out get their defaults, at every depth", () => {
  const frame = complete<Welcome>(
    {
      t: "welcome",
      snapshot: {
        rev: 3,
        cells: [{ cell_id: "c", execution_id: null, outputs: [{ t: "stream", id: "o", name: "stdout" }] }],
        runtime: { id: "r", state: "ended", launcher: "process", since: 1, cause: { code: "idle", message: "Idle." } },
      },
    },
    UNIONS.ToPage,
  );
  expect(frame.snapshot?.saved).toEqual({ at: null, pending: false, cause: null });
  expect(frame.snapshot?.cells[0]).toMatchObject({ complete: true, count: 0 });
  expect(frame.snapshot?.cells[0]?.outputs[0]).toMatchObject({ text: "", tail: "", omitted: 0 });
  expect(frame.snapshot?.runtime?.cause?.evidence).toEqual({});
});

test("bytes stay bytes, and a frame that was encoded is decoded the same", () => {
  const update = new Uint8Array([1, 2, 255]);
  expect(decodeFrame(encode({ t: "peer", update }))).toEqual({ t: "peer", update });
  expect(encodeFrame({ t: "update", n: 1, update })).toEqual(encode({ t: "update", n: 1, update }));
});

test("a frame with a tag of a newer minor version is left out, one without a tag is an error", () => {
  expect(decodeFrame(encode({ t: "from-the-future", x: 1 }))).toBeNull();
  expect(() => decodeFrame(encode({ x: 1 }))).toThrow();
  expect(() => decodeFrame(encode(7))).toThrow();
});

test("the table of shapes covers every Struct of the contract", () => {
  const contract = JSON.parse(readFileSync("../contract/frames.json", "utf-8")) as {
    $defs: Record<string, { properties?: object; required?: string[] }>;
  };
  for (const [name, schema] of Object.entries(contract.$defs)) {
    if (schema.properties === undefined) continue;
    const { defaults } = SHAPES[name as keyof typeof SHAPES];
    expect(Object.keys(defaults).sort(), name).toEqual(
      Object.keys(schema.properties)
        .filter((key) => !(schema.required ?? []).includes(key))
        .sort(),
    );
  }
});
