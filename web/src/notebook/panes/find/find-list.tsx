/** Matches by cell, each with what stands around it. A click goes there; the focus stays in the pane. */
import { memo, useMemo } from "react";

import { count } from "../../../ui/format";
import { strings } from "../../../words";
import { useController, useOrder } from "../../context";
import type { Match } from "../../find/fields";
import type { FindState } from "../../find/finder";
import { contextOf } from "../../find/match";

const words = strings.find;
/** A list that nobody reads to its end; next and previous go on behind it. */
const LISTED = 300;

interface Group {
  readonly cell: string;
  readonly matches: readonly { readonly at: number; readonly match: Match }[];
}

function grouped(matches: readonly Match[]): readonly Group[] {
  const groups: { cell: string; matches: { at: number; match: Match }[] }[] = [];
  for (const [at, match] of matches.slice(0, LISTED).entries()) {
    const last = groups.at(-1);
    if (last?.cell === match.cell) last.matches.push({ at, match });
    else groups.push({ cell: match.cell, matches: [{ at, match }] });
  }
  return groups;
}

export function FindList({ state }: { readonly state: FindState }) {
  const controller = useController();
  const { query, matches, at } = state;
  const groups = useMemo(() => grouped(matches), [matches]);
  const order = useOrder();
  const places = useMemo(() => new Map(order.map((id, index) => [id, index])), [order]);
  if (query.text === "") return <p className="find-hint">{words.hint}</p>;
  return (
    <div className="find-results" role="group" aria-label={words.results}>
      {groups.map((group) => (
        <section key={`${group.cell}:${group.matches[0]?.at ?? 0}`}>
          <h3 className="find-cell meta">
            <span>{title(controller.book?.cell(group.cell)?.type ?? "code", places.get(group.cell) ?? 0)}</span>
            <span className="tabular">{group.matches.length}</span>
          </h3>
          {group.matches.map(({ at: index, match }) => (
            <Row key={index} match={match} at={index} here={index === at} go={(to) => controller.finder.go(to)} />
          ))}
        </section>
      ))}
      {matches.length > LISTED && <p className="find-hint meta">{words.listed(count(LISTED))}</p>}
    </div>
  );
}

const title = (type: keyof typeof strings.cell.kind, index: number) => words.cell(strings.cell.kind[type], index + 1);

interface RowProps {
  readonly match: Match;
  readonly at: number;
  readonly here: boolean;
  readonly go: (at: number) => void;
}

const Row = memo(
  function Row({ match, at, here, go }: RowProps) {
    const { before, match: found, after, line } = contextOf(match.text, match);
    return (
      <button type="button" className="find-row" aria-current={here} onClick={() => go(at)}>
        <span className="find-line meta tabular">{match.part === "output" ? words.inOutput : line}</span>
        <code>
          {before}
          <mark>{found}</mark>
          {after}
        </code>
      </button>
    );
  },
  (old, now) => old.here === now.here && old.at === now.at && old.match === now.match,
);
