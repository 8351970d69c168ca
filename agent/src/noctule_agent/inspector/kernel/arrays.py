"""Arrays and tensors in rows and columns: numpy's, and those of torch, tensorflow and jax by way of numpy.

One of one dimension has a column `value`, one of two has its columns, one of more has a row for each part along the first,
which `inside` goes into. What lies on a device is copied only as far as it is shown.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from .tables import Positions, Refusal, Table, not_a, numeric, truth
from .words import class_name, cut, is_a, of_library, shown, unchanged

PREVIEW = 6
COPIED = 20_000_000
"""Elements that are copied from a device to be sorted or searched."""
TENSORS = (("torch", "Tensor"), ("tensorflow", "Tensor"), ("jax", "Array"))
_ASKED = ("shape", "dtype", "device", "__getitem__", "__getattribute__", "__getattr__", "numpy", "__array__")


def array_of(value: Any) -> Table | None:
    if of_library(value, "numpy", "ndarray"):
        return ArrayTable(sys.modules["numpy"].asarray(value), class_name(value))
    for module, name in TENSORS:
        if of_library(value, module, name) and "numpy" in sys.modules:
            base = getattr(sys.modules[module], name)
            return TensorTable(value) if unchanged(value, base, _ASKED) else None
    return None


class ArrayTable(Table):
    kind = "array"

    def __init__(self, array: Any, called: str) -> None:
        self._numpy = sys.modules["numpy"]
        self._array = array
        self.type = called
        self.shape = [int(n) for n in array.shape]
        self.sorts = array.ndim in (1, 2) and array.dtype.names is None
        self.nests = array.ndim > 2
        self.rows = self.shape[0] if self.shape else 1
        self.columns = self.shape[1] if array.ndim == 2 else 1
        if array.dtype.names is not None and array.ndim == 1:
            self.columns = len(array.dtype.names)
        self.size = int(array.nbytes)

    def preview(self, chars: int) -> str:
        if self._array.dtype.names is not None:
            return ", ".join(self._array.dtype.names)
        first = [shown(item, chars) for item in self._array.flat[:PREVIEW]]
        return ", ".join(first) + ("…" if self._array.size > PREVIEW else "")

    def column(self, at: int) -> tuple[str, str]:
        dtype = self._array.dtype
        if dtype.names is not None and self._array.ndim == 1:
            return str(dtype.names[at]), str(dtype[at])
        return (str(at) if self._array.ndim == 2 else "value"), str(dtype)

    def cells(self, at: int, positions: Positions) -> Sequence[Any]:
        if self._array.ndim > 2:
            return [part_words(self._array.shape[1:], self._array.dtype) for _ in positions]
        return list(self._column(at)[list(positions)])

    def mask(self, at: int, op: str, value: str) -> Any:
        column = self._column(at)
        if op in ("missing", "present"):
            return self._missing(column) if op == "missing" else ~self._missing(column)
        if op == "has":
            text = self._numpy.char.lower(column.astype(str))
            return self._numpy.char.find(text, value.lower()) >= 0
        wanted = self._wanted(column, value)
        compared = {"eq": "equal", "ne": "not_equal", "lt": "less", "le": "less_equal", "gt": "greater"}
        return getattr(self._numpy, compared.get(op, "greater_equal"))(column, wanted)

    def order(self, at: int, descending: bool, positions: Positions) -> Positions:
        numpy = self._numpy
        taken = numpy.arange(self.rows) if isinstance(positions, range) else positions
        values = self._column(at)[taken]
        missing = self._missing(values)
        there = numpy.flatnonzero(~missing)
        found = there[numpy.argsort(values[there], kind="stable")]
        return taken[numpy.concatenate([found[::-1] if descending else found, numpy.flatnonzero(missing)])]

    def opens(self, positions: Positions) -> list[bool]:
        return [True for _ in positions]

    def inside(self, step: int) -> Any:
        return self._array[step]

    def _column(self, at: int) -> Any:
        if at < 0:
            return self._numpy.arange(self.rows)
        if self._array.ndim == 2:
            return self._array[:, at]
        if self._array.dtype.names is not None and self._array.ndim == 1:
            return self._array[self._array.dtype.names[at]]
        return self._array.reshape(-1) if self._array.ndim == 0 else self._array

    def _missing(self, column: Any) -> Any:
        if column.dtype.kind in "fcmM":
            return self._numpy.isnat(column) if column.dtype.kind in "mM" else self._numpy.isnan(column)
        return self._numpy.zeros(len(column), dtype=bool)

    def _wanted(self, column: Any, value: str) -> Any:
        if column.dtype.kind == "b":
            return truth(value)
        if column.dtype.kind in "iufc":
            return numeric(value)
        if column.dtype.kind in "mM":
            try:
                return self._numpy.array(value, dtype=column.dtype)
            except ValueError:
                raise not_a(value, "a date") from None
        return value


class TensorTable(ArrayTable):
    """Becomes an array only where it is looked at."""

    def __init__(self, tensor: Any) -> None:
        self._numpy = sys.modules["numpy"]
        self._tensor = tensor
        self._copy: Any = None
        self.type = class_name(tensor)
        self.shape = [int(n) for n in tensor.shape]
        self._dtype = str(tensor.dtype)
        elements = 1
        for n in self.shape:
            elements *= n
        self._elements = elements
        self.sorts = len(self.shape) in (1, 2)
        self.nests = len(self.shape) > 2
        self.rows = self.shape[0] if self.shape else 1
        self.columns = self.shape[1] if len(self.shape) == 2 else 1
        itemsize = getattr(tensor.dtype, "itemsize", None) or getattr(tensor.dtype, "size", None)
        self.size = elements * int(itemsize) if isinstance(itemsize, int) else None

    def preview(self, chars: int) -> str:
        device = getattr(self._tensor, "device", "")
        where = device if is_a(device, str) else str(device)
        return cut(self._dtype + (f", {where}" if where else ""), chars)

    def column(self, at: int) -> tuple[str, str]:
        return (str(at) if len(self.shape) == 2 else "value"), self._dtype

    def cells(self, at: int, positions: Positions) -> Sequence[Any]:
        if len(self.shape) > 2:
            return [part_words(self.shape[1:], self._dtype) for _ in positions]
        if self._copy is None and isinstance(positions, range) and self.shape and len(positions):
            part = self._tensor[positions[0] : positions[-1] + 1]
            return list(numpy_of(part[:, at] if len(self.shape) == 2 else part))
        return list(self._column(at)[list(positions)])

    def inside(self, step: int) -> Any:
        if step >= self.rows:
            raise IndexError(step)
        return self._tensor[step]

    def _column(self, at: int) -> Any:
        if self._copy is None:
            if self._elements > COPIED:
                raise Refusal(
                    "look-too-large", "The tensor is too large to be sorted or searched.", "It is shown as it is."
                )
            self._copy = numpy_of(self._tensor)
        self._array = self._copy
        return super()._column(at)


def numpy_of(tensor: Any) -> Any:
    """A copy on the host, of a type that numpy has."""
    if of_library(tensor, "torch", "Tensor"):
        host = tensor.detach().to("cpu")
        return (host if str(host.dtype) != "torch.bfloat16" else host.float()).numpy()
    if of_library(tensor, "tensorflow", "Tensor"):
        return tensor.numpy()
    return sys.modules["numpy"].asarray(tensor)


def part_words(shape: Any, dtype: Any) -> str:
    return " × ".join(str(int(n)) for n in shape) + f" {dtype}"
