"""A page of rows and columns: finds the value, goes into it, sorts and searches, and reads what is to be shown.

What an output showed is found again as the result that IPython keeps (`Out[n]`), else as the variable that the code of that
execution showed by its name: as it is now, not as it was. When neither is there any more, that is what is answered.
"""

from __future__ import annotations

import ast
import weakref
from typing import Any

from .layouts import table_of
from .tables import Refusal, Table
from .variables import named
from .words import missing, number, shown

GONE = "It is no longer in the kernel: the variable was deleted or the kernel was restarted. Run the cell again."


class Looker:
    """Remembers the last order, so that scrolling through a sorted table does not sort it again."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._sorted: tuple[Any, Any, Any] | None = None

    def look(self, ask: dict[str, Any], limits: dict[str, Any]) -> dict[str, Any]:
        value, found, name = find(self._shell, ask["of"])
        table = _opened(value)
        for step in ask.get("path", []):
            value = _inside(table, step)
            table = _opened(value)
        positions = self._positions(value, table, ask, limits)
        return dict(_page(table, positions, ask, limits), found=found, name=name)

    def _positions(self, value: Any, table: Table, ask: dict[str, Any], limits: dict[str, Any]) -> Any:
        sort, where = ask.get("sort"), ask.get("where", [])
        if sort is None and not where:
            self._sorted = None
            return range(table.rows)
        _check(table, sort, where, limits)
        wanted = (ask.get("path", []), sort, where, table.shape)
        if ask.get("start", 0) and self._sorted is not None:
            known, arranged, positions = self._sorted
            if known() is value and arranged == wanted:
                return positions
        positions = _arranged(table, sort, where)
        try:
            self._sorted = (weakref.ref(value), wanted, positions)
        except TypeError:
            self._sorted = None
        return positions


def _opened(value: Any) -> Table:
    table = table_of(value)
    if table is None:
        raise Refusal("look-not-possible", "This value has no rows to show.", "It may have changed since.")
    return table


def _inside(table: Table, step: int) -> Any:
    try:
        if table.nests:
            return table.inside(step)
    except IndexError:
        pass
    raise Refusal("look-not-possible", "There is nothing to look into.", "It has changed since it was shown.")


def _check(table: Table, sort: Any, where: Any, limits: dict[str, Any]) -> None:
    if not table.sorts or table.rows > limits["LOOK_SORTED"]:
        raise Refusal("look-too-large", "This cannot be sorted or searched here.", "It is shown in its own order.")
    for part in [*([] if sort is None else [sort]), *where]:
        if part["column"] >= table.columns:
            raise Refusal("look-not-possible", "There is no such column any more.", "Open it again.")


def _arranged(table: Table, sort: Any, where: Any) -> Any:
    positions: Any = range(table.rows)
    masks = [table.mask(one["column"], one["op"], one.get("value", "")) for one in where]
    if masks:
        kept = masks[0]
        for mask in masks[1:]:
            kept = kept & mask
        positions = kept.nonzero()[0]
    if sort is not None:
        positions = table.order(sort["column"], sort.get("descending", False), positions)
    return positions


def _page(table: Table, positions: Any, ask: dict[str, Any], limits: dict[str, Any]) -> dict[str, Any]:
    first = min(ask.get("first_column", 0), table.columns)
    across = min(ask.get("columns", 50), limits["LOOK_COLUMNS"], table.columns - first)
    down = min(ask.get("count", 100), limits["LOOK_ROWS"], max(1, limits["LOOK_CELLS"] // max(1, across)))
    start = min(ask.get("start", 0), len(positions))
    window = positions[start : start + down]
    return {
        "t": "table",
        "type": table.type,
        "shape": table.shape,
        "total_rows": table.rows,
        "total_columns": table.columns,
        "rows": len(positions),
        "start": start,
        "first_column": first,
        "labels": table.labels(window, limits["LOOK_CHARS"]),
        "columns": [_column(table, at, window, limits["LOOK_CHARS"]) for at in range(first, first + across)],
        "sorts": table.sorts and table.rows <= limits["LOOK_SORTED"],
        "opens": table.opens(window) if table.nests else [],
    }


def _column(table: Table, at: int, window: Any, chars: int) -> dict[str, Any]:
    name, type_ = table.column(at)
    cells = table.cells(at, window)
    numbers = [number(cell) for cell in cells]
    return {
        "name": name,
        "type": type_,
        "texts": [None if missing(cell) else shown(cell, chars) for cell in cells],
        "numbers": numbers if any(found is not None for found in numbers) else [],
    }


# --- finding what is meant -------------------------------------------------------------------------------------------


def find(shell: Any, of: dict[str, Any]) -> tuple[Any, str, str]:
    """The value, how it was found, and the variable's name. Raises Refusal."""
    if of["t"] == "named":
        there, value = named(shell, of["name"])
        if not there:
            raise Refusal("variable-not-found", f"There is no variable {shown(of['name'], 100)}.", GONE)
        return value, "name", of["name"]
    shows, last = _code(shell, of["execution_count"])
    found = (
        _result(shell, of["execution_count"], last)
        if of.get("result")
        else _displayed(shell, shows, of.get("ordinal", 0))
    )
    if found is None:
        raise Refusal("output-value-gone", "What this output showed cannot be found in the kernel.", GONE)
    return found


def _result(shell: Any, count: int, last: str) -> tuple[Any, str, str] | None:
    results = shell.history_manager.output_hist
    if count in results:
        return results[count], "result", ""
    there, value = named(shell, last)
    return (value, "variable", last) if there else None


def _displayed(shell: Any, shows: list[str], ordinal: int) -> tuple[Any, str, str] | None:
    """Of the tables among these variables the one at `ordinal`; None when it cannot be said for certain."""
    for name in shows:
        there, value = named(shell, name)
        if not there:
            # It has no name, or is gone: nobody knows whether it was a table, and which the next ones are.
            return None
        if table_of(value) is None:
            continue
        if ordinal == 0:
            return value, "variable", name
        ordinal -= 1
    return None


def _code(shell: Any, count: int) -> tuple[list[str], str]:
    """Of an execution's code: the names of what it gave to `display`, in order, and that of its last line; "" for no name."""
    sources = shell.history_manager.input_hist_raw
    if not 0 < count < len(sources):
        return [], ""
    try:
        body = ast.parse(shell.input_transformer_manager.transform_cell(sources[count])).body
    except (SyntaxError, ValueError):
        return [], ""
    shows = []
    for statement in body:
        call = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "display":
            shows += [_name(argument) for argument in call.args if not isinstance(argument, ast.Constant)]
        elif "display" in (node.id for node in ast.walk(statement) if isinstance(node, ast.Name)):
            # Within a loop or a function: how often it showed something is not known.
            shows.append("")
    last = body[-1] if body else None
    return shows, _name(last.value) if isinstance(last, ast.Expr) else ""


def _name(expression: ast.expr) -> str:
    return expression.id if isinstance(expression, ast.Name) else ""
