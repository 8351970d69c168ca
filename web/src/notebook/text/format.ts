/**
 * What the buttons of a text cell's toolbar write: from a text and what is selected in it to a change and what is selected
 * then. Pure; offsets are UTF-16. Pressing a button again takes back what it did.
 */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Format {
  readonly changes: readonly (Range & { readonly insert: string })[];
  /** In the text as it will be. */
  readonly selection: Range;
}

export type Action =
  | "heading"
  | "bold"
  | "italic"
  | "code"
  | "link"
  | "quote"
  | "numbers"
  | "bullets"
  | "tasks"
  | "rule"
  | "latex"
  | "table";

/** Words that stand where nothing was selected. */
export interface Samples {
  readonly bold: string;
  readonly italic: string;
  readonly code: string;
  readonly link: string;
  readonly address: string;
  readonly formula: string;
  readonly column: string;
  readonly cell: string;
}

export function format(action: Action, text: string, range: Range, samples: Samples): Format {
  switch (action) {
    case "bold":
      return around(text, range, "**", "**", samples.bold);
    case "italic":
      return around(text, range, "*", "*", samples.italic);
    case "code":
      return isMany(text, range) ? block(text, range, "```", "```") : around(text, range, "`", "`", samples.code);
    case "latex":
      return isMany(text, range) ? block(text, range, "$$", "$$") : around(text, range, "$", "$", samples.formula);
    case "link":
      return link(text, range, samples);
    case "heading":
      return heading(text, range);
    case "quote":
      return lines(text, range, /^> ?/, () => "> ", false);
    case "bullets":
      return lines(text, range, BULLET, () => "- ");
    case "numbers":
      return lines(text, range, NUMBER, (nth) => `${nth + 1}. `);
    case "tasks":
      return lines(text, range, TASK, () => "- [ ] ");
    case "rule":
      return paragraph(text, range, "---", null);
    case "table": {
      const { column, cell } = samples;
      const rows = [`| ${column} 1 | ${column} 2 |`, "| --- | --- |", `| ${cell} | ${cell} |`].join("\n");
      return paragraph(text, range, rows, { from: 2, to: 2 + column.length + 2 });
    }
  }
}

const isMany = (text: string, { from, to }: Range) => text.slice(from, to).includes("\n");

/** Signs on both sides of what is selected, or away from there. */
function around(text: string, range: Range, before: string, after: string, sample: string): Format {
  const { from, to } = trimmed(text, range);
  const inner = text.slice(from, to);
  const [outside, inside] = [isMarked(text, from, to, before, after), hasMarks(inner, before, after)];
  if (outside) {
    const changes = [
      { from: from - before.length, to: from, insert: "" },
      { from: to, to: to + after.length, insert: "" },
    ];
    return { changes, selection: { from: from - before.length, to: to - before.length } };
  }
  if (inside) {
    const bare = inner.slice(before.length, inner.length - after.length);
    return { changes: [{ from, to, insert: bare }], selection: { from, to: from + bare.length } };
  }
  const words = inner === "" ? sample : inner;
  const start = from + before.length;
  return {
    changes: [{ from, to, insert: before + words + after }],
    selection: { from: start, to: start + words.length },
  };
}

/** Spaces at the ends stay outside: `** x **` is no bold text. */
function trimmed(text: string, { from, to }: Range): Range {
  const inner = text.slice(from, to);
  if (inner.trim() === "") return { from, to: inner === "" ? to : from };
  return { from: from + (inner.length - inner.trimStart().length), to: to - (inner.length - inner.trimEnd().length) };
}

/** `*` beside `**` is a part of that, and not a sign of its own. */
function isMarked(text: string, from: number, to: number, before: string, after: string): boolean {
  const [head, tail] = [text.slice(0, from), text.slice(to)];
  if (!head.endsWith(before) || !tail.startsWith(after)) return false;
  const sign = before.charAt(0);
  const run = runAt(head, sign);
  return before.length === 1 ? run % 2 === 1 : run >= 2;
}

function hasMarks(inner: string, before: string, after: string): boolean {
  if (inner.length <= before.length + after.length) return false;
  return isMarked(inner, before.length, inner.length - after.length, before, after);
}

function runAt(head: string, sign: string): number {
  let run = 0;
  while (head[head.length - 1 - run] === sign) run += 1;
  return run;
}

