import { describe, expect, it } from "vitest";

import { Loader } from "../../frame/amd/loader";

const loader = (provided: Record<string, unknown> = {}) =>
  new Loader(Object.fromEntries(Object.entries(provided).map(([id, value]) => [id, () => Promise.resolve(value)])));

describe("the AMD loader", () => {
  it("gives a named module the values of what it depends on, made once", async () => {
    const amd = loader({ jquery: "$" });
    let made = 0;
    amd.define("a", ["jquery"], ($: string) => {
      made += 1;
      return { $ };
    });
    amd.define("b", ["a", "./a"], (...both: unknown[]) => both);
    const [first, second] = (await amd.load("b")) as unknown[];
    expect(first).toEqual({ $: "$" });
    expect(second).toBe(first);
    expect(made).toBe(1);
    expect(amd.value("a")).toBe(first);
  });

  it("understands factories in the manner of CommonJS", async () => {
    const amd = loader({ jquery: "$" });
    amd.define("dir/inner", null, { value: 7 });
    amd.define("dir/outer", null, (require: (id: string) => unknown, exports: Record<string, unknown>) => {
      exports["inner"] = require("./inner");
      exports["jquery"] = require("jquery");
    });
    expect(await amd.load("dir/outer")).toEqual({ inner: { value: 7 }, jquery: "$" });
  });

  it("finds addresses by the longest configured path, and tries all of a list", () => {
    const amd = loader();
    amd.configure({ baseUrl: "https://base.example/", paths: { d3: "https://cdn.example/d3.v7.min" } });
    amd.configure({ paths: { "d3/extra": ["https://one.example/x", "https://two.example/x.js"] } });
    expect(amd.addresses("d3")).toEqual(["https://cdn.example/d3.v7.min.js"]);
    expect(amd.addresses("d3/extra/deep")).toEqual([
      "https://one.example/x/deep.js",
      "https://two.example/x.js/deep.js",
    ]);
    expect(amd.addresses("other")).toEqual(["https://base.example/other.js"]);
    expect(amd.addresses("https://x.example/a.js?v=1")).toEqual(["https://x.example/a.js?v=1"]);
  });

  it("says plainly that a module is not there yet", () => {
    expect(() => loader().value("absent")).toThrow('Module "absent" has not been loaded yet');
  });

  it("forgets a module, so that another may take its name", async () => {
    const amd = loader();
    amd.define("plotly", [], () => 1);
    expect(await amd.load("plotly")).toBe(1);
    amd.forget("plotly");
    amd.define("plotly", [], () => 2);
    expect(await amd.load("plotly")).toBe(2);
  });
});
