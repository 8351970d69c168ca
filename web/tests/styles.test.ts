/** Styles of one page stay when one goes on to another: what they style must not be a class that another page gives. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const PAGES = ["account", "admin", "door", "drive", "notebook", "panel", "sharing"] as const;
type Page = (typeof PAGES)[number];

/** Whose parts a page shows; with them come their classes. */
const SHOWS: Readonly<Record<Page, readonly Page[]>> = {
  account: ["panel"],
  admin: ["panel"],
  door: [],
  drive: ["sharing"],
  notebook: ["sharing"],
  panel: [],
  sharing: [],
};

/** On paper what all pages share is hidden by the one that can be printed; an exported file has styles of its own. */
const APART = /(print|export)\.css$/;

const read = (page: Page, ending: string) =>
  readdirSync(`src/${page}`, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending) && !APART.test(name))
    .map((name) => readFileSync(`src/${page}/${name}`, "utf8"));

/** Classes that a rule of the page names alone, so that it holds wherever they are given. */
function styled(page: Page): Set<string> {
  const found = new Set<string>();
  for (const css of read(page, ".css"))
    for (const [, selectors = ""] of css.replace(/\/\*.*?\*\//gs, "").matchAll(/([^{}]+)\{/g))
      for (const selector of selectors.split(",")) {
        const alone =
          /^\.([\w-]+)(?::(?:hover|focus|focus-visible|active|disabled|first-child|last-child))?(?=$|[\s>+~])/;
        const name = alone.exec(selector.trim())?.[1];
        if (name !== undefined) found.add(name);
      }
  return found;
}

/** Every word of every text in what follows `className=` on its line. */
function given(page: Page): Set<string> {
  const found = new Set<string>();
  for (const source of read(page, ".tsx"))
    for (const [, code = ""] of source.matchAll(/className=("[^"]*"|\{[^\n]*)/g))
      for (const [, literal = ""] of code.matchAll(/["'`]([^"'`]*)["'`]/g))
        for (const name of literal.split(/\s+|\$\{[^}]*\}/)) found.add(name);
  return found;
}

test.each(PAGES)("no rule of %s holds on a page that it is not for", (page) => {
  const classes = styled(page);
  expect(classes.size).toBeGreaterThan(0);
  for (const other of PAGES) {
    if (other === page || SHOWS[other].includes(page)) continue;
    const both = [...given(other)].filter((name) => classes.has(name));
    expect(both, `${page} styles what ${other} gives`).toEqual([]);
  }
});
