/** A LaTeX output: its formulas by KaTeX, what stands between them as text. */
import { Suspense, use } from "react";

import { Html } from "../../ui/html";
import { loadLatex } from "../../ui/latex";
import { type Piece, piecesOf } from "./math";

export function LatexOutput({ source }: { readonly source: string }) {
  return (
    <div className="output-latex">
      <Suspense fallback={<span className="output-pre">{source}</span>}>
        <Pieces pieces={piecesOf(source)} />
      </Suspense>
    </div>
  );
}

/** Suspends until KaTeX is there. */
function Pieces({ pieces }: { readonly pieces: readonly Piece[] }) {
  const { render } = use(loadLatex());
  return pieces.map((piece, at) => {
    const html = piece.t === "text" ? null : render(piece.text, piece.display);
    // A formula that cannot be read is shown as it was written.
    if (html === null || piece.t === "text") return <span key={at}>{piece.text}</span>;
    return <Html key={at} className={piece.display ? "formula display" : "formula"} html={html} />;
  });
}
