"""What is laid out in rows and columns: the Table that every layout is, and the frames of pandas and polars.

A Table is made anew for each ask and holds only the value. It may run the library's code, and none of the notebook's, save
what sorting and searching a column of arbitrary objects calls. Anything that fails raises Refusal, or is caught above.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .words import class_name, cut, is_a, shown, words

PREVIEW_COLUMNS = 8

Positions = Any
"""A range, or a numpy array of row numbers."""


class Refusal(Exception):
    """Why there is no answer, for a person."""

    def __init__(self, code: str, title: str, detail: str = "") -> None:
        super().__init__(title)
        self.code = code
        self.title = title
        self.detail = detail


class Table:
    """What every layout has. `size` is in bytes, None when it is not known at once.

    `sorts`: `mask` and `order` work. `nests`: `opens` and `inside` do.
    """

    sorts = False
    nests = False
    type: str
    kind = "table"
    shape: list[int]
    rows: int
    columns: int
    size: int | None = None

    def preview(self, chars: int) -> str:
        raise NotImplementedError

    def column(self, at: int) -> tuple[str, str]:
        """Its name and type."""
        raise NotImplementedError

    def labels(self, positions: Positions, chars: int) -> list[str]:
        return [cut(str(int(position)), chars) for position in positions]

    def cells(self, at: int, positions: Positions) -> Sequence[Any]:
        raise NotImplementedError

    def mask(self, at: int, op: str, value: str) -> Any:
        """A numpy array that says of each row whether its value is so; -1 is the index."""
        raise NotImplementedError

    def order(self, at: int, descending: bool, positions: Positions) -> Positions:
        """The positions in the order of this column, missing values last."""
        raise NotImplementedError

    def opens(self, positions: Positions) -> list[bool]:
        """Of each row, whether `inside` has something to show."""
        raise NotImplementedError

    def inside(self, step: int) -> Any:
        """What lies at this position. Raises IndexError."""
        raise NotImplementedError


ASKED = (
    *("shape", "columns", "index", "dtypes", "dtype", "name", "memory_usage", "iloc", "_mgr", "axes", "__len__"),
    *("__getattribute__", "__getattr__", "__getitem__", "to_frame", "array", "_values"),
)
"""Attributes of pandas that are asked for here: a class of the notebook that changes one of them is not asked."""


# --- pandas ----------------------------------------------------------------------------------------------------------


class PandasTable(Table):
    sorts = True

    def __init__(self, value: Any, pandas: Any, called: str = "") -> None:
        self._pandas = pandas
        self._frame = value if is_a(value, pandas.DataFrame) else value.to_frame()
        self.type = called or class_name(value)
        self.shape = [int(n) for n in value.shape]
        self.rows, self.columns = (int(n) for n in self._frame.shape)
        self.size = int(self._frame.memory_usage(index=True, deep=False).sum())

    def preview(self, chars: int) -> str:
        if self.columns == 1 and len(self.shape) == 1:
            cells = self.cells(0, range(min(self.rows, PREVIEW_COLUMNS)))
            return ", ".join(shown(cell, chars) for cell in cells) + ("…" if self.rows > PREVIEW_COLUMNS else "")
        names = [self.column(at)[0] for at in range(min(self.columns, PREVIEW_COLUMNS))]
        return ", ".join(names) + ("…" if self.columns > PREVIEW_COLUMNS else "")

    def column(self, at: int) -> tuple[str, str]:
        name = self._frame.columns[at]
        return ("" if name is None else shown(name, 200)), str(self._series(at).dtype)

    def labels(self, positions: Positions, chars: int) -> list[str]:
        return [shown(label, chars) for label in self._frame.index.take(list(positions))]

    def cells(self, at: int, positions: Positions) -> Sequence[Any]:
        return list(self._series(at).iloc[list(positions)].array)

    def mask(self, at: int, op: str, value: str) -> Any:
        series = self._series(at)
        if op in ("missing", "present"):
            there = series.notna().to_numpy()
            return there if op == "present" else ~there
        if op == "has":
            text = series if self._is_text(series) else series.astype(str)
            return text.str.contains(value, case=False, regex=False, na=False).to_numpy(dtype=bool)
        return self._compared(series, op, value)

    def order(self, at: int, descending: bool, positions: Positions) -> Positions:
        series = self._pandas.Series(self._series(at).array)
        taken = series if isinstance(positions, range) else series.iloc[positions]
        try:
            sorted_ = taken.sort_values(ascending=not descending, kind="stable", na_position="last")
        except TypeError:
            texts = taken.map(lambda item: words(item, 200))
            sorted_ = texts.sort_values(ascending=not descending, kind="stable")
        return sorted_.index.to_numpy()

    def _series(self, at: int) -> Any:
        if at < 0:
            return self._frame.index.to_series()
        return self._frame.iloc[:, at]

    def _is_text(self, series: Any) -> bool:
        return str(series.dtype) in ("string", "str") or str(series.dtype).startswith("string[")

    def _compared(self, series: Any, op: str, value: str) -> Any:
        types = self._pandas.api.types
        wanted: Any = value
        if types.is_bool_dtype(series.dtype):
            wanted = truth(value)
        elif types.is_numeric_dtype(series.dtype):
            wanted = numeric(value)
        elif types.is_datetime64_any_dtype(series.dtype):
            wanted = self._moment(series, value)
        elif types.is_timedelta64_dtype(series.dtype):
            wanted = self._pandas.Timedelta(value)
        elif not self._is_text(series):
            series = series.map(lambda item: shown(item, 200))
        compared = {"eq": "eq", "ne": "ne", "lt": "lt", "le": "le", "gt": "gt", "ge": "ge"}[op]
        found = getattr(series, compared)(wanted)
        return found.fillna(False).to_numpy(dtype=bool)

    def _moment(self, series: Any, value: str) -> Any:
        try:
            moment = self._pandas.Timestamp(value)
        except ValueError:
            raise not_a(value, "a date") from None
        zone = getattr(series.dtype, "tz", None)
        return moment.tz_localize(zone) if zone is not None and moment.tzinfo is None else moment


# --- polars ----------------------------------------------------------------------------------------------------------


class PolarsTable(Table):
    sorts = True

    def __init__(self, value: Any, polars: Any) -> None:
        self._polars = polars
        self._frame = value if is_a(value, polars.DataFrame) else value.to_frame()
        self.type = class_name(value)
        self.rows, self.columns = int(self._frame.height), int(self._frame.width)
        self.shape = [self.rows, self.columns] if is_a(value, polars.DataFrame) else [self.rows]
        self.size = int(self._frame.estimated_size())

    def preview(self, chars: int) -> str:
        names = self._frame.columns[:PREVIEW_COLUMNS]
        return cut(", ".join(names) + ("…" if self.columns > len(names) else ""), chars)

    def column(self, at: int) -> tuple[str, str]:
        series = self._series(at)
        return str(series.name), str(series.dtype)

    def cells(self, at: int, positions: Positions) -> Sequence[Any]:
        taken: Sequence[Any] = self._series(at).gather([int(position) for position in positions]).to_list()
        return taken

    def mask(self, at: int, op: str, value: str) -> Any:
        series = self._series(at)
        if op in ("missing", "present"):
            found = series.is_null() if op == "missing" else series.is_not_null()
        elif op == "has":
            text = series.cast(self._polars.String, strict=False).str.to_lowercase()
            found = text.str.contains(value.lower(), literal=True)
        else:
            compared = {"eq": "eq", "ne": "ne", "lt": "lt", "le": "le", "gt": "gt", "ge": "ge"}[op]
            found = getattr(self._comparable(series), compared)(self._wanted(series, value))
        return found.fill_null(False).to_numpy()

    def order(self, at: int, descending: bool, positions: Positions) -> Positions:
        series = self._series(at)
        if isinstance(positions, range):
            return series.arg_sort(descending=descending, nulls_last=True).to_numpy()
        return positions[series.gather(positions).arg_sort(descending=descending, nulls_last=True).to_numpy()]

    def _series(self, at: int) -> Any:
        return self._frame.with_row_index().to_series(0) if at < 0 else self._frame.to_series(at)

    def _comparable(self, series: Any) -> Any:
        known = series.dtype.is_numeric() or series.dtype == self._polars.Boolean
        return series if known else series.cast(self._polars.String, strict=False)

    def _wanted(self, series: Any, value: str) -> Any:
        if series.dtype == self._polars.Boolean:
            return truth(value)
        return numeric(value) if series.dtype.is_numeric() else value


# --- values that a person types --------------------------------------------------------------------------------------


def numeric(value: str) -> float | int:
    try:
        return int(value)
    except ValueError:
        pass
    try:
        return float(value)
    except ValueError:
        raise not_a(value, "a number") from None


def truth(value: str) -> bool:
    known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if value.strip().lower() not in known:
        raise not_a(value, "true or false")
    return known[value.strip().lower()]


def not_a(value: str, what: str) -> Refusal:
    return Refusal("condition-invalid", f"{shown(value, 50)!r} is not {what}.", f"This column holds {what}s.")
