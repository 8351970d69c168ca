/** The lines of a long text that are in sight, on a scroll bar for all of them. */
import { type CSSProperties, memo, useEffect, useLayoutEffect, useRef, useSyncExternalStore } from "react";

import { parseAnsi } from "../../../runs/ansi";
import { count } from "../../../ui/format";
import { strings } from "../../../words";
import { Span } from "../ansi-text";
import { marked } from "./highlight";
import type { Query } from "./log-search";
import type { Roll } from "./log-roll";
import { heightOf, isExact, topOf } from "./log-scroll";
import type { LogLine, LogSource } from "./log-source";

const OVERSCAN_LINES = 30;
/** After this pause the scroll bar is set to where the lines are. */
const SETTLE_MS = 160;

interface LogLinesProps {
  readonly source: LogSource;
  readonly roll: Roll;
  readonly query: Query | null;
}

export function LogLines({ source, roll, query }: LogLinesProps) {
  const version = useSyncExternalStore(source.subscribe, source.version);
  const { place, geometry, chosen } = useSyncExternalStore(roll.subscribe, roll.read);
  const { scroller, above, below } = useScrolling(roll, version);
  const { total, wraps } = geometry;
  const seen = Math.ceil(geometry.viewPx / geometry.linePx);
  const first = Math.max(0, place.line - OVERSCAN_LINES);
  const last = Math.min(total, place.line + seen + OVERSCAN_LINES);
  useEffect(() => source.want(first, last), [source, first, last]);
  const row = (number: number) => (
    <Row key={number} number={number} line={source.line(number)} query={query} chosen={number === chosen} />
  );
  const digits = { "--log-digits": `${String(total).length}ch` } as CSSProperties;
  return (
    <div
      ref={scroller}
      className={`log-scroller ${wraps ? "wraps" : ""}`}
      style={digits}
      tabIndex={0}
      role="group"
      aria-label={strings.log.lines(count(total))}
    >
      <div className="log-spacer" style={{ height: heightOf(geometry) }}>
        <div className="log-view" style={{ height: geometry.viewPx }}>
          <div className="log-anchor" style={{ top: -place.px }}>
            <div ref={above} className="log-above">
              {range(first, place.line).map(row)}
            </div>
            <div ref={below}>{range(place.line, last).map(row)}</div>
          </div>
        </div>
      </div>
    </div>
  );
}

const range = (from: number, to: number) => Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);

/** Joins the list's place with the scroll bar of the element and with the heights that lines have when drawn. */
function useScrolling(roll: Roll, version: number) {
  const scroller = useRef<HTMLDivElement>(null);
  const above = useRef<HTMLDivElement>(null);
  const below = useRef<HTMLDivElement>(null);
  const { place, geometry } = useSyncExternalStore(roll.subscribe, roll.read);
  useBox(scroller, roll);
  useLayoutEffect(() => {
    const element = scroller.current;
    const rows = below.current;
    if (element === null || rows === null) return;
    const heightAt = (line: number) => {
      const from = line < place.line ? above.current : rows;
      const at = line < place.line ? (from?.children.length ?? 0) - (place.line - line) : line - place.line;
      const row = from?.children[at];
      return row instanceof HTMLElement ? row.offsetHeight : undefined;
    };
    if (geometry.wraps && place.line + rows.children.length >= geometry.total) {
      roll.fill(geometry.viewPx - (rows.offsetHeight - place.px), heightAt);
    }
    let said = element.scrollTop;
    const settle = () => {
      const top = topOf(place, geometry);
      if (Math.abs(element.scrollTop - top) > 1) element.scrollTop = top;
      said = element.scrollTop;
    };
    if (isExact(geometry)) settle();
    const timer = setTimeout(settle, SETTLE_MS);
    const onScroll = () => {
      if (Math.abs(element.scrollTop - said) < 1) return;
      const before = said;
      said = element.scrollTop;
      roll.scrolled(before, said, element.scrollHeight - element.clientHeight, heightAt);
    };
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      clearTimeout(timer);
      element.removeEventListener("scroll", onScroll);
    };
    // Lines that have come (`version`) have other heights than their empty places.
  }, [roll, place, geometry, version]);
  return { scroller, above, below };
}

function useBox(scroller: { readonly current: HTMLElement | null }, roll: Roll): void {
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const measure = () => {
      const linePx = parseFloat(getComputedStyle(element).lineHeight) || 20;
      roll.measure({ linePx, viewPx: element.clientHeight });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller, roll]);
}

interface RowProps {
  readonly number: number;
  readonly line: LogLine | null;
  readonly query: Query | null;
  readonly chosen: boolean;
}

const Row = memo(
  function Row({ number, line, query, chosen }: RowProps) {
    return (
      <div className={`log-row ${chosen ? "chosen" : ""}`}>
        <span className="log-number" aria-hidden>
          {number + 1}
        </span>
        <span className="log-text">
          {line !== null &&
            marked(parseAnsi(line.text, line.start).spans, query).map(({ marked: isMarked, ...span }, at) =>
              isMarked ? (
                <mark key={at}>
                  <Span {...span} />
                </mark>
              ) : (
                <Span key={at} {...span} />
              ),
            )}
          {line !== null && line.cut !== null && <span className="log-cut">{strings.log.cut(count(line.cut))}</span>}
          {"\n"}
        </span>
      </div>
    );
  },
  (before, after) =>
    before.number === after.number &&
    before.query === after.query &&
    before.chosen === after.chosen &&
    before.line?.text === after.line?.text &&
    before.line?.start === after.line?.start &&
    before.line?.cut === after.line?.cut,
);
