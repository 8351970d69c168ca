/** At a heading: the triangle that folds its section, and, when it is folded, what stands in its place. */
import "./sections.css";

import { ChevronDown, ChevronRight, Play } from "lucide-react";

import { strings } from "../../words";
import { useController, useMay, useSections } from "../context";

const words = strings.sections;

/** How many cells a section has behind its heading; 0 when the cell begins none. */
function useSize(id: string): number {
  return useSections(({ outline }) => {
    const section = outline.sections.get(id);
    return section === undefined ? 0 : section.to - section.from - 1;
  });
}

export function FoldButton({ id }: { readonly id: string }) {
  const controller = useController();
  const size = useSize(id);
  const folded = useSections((sections) => sections.folded.has(id));
  const level = useSections(({ outline }) => outline.sections.get(id)?.level ?? 0);
  if (size === 0) return null;
  const label = folded ? words.open : words.fold;
  return (
    <button
      type="button"
      className={`fold level-${level}`}
      aria-label={label}
      title={label}
      aria-expanded={!folded}
      onClick={() => controller.foldSections([id], !folded)}
    >
      {folded ? <ChevronRight aria-hidden /> : <ChevronDown aria-hidden />}
    </button>
  );
}

export function FoldedCells({ id }: { readonly id: string }) {
  const { sections, running } = useController();
  const size = useSize(id);
  const folded = useSections((state) => state.folded.has(id));
  const may = useMay("run");
  if (!folded || size === 0) return null;
  return (
    <div className="folded-cells meta">
      <button type="button" className="button" onClick={() => sections.fold([id], false)}>
        {words.hidden(size)}
      </button>
      {may && (
        <button type="button" className="button" onClick={() => running.run(sections.cellsOf(id))}>
          <Play aria-hidden />
          {words.runHidden}
        </button>
      )}
    </div>
  );
}
