/** What a tip shows. Text of the kernel is data: colours and links, never HTML. */
import { createRoot } from "react-dom/client";

import { strings } from "../../../words";
import { AnsiText } from "../../outputs/ansi-text";
import type { Signature } from "./signature";
import type { Tip } from "./tip";

const words = strings.editor.help;

export function drawTip(parent: HTMLElement, tip: Tip): () => void {
  const root = createRoot(parent);
  root.render(<TipView tip={tip} />);
  return () => root.unmount();
}

function TipView({ tip }: { readonly tip: Tip }) {
  switch (tip.t) {
    case "signature":
      return <SignatureView signature={tip.signature} active={tip.active} />;
    case "inspection":
      return tip.text === null ? <p className="tip-note">{words.unknown}</p> : <Inspection tip={tip} text={tip.text} />;
    case "problem": {
      const said = strings.values.problems[tip.problem.code] ?? tip.problem;
      return (
        <p className="tip-note">
          {said.title}. {said.detail}
        </p>
      );
    }
  }
}

interface InspectionProps {
  readonly tip: Extract<Tip, { readonly t: "inspection" }>;
  readonly text: string;
}

function Inspection({ tip, text }: InspectionProps) {
  return (
    <>
      <pre className="tip-text">
        <AnsiText text={text} />
      </pre>
      {tip.detail === 0 && <p className="tip-more">{words.again}</p>}
    </>
  );
}

interface SignatureProps {
  readonly signature: Signature;
  readonly active: number | null;
}

function SignatureView({ signature: { name, parameters, result, doc }, active }: SignatureProps) {
  return (
    <>
      <p className="tip-signature">
        {name}(
        {parameters.map((parameter, index) => (
          <span key={index}>
            {index > 0 && ", "}
            <span className={index === active ? "tip-parameter" : ""}>{parameter}</span>
          </span>
        ))}
        ){result !== "" && ` ${result}`}
      </p>
      {doc !== "" && <p className="tip-doc">{doc}</p>}
    </>
  );
}
