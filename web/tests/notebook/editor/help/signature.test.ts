import { expect, test } from "vitest";

import { parameterAt, signatureOf } from "../../../../src/notebook/editor/help/signature";

const HEAD = `Signature: df.head(n: 'int' = 5) -> 'Self'
Docstring:
Return the first \`n\` rows.

This function exhibits the same behavior as \`\`df[:n]\`\`.
File:      ~/frame.py
Type:      method`;

const LONG = `Signature:
plot(
    x,
    y=(1, 2),
    *args,
    label: "a, b (c)" = ')',
    **kwargs,
) -> list[str]
Docstring: Draws.
Type: function`;

test("a signature, its parameters and the first paragraph of what it does", () => {
  expect(signatureOf(HEAD)).toEqual({
    name: "df.head",
    parameters: ["n: 'int' = 5"],
    result: "-> 'Self'",
    doc: "Return the first `n` rows.",
  });
  expect(signatureOf(LONG)).toEqual({
    name: "plot",
    parameters: ["x", "y=(1, 2)", "*args", `label: "a, b (c)" = ')'`, "**kwargs"],
    result: "-> list[str]",
    doc: "Draws.",
  });
  expect(signatureOf("Init signature: Point(x, y)\nDocstring:      <no docstring>")?.parameters).toEqual(["x", "y"]);
  expect(signatureOf("Signature: f()\nDocstring: <no docstring>")?.parameters).toEqual([]);
});

test.each(["", "Type: int\nString form: 1", "Signature: odd", "Signature: f(", "no headers at all (a, b)"])(
  "%j says none",
  (text) => {
    expect(signatureOf(text)).toBeNull();
  },
);

test.each([
  ["f(a, b=1, *, c, d=2)", 0, null, "a"],
  ["f(a, b=1, *, c, d=2)", 1, null, "b=1"],
  ["f(a, b=1, *, c, d=2)", 2, null, null],
  ["f(a, b=1, *, c, d=2)", 1, "d", "d=2"],
  ["f(a, /, b)", 1, null, "b"],
  ["f(a, *rest, key=1)", 3, null, "*rest"],
  ["f(a, *rest, key=1)", 3, "key", "key=1"],
  ["f(a, **more)", 1, "other", "**more"],
  ["f(a, **more)", 1, null, null],
  ["f(a)", 0, "nothing", null],
  ["f()", 0, null, null],
])("%s: argument %i (%s) is for %s", (text, index, keyword, parameter) => {
  const signature = signatureOf(`Signature: ${text}`);
  if (signature === null) throw new Error("no signature");
  const at = parameterAt(signature, { index, keyword });
  expect(at === null ? null : signature.parameters[at]).toBe(parameter);
});