/** Signs on lines of their own, above and below the selected lines. */
function block(text: string, range: Range, before: string, after: string): Format {
  const { from, to } = wholeLines(text, range);
  const inner = text.slice(from, to);
  const rows = inner.split("\n");
  if (rows.length > 2 && rows[0]?.startsWith(before) === true && rows.at(-1) === after) {
    const bare = rows.slice(1, -1).join("\n");
    return { changes: [{ from, to, insert: bare }], selection: { from, to: from + bare.length } };
  }
  const start = from + before.length + 1;
  return {
    changes: [{ from, to, insert: `${before}\n${inner}\n${after}` }],
    selection: { from: start, to: start + inner.length },
  };
}

function link(text: string, range: Range, { link: sample, address }: Samples): Format {
  const { from, to } = trimmed(text, range);
  const inner = text.slice(from, to);
  if (/^https?:\/\/\S+$/.test(inner)) {
    const insert = `[${sample}](${inner})`;
    return { changes: [{ from, to, insert }], selection: { from: from + 1, to: from + 1 + sample.length } };
  }
  const words = inner === "" ? sample : inner;
  const start = from + words.length + 3;
  return {
    changes: [{ from, to, insert: `[${words}](${address})` }],
    selection: { from: start, to: start + address.length },
  };
}

function wholeLines(text: string, { from, to }: Range): Range {
  const start = text.slice(0, from).lastIndexOf("\n") + 1;
  // A selection that ends at the beginning of a line does not mean that line.
  const last = to > from && text[to - 1] === "\n" ? to - 1 : to;
  const end = text.indexOf("\n", last);
  return { from: start, to: end === -1 ? text.length : end };
}

/** None, 1, 2, 3, none: as often as the button is pressed. */
function heading(text: string, range: Range): Format {
  const { from, to } = wholeLines(text, { from: range.from, to: range.from });
  const line = text.slice(from, to);
  const [marks = "", hashes = ""] = /^(#{1,6}) */.exec(line) ?? [];
  const next = hashes.length >= 3 ? "" : `${"#".repeat(hashes.length + 1)} `;
  const moved = next.length - marks.length;
  const place = (at: number) => Math.max(from + next.length, at + moved);
  return {
    changes: [{ from, to: from + marks.length, insert: next }],
    selection: { from: place(range.from), to: place(range.to) },
  };
}

const TASK = /^[-*+] \[[ xX]\] /;
const BULLET = /^[-*+] (?!\[[ xX]\] )/;
const NUMBER = /^\d{1,9}[.)] /;
const ANY_LIST = /^(?:[-*+] (?:\[[ xX]\] )?|\d{1,9}[.)] )/;

/** A mark before each selected line, in the place of another kind of list; away when all have it. */
function lines(text: string, range: Range, own: RegExp, mark: (nth: number) => string, list = true): Format {
  const { from, to } = wholeLines(text, range);
  const rows = text.slice(from, to).split("\n");
  const full = rows.filter((row) => row.trim() !== "");
  const off = full.length > 0 && full.every((row) => own.test(row.trimStart()));
  let nth = -1;
  const made = rows.map((row) => {
    if (row.trim() === "" && rows.length > 1) return row;
    nth += 1;
    const indent = list ? (/^\s*/.exec(row)?.[0] ?? "") : "";
    const bare = row.slice(indent.length);
    if (off) return indent + bare.replace(own, "");
    return indent + mark(nth) + (list ? bare.replace(ANY_LIST, "") : bare);
  });
  const insert = made.join("\n");
  const end = from + insert.length;
  // With nothing selected the caret stays where it was in its line.
  const caret = Math.max(from, Math.min(end, range.to + insert.length - (to - from)));
  return {
    changes: [{ from, to, insert }],
    selection: range.from === range.to ? { from: caret, to: caret } : { from, to: end },
  };
}

/** A paragraph of its own behind the selected lines, with an empty line on both sides. */
function paragraph(text: string, range: Range, insert: string, selected: Range | null): Format {
  const { to } = wholeLines(text, range);
  const head = text.slice(0, to);
  const before = head.trim() === "" ? "" : head.endsWith("\n\n") ? "" : head.endsWith("\n") ? "\n" : "\n\n";
  const after = /^\n\n/.test(text.slice(to)) ? "" : /^\n/.test(text.slice(to)) ? "\n" : "\n\n";
  const start = to + before.length;
  const end = start + insert.length + after.length;
  const selection =
    selected === null ? { from: end, to: end } : { from: start + selected.from, to: start + selected.to };
  return { changes: [{ from: to, to, insert: before + insert + after }], selection };
}
