/** What a search found in a notebook: lines with their words marked, each of which leads to its cell. */
import type { MouseEvent } from "react";

import type { FoundItem } from "../net/drive-rest";
import { useDrive } from "./context";
import { addressOfCell } from "./model/deeds";
import { markedParts, type Part } from "./model/marked";
import { useValue } from "../ui/hooks";

export function FoundLines({ item }: { readonly item: FoundItem }) {
  const { desk, go } = useDrive();
  const view = useValue(desk.view);
  const lines = item.lines ?? [];
  if (lines.length === 0 || view.t !== "search") return null;
  const open = (event: MouseEvent, address: string) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go(address);
  };
  return (
    <span role="gridcell" className="cell-found">
      {lines.map(({ cell_id, text }, at) => {
        const address = addressOfCell(item.id, cell_id);
        return (
          <a
            key={at}
            className="found-line"
            href={address}
            title={text}
            tabIndex={-1}
            draggable={false}
            onClick={(event) => open(event, address)}
          >
            <Marked parts={markedParts(text, view.words)} />
          </a>
        );
      })}
    </span>
  );
}

/** The first word that was found is in sight however narrow the page is: what stands before and after it is cut. */
function Marked({ parts }: { readonly parts: readonly Part[] }) {
  const at = Math.max(
    0,
    parts.findIndex(({ marked }) => marked),
  );
  const shown = ({ text, marked }: Part, key: number) => (marked ? <mark key={key}>{text}</mark> : text);
  return (
    <bdi>
      <span className="found-before">{parts.slice(0, at).map(shown)}</span>
      {parts.slice(at, at + 1).map(shown)}
      <span className="found-after">{parts.slice(at + 1).map(shown)}</span>
    </bdi>
  );
}
