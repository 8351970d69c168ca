/** JSON as a tree: by keyboard as by hand, with a search, and what a row holds or where it is to be copied. */
import "./json.css";

import { ChevronRight, Copy, Link2 } from "lucide-react";
import { type KeyboardEvent, memo, useId, useMemo, useRef, useState } from "react";

import { IconButton } from "../../ui/button";
import { count } from "../../ui/format";
import { strings } from "../../words";
import { useController } from "../context";
import { copyText } from "./copy";
import {
  firstOpen,
  type Openness,
  PAGE,
  pathText,
  previewOf,
  revealed,
  type Row,
  rowsOf,
  searchTree,
  keyOf,
} from "./json-tree";

const words = strings.json;
/** A small value needs no search. */
const SEARCH_FROM_ROWS = 12;

export function JsonOutput({ value }: { readonly value: unknown }) {
  const controller = useController();
  const id = useId();
  const [openness, setOpenness] = useState<Openness>(() => ({ open: firstOpen(value), listed: new Map() }));
  const [current, setCurrent] = useState("[]");
  const tree = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => rowsOf(value, openness), [value, openness]);
  const at = Math.max(
    0,
    rows.findIndex(({ key }) => key === current),
  );
  const row = rows[at];
  const go = (index: number) => {
    const next = rows[Math.min(Math.max(index, 0), rows.length - 1)];
    if (next === undefined) return;
    setCurrent(next.key);
    tree.current?.children[Math.max(0, rows.indexOf(next))]?.scrollIntoView({ block: "nearest" });
  };
  const toggle = ({ key, kind, path, open }: Row) => {
    if (kind === "more") {
      const parent = keyOf(path);
      setOpenness({
        ...openness,
        listed: new Map(openness.listed).set(parent, (openness.listed.get(parent) ?? PAGE) + PAGE),
      });
      return;
    }
    const opened = new Set(openness.open);
    if (open) opened.delete(key);
    else opened.add(key);
    setOpenness({ ...openness, open: opened });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (row === undefined || !press(event.key, { rows, at, row, go, toggle })) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const copy = (text: string) => void copyText(controller.toasts, text);
  return (
    <div className="json">
      <div className="json-tools">
        {rows.length >= SEARCH_FROM_ROWS && (
          <Search
            value={value}
            onFound={(path) => {
              setOpenness((old) => revealed(value, path, old));
              setCurrent(keyOf(path));
            }}
          />
        )}
        <IconButton
          icon={Copy}
          label={words.copyValue}
          onClick={() => copy(row?.kind === "string" ? String(row.value) : JSON.stringify(row?.value, null, 2))}
        />
        <IconButton icon={Link2} label={words.copyPath} onClick={() => copy(pathText(row?.path ?? []))} />
      </div>
      <div
        ref={tree}
        className="json-tree"
        role="tree"
        tabIndex={0}
        aria-label={words.label}
        aria-activedescendant={`${id}${row?.key ?? ""}`}
        onKeyDown={onKeyDown}
      >
        {rows.map((each) => (
          <TreeRow
            key={each.key}
            id={`${id}${each.key}`}
            row={each}
            isCurrent={each === row}
            onPress={() => {
              setCurrent(each.key);
              toggle(each);
            }}
          />
        ))}
      </div>
    </div>
  );
}

interface Pressed {
  readonly rows: readonly Row[];
  readonly at: number;
  readonly row: Row;
  readonly go: (index: number) => void;
  readonly toggle: (row: Row) => void;
}

/** The keys of a tree, as the ARIA practices have them. True when the key meant something. */
function press(key: string, { rows, at, row, go, toggle }: Pressed): boolean {
  const isParent = row.kind === "object" || row.kind === "array";
  switch (key) {
    case "ArrowDown":
      go(at + 1);
      return true;
    case "ArrowUp":
      go(at - 1);
      return true;
    case "Home":
      go(0);
      return true;
    case "End":
      go(rows.length - 1);
      return true;
    case "Enter":
    case " ":
      toggle(row);
      return true;
    case "ArrowRight":
      if (isParent && !row.open) toggle(row);
      else go(at + 1);
      return true;
    case "ArrowLeft":
      if (row.open) toggle(row);
      else go(rows.slice(0, at).findLastIndex(({ depth }) => depth < row.depth));
      return true;
    default:
      return false;
  }
}

interface RowProps {
  readonly id: string;
  readonly row: Row;
  readonly isCurrent: boolean;
  readonly onPress: () => void;
}

const TreeRow = memo(
  function TreeRow({ id, row, isCurrent, onPress }: RowProps) {
    const isParent = row.kind === "object" || row.kind === "array";
    return (
      <div
        id={id}
        className={`json-row ${isCurrent ? "current" : ""}`}
        role="treeitem"
        aria-level={row.depth + 1}
        aria-posinset={row.position}
        aria-setsize={row.siblings}
        aria-selected={isCurrent}
        {...(isParent && { "aria-expanded": row.open })}
        style={{ paddingInlineStart: row.depth * 16 + 4 }}
        onClick={onPress}
      >
        <span className="json-mark">{isParent && row.count > 0 && <ChevronRight aria-hidden />}</span>
        {row.name !== null && <span className="json-name">{row.name}</span>}
        <Value row={row} />
      </div>
    );
  },
  (before, after) =>
    before.row === after.row && before.isCurrent === after.isCurrent && before.onPress === after.onPress,
);

function Value({ row }: { readonly row: Row }) {
  if (row.kind === "more") return <span className="json-more">{words.more(count(row.count))}</span>;
  if (row.kind === "object") return <span className="json-size">{words.keys(row.count)}</span>;
  if (row.kind === "array") return <span className="json-size">{words.items(row.count)}</span>;
  return <span className={`json-value ${row.kind}`}>{previewOf(row)}</span>;
}

function Search({
  value,
  onFound,
}: {
  readonly value: unknown;
  readonly onFound: (path: readonly (string | number)[]) => void;
}) {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(-1);
  const { paths, more } = useMemo(
    () => (query === "" ? { paths: [], more: false } : searchTree(value, query)),
    [value, query],
  );
  const step = (by: number) => {
    if (paths.length === 0) return;
    const next = (at + by + paths.length) % paths.length;
    setAt(next);
    onFound(paths[next] ?? []);
  };
  return (
    <>
      <input
        className="field"
        type="search"
        aria-label={words.search}
        placeholder={words.search}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(-1);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
        }}
      />
      <span className="meta" role="status">
        {query !== "" && words.found(at + 1, `${count(paths.length)}${more ? "+" : ""}`)}
      </span>
    </>
  );
}
