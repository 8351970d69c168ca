"""Finds the layout of a value (`table_of`): a frame, an array, or the items of what Python nests."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Sequence
from itertools import islice
from typing import Any

from .arrays import array_of
from .tables import ASKED, PandasTable, PolarsTable, Positions, Table
from .words import class_name, fields, is_a, length, of_library, unchanged, words

CONTAINERS: Any = (list, tuple, set, frozenset, deque)


def table_of(value: Any) -> Table | None:
    """The layout of a value; None for what has none."""
    if "pandas" in sys.modules:
        pandas = sys.modules["pandas"]
        for name in ("DataFrame", "Series"):
            if of_library(value, "pandas", name):
                return PandasTable(value, pandas) if unchanged(value, vars(pandas)[name], ASKED) else None
        if of_library(value, "pandas", "Index") and unchanged(value, pandas.Index, ASKED):
            return PandasTable(value.to_series(index=range(len(value))), pandas, class_name(value))
    if of_library(value, "polars", "DataFrame") or of_library(value, "polars", "Series"):
        return PolarsTable(value, sys.modules["polars"])
    return array_of(value) or _nested(value)


def _nested(value: Any) -> Table | None:
    if any(is_a(value, base) for base in (str, bytes, bytearray, type)):
        return None
    if is_a(value, dict):
        return ItemsTable(value, "mapping")
    if length(value) is not None:
        return ItemsTable(value, "sequence")
    return ItemsTable(value, "object") if fields(value) else None


class ItemsTable(Table):
    """A row for each item of a container, or for each field of an object."""

    nests = True

    def __init__(self, value: Any, kind: str) -> None:
        self._value = fields(value) if kind == "object" else value
        self._keyed = kind != "sequence"
        self._names = ["key", "type", "value"] if self._keyed else ["type", "value"]
        self.kind = kind
        self.type = class_name(value)
        self.rows, self.columns = length(self._value) or 0, len(self._names)
        self.shape = [] if kind == "object" else [self.rows]
        self._whole = value
        self._window: tuple[range, list[tuple[Any, Any]]] | None = None

    def preview(self, chars: int) -> str:
        return words(self._whole, chars)

    def column(self, at: int) -> tuple[str, str]:
        return self._names[at], ""

    def cells(self, at: int, positions: Positions) -> Sequence[Any]:
        name, items = self._names[at], self._items(positions)
        if name == "key":
            return [key for key, _ in items]
        return [class_name(item) if name == "type" else item for _, item in items]

    def opens(self, positions: Positions) -> list[bool]:
        return [table_of(item) is not None for _, item in self._items(positions)]

    def inside(self, step: int) -> Any:
        return self._items(range(step, step + 1))[0][1]

    def _items(self, positions: Positions) -> list[tuple[Any, Any]]:
        if self._window is None or self._window[0] != positions:
            start, stop = (positions[0], positions[-1] + 1) if len(positions) else (0, 0)
            self._window = (positions, list(islice(self._each(), start, stop)))
        return self._window[1]

    def _each(self) -> Any:
        if self._keyed:
            return iter(dict.items(self._value))
        base = next(base for base in CONTAINERS if is_a(self._value, base))
        return ((None, item) for item in base.__iter__(self._value))
