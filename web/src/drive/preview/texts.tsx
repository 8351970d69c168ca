/** Texts, tables and notebooks to read: everything of them is shown as text. */
import { useMemo } from "react";

import type { Item } from "../../net/drive-rest";
import { readSeparated } from "../../notebook/model/csv";
import { endingOf } from "../../notebook/model/file-names";
import { bytes, count } from "../../ui/format";
import { strings } from "../../words";
import { readNotebook } from "../model/notebook-text";
import { Unknown } from "./media";
import { useBeginning } from "./use-beginning";

const words = strings.drive;
const TEXT_BYTES = 256 * 1024;
const NOTEBOOK_BYTES = 8 * 1024 * 1024;
const ROWS_SHOWN = 200;
const COLUMNS_SHOWN = 60;
const CELLS_SHOWN = 400;
const OUTPUT_CHARS = 8_000;

interface TextProps {
  readonly item: Item;
}

function Note({ children }: { readonly children: string }) {
  return <p className="preview-note meta">{children}</p>;
}

export function PlainText({ item }: TextProps) {
  const beginning = useBeginning(item, TEXT_BYTES);
  if (beginning.t === "loading") return <Note>{words.loading}</Note>;
  if (beginning.t === "failed") return <Unknown item={item} why={beginning.why} />;
  if (beginning.t === "bytes") return <Unknown item={item} />;
  if (beginning.text === "") return <Note>{words.emptyFile}</Note>;
  return (
    <>
      {beginning.more && <Note>{words.firstPart(bytes(TEXT_BYTES))}</Note>}
      <pre className="preview-text" tabIndex={0} data-scrolls>
        {beginning.text}
      </pre>
    </>
  );
}

export function TableText({ item }: TextProps) {
  const beginning = useBeginning(item, TEXT_BYTES);
  const text = beginning.t === "text" ? beginning.text : "";
  const table = useMemo(
    () => (endingOf(item.name) === "tsv" ? readSeparated(text, "\t") : readSeparated(text)),
    [item.name, text],
  );
  if (beginning.t !== "text" || table.head.length === 0) return <PlainText item={item} />;
  // The last row of a beginning may be half of one.
  const rows = (beginning.more ? table.rows.slice(0, -1) : table.rows).slice(0, ROWS_SHOWN);
  const cut = beginning.more || rows.length < table.rows.length;
  return (
    <>
      {cut && <Note>{words.firstRows(count(rows.length))}</Note>}
      <div className="preview-table" tabIndex={0} data-scrolls role="group" aria-label={item.name}>
        <table>
          <thead>
            <tr>
              {table.head.slice(0, COLUMNS_SHOWN).map((name, at) => (
                <th key={at} scope="col" dir="auto">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <tr key={at}>
                {row.slice(0, COLUMNS_SHOWN).map((field, column) => (
                  <td key={column} dir="auto" className={/^-?[\d.,]+$/.test(field) ? "number" : undefined}>
                    {field}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

export function NotebookText({ item }: TextProps) {
  const beginning = useBeginning(item, NOTEBOOK_BYTES);
  const text = beginning.t === "text" && !beginning.more ? beginning.text : "";
  const cells = useMemo(() => (text === "" ? null : readNotebook(text)), [text]);
  if (beginning.t === "loading") return <Note>{words.loading}</Note>;
  if (beginning.t === "failed") return <Unknown item={item} why={beginning.why} />;
  if (beginning.t === "text" && beginning.more) return <Unknown item={item} why={words.tooLarge(bytes(item.size))} />;
  if (cells === null) return <Unknown item={item} why={words.notNotebook} />;
  return (
    <div className="preview-cells" tabIndex={0} data-scrolls role="group" aria-label={words.cellsOf(cells.length)}>
      {cells.slice(0, CELLS_SHOWN).map((cell, at) => (
        <section key={at} className={`read-cell ${cell.kind}`}>
          <span className="meta tabular" aria-hidden>
            {cell.kind === "code" ? `[${cell.count ?? " "}]` : ""}
          </span>
          <div>
            <pre dir="auto">{cell.source}</pre>
            {cell.outputs.map((output, place) => (
              <div key={place} className={output.bad ? "read-output bad" : "read-output"}>
                {output.shown !== null && <p className="meta">{words.pictureOutput(output.shown)}</p>}
                <pre>{output.text.slice(0, OUTPUT_CHARS)}</pre>
              </div>
            ))}
          </div>
        </section>
      ))}
    </div>
  );
}
