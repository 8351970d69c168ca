/**
 * The source of a cell as static text: what is shown far from the viewport, with the measure of the editor that takes its
 * place. Lines, numbers and colours come when the cell was near; until then it is one text node.
 */
import "./editor.css";

import { type CSSProperties, useSyncExternalStore } from "react";

import type { CellFacts } from "../../doc/layout";
import { useController, useText } from "../context";
import { foldsOf } from "./kept";
import type { EditorModule } from "./load";
import { digitsOf, plainPieces, type StaticLine, staticLines } from "./static-lines";

/** A longer text is shown without colours and numbers: it is out of sight, and they would be tens of thousands of nodes. */
const STATIC_COLOUR_CHARS = 20_000;

interface StaticTextProps {
  readonly cell: CellFacts;
}

const digits = (text: string) => ({ "--digits": digitsOf(text) }) as CSSProperties;

/** For a cell that was never near. */
export function StaticSource({ cell }: StaticTextProps) {
  return (
    <div className={`source ${cell.type === "code" ? "code" : "writing"}`}>
      <PlainText cell={cell} />
    </div>
  );
}

export function PlainText({ cell }: StaticTextProps) {
  const text = useText(cell.source);
  return (
    <pre className="static-source" style={digits(text)}>
      <code className="static-content">{`${text}\n`}</code>
    </pre>
  );
}

interface ColouredTextProps extends StaticTextProps {
  readonly language: string;
  readonly module: EditorModule;
}

/** For a cell that was near: as its editor left it. */
export function ColouredText({ cell, language, module }: ColouredTextProps) {
  const { editor } = useController();
  const text = useText(cell.source);
  // Drawn anew when a language has come: it may be that of this text, or of a piece of it.
  useSyncExternalStore(module.subscribeLanguages, module.languagesFetched);
  const coloured = text.length > STATIC_COLOUR_CHARS ? null : module.colouredPieces(text, language);
  const lines = staticLines(coloured ?? plainPieces(text), foldsOf(cell.source, editor.kept(cell.id)));
  return (
    <pre className="static-source" style={digits(text)}>
      <code className="static-content">
        {lines.map((line) => (
          <Line key={line.number} line={line} />
        ))}
      </code>
    </pre>
  );
}

function Line({ line: { number, pieces } }: { readonly line: StaticLine }) {
  return (
    <div className="static-line" data-line={number}>
      {pieces.map(({ text, classes }, index) =>
        classes === "" ? (
          text
        ) : (
          <span key={index} className={classes}>
            {text}
          </span>
        ),
      )}
    </div>
  );
}
