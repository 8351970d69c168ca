/** The thin target between two cells that adds one there. */
import { Plus } from "lucide-react";

import { strings } from "../../words";
import { useController } from "../context";

const words = strings.notebook;

export function AddHere({ index }: { readonly index: number }) {
  const { structure } = useController();
  return (
    <div className="add-here">
      <button
        type="button"
        className="button outlined"
        aria-label={words.addCodeLabel}
        onClick={() => structure.insert("code", index)}
      >
        <Plus aria-hidden />
        {words.addCode}
      </button>
      <button
        type="button"
        className="button outlined"
        aria-label={words.addTextLabel}
        onClick={() => structure.insert("markdown", index)}
      >
        <Plus aria-hidden />
        {words.addText}
      </button>
    </div>
  );
}
