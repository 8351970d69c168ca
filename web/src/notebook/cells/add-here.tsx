/** The thin target between two cells that adds one there. */
import { Plus } from "lucide-react";

import { strings } from "../../words";
import { useController } from "../context";

const words = strings.notebook;

/** `behind`: the cell above it; null at the beginning. */
export function AddHere({ behind }: { readonly behind: string | null }) {
  const { structure } = useController();
  return (
    <div className="add-here">
      <button
        type="button"
        className="button outlined"
        aria-label={words.addCodeLabel}
        onClick={() => structure.insertBehind("code", behind)}
      >
        <Plus aria-hidden />
        {words.addCode}
      </button>
      <button
        type="button"
        className="button outlined"
        aria-label={words.addTextLabel}
        onClick={() => structure.insertBehind("markdown", behind)}
      >
        <Plus aria-hidden />
        {words.addText}
      </button>
    </div>
  );
}
