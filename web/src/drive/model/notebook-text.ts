/** A notebook's file as text to read: cells with their sources and what their outputs say. Pure; anything may stand in it. */

export interface ReadCell {
  readonly kind: "code" | "markdown" | "raw";
  readonly source: string;
  readonly count: number | null;
  readonly outputs: readonly ReadOutput[];
}

export interface ReadOutput {
  readonly text: string;
  readonly bad: boolean;
  /** Something that is no text: its kind. */
  readonly shown: string | null;
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null;
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

/** nbformat writes a text as one or as a list of lines. */
const textOf = (value: unknown): string =>
  typeof value === "string"
    ? value
    : listOf(value)
        .filter((line) => typeof line === "string")
        .join("");

/** Colours of terminals, which a plain text has none of. */
const ANSI = /\u001b\[[0-9;]*[A-Za-z]/g;

function readOutput(value: unknown): readonly ReadOutput[] {
  if (!isObject(value)) return [];
  const plain = (text: string, bad = false): readonly ReadOutput[] =>
    text === "" ? [] : [{ text: text.replace(ANSI, ""), bad, shown: null }];
  switch (value["output_type"]) {
    case "stream":
      return plain(textOf(value["text"]));
    case "error":
      return plain(`${String(value["ename"])}: ${String(value["evalue"])}`, true);
    case "display_data":
    case "execute_result": {
      const data = isObject(value["data"]) ? value["data"] : {};
      const picture = Object.keys(data).find((type) => type.startsWith("image/"));
      const text = textOf(data["text/plain"]);
      if (picture === undefined) return plain(text);
      return [{ text, bad: false, shown: picture }];
    }
    default:
      return [];
  }
}

/** Null: this is no notebook. */
export function readNotebook(text: string): readonly ReadCell[] | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(value) || !Array.isArray(value["cells"])) return null;
  return listOf(value["cells"]).flatMap((cell) => {
    if (!isObject(cell)) return [];
    const type = cell["cell_type"];
    if (type !== "code" && type !== "markdown" && type !== "raw") return [];
    const count = cell["execution_count"];
    return [
      {
        kind: type,
        source: textOf(cell["source"]),
        count: typeof count === "number" ? count : null,
        outputs: listOf(cell["outputs"]).flatMap(readOutput),
      },
    ];
  });
}
