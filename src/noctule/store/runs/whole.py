"""What cells show, whole, as a file has it: cell by cell, and of it no more in memory than a few cells without long texts.

All is read in the transaction of the caller, so it is of one moment however long it takes.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, groupby
from typing import Final, TypeVar

import msgspec
from sqlalchemy import bindparam, func, select

from noctule.runs.export import LongStream
from noctule.store import tables as t
from noctule.store.mime import internalize
from noctule.store.rows import FullOutputs
from noctule.store.writer import Tx
from noctule.texts import Text
from noctule_agent.wire.limits import KB
from noctule_agent.wire.state import DisplayOutput, Output, StreamName
from noctule_agent.wire.values import CellId, NotebookId, OutputId

from .outputs import AnyRow, load
from .snapshot import OUTPUTS
from .text import Excerpt, complete, cut, streamed

T = TypeVar("T")

CELLS_AT_ONCE: Final = 50
LONG_BYTES: Final = 64 * KB
"""From here on a text is read while it is written."""
TEXTS_AT_ONCE: Final = 512 * KB
"""Of the shorter ones so many bytes are read with one statement."""

_COUNTS = (
    select(t.cell.c.cell_id, func.coalesce(t.execution.c.execution_count, t.cell.c.imported_count).label("shown_count"))
    .select_from(t.cell.outerjoin(t.execution, t.cell.c.shows == t.execution.c.id))
    .where(t.cell.c.notebook_id == bindparam("notebook"), t.cell.c.cell_id.in_(bindparam("cells", expanding=True)))
)


class StoredText:
    """A long text of a stream where it is kept: `chars` that are finished, then `tail`. Read it in this transaction."""

    def __init__(self, tx: Tx, row: AnyRow) -> None:
        self._tx = tx
        self._key: int = row.key
        self.id = OutputId(row.id)
        self.name: StreamName = row.name
        self.chars: int = row.chars
        self.tail: str = row.tail.decode()

    def cut(self, start: int, stop: int) -> str:
        """The finished text from code point `start` up to `stop`."""
        return cut(self._tx, self._key, start, stop)


StoredOutputs = Iterator[tuple[CellId, list[Output | StoredText], int | None]]


def full_outputs(tx: Tx, notebook_id: NotebookId, cell_ids: Sequence[CellId]) -> Iterator[tuple[CellId, FullOutputs]]:
    """One for each cell, in the order given. The texts of one are to be read before the next is asked for."""
    for cell_id, found, count in _each(tx, notebook_id, cell_ids, _load):
        yield cell_id, FullOutputs(found, count)


def stored_outputs(tx: Tx, notebook_id: NotebookId, cell_ids: Sequence[CellId]) -> StoredOutputs:
    """The same with long texts and large values where they are kept, and the count of what the cell shows."""
    return _each(tx, notebook_id, cell_ids, _find)


def _each(
    tx: Tx, notebook_id: NotebookId, cell_ids: Sequence[CellId], load_: "Callable[[Tx, AnyRow, _Texts], T]"
) -> Iterator[tuple[CellId, list[T], int | None]]:
    for start in range(0, len(cell_ids), CELLS_AT_ONCE):
        part = list(cell_ids[start : start + CELLS_AT_ONCE])
        these = {"notebook": notebook_id, "cells": part}
        rows = {
            cell_id: list(group)
            for cell_id, group in groupby(tx.conn.execute(OUTPUTS, these), key=lambda row: CellId(row.cell_id))
        }
        counts = {row.cell_id: row.shown_count for row in tx.conn.execute(_COUNTS, these)}
        texts = _Texts(tx, chain.from_iterable(rows.get(cell_id, ()) for cell_id in part))
        for cell_id in part:
            found = [load_(tx, row, texts) for row in rows.get(cell_id, ())]
            yield cell_id, found, counts.get(cell_id)


def _load(tx: Tx, row: AnyRow, texts: "_Texts") -> Output | LongStream:
    if row.bytes > LONG_BYTES and row.kind == "stream":
        return LongStream(row.name, Text(chain(streamed(tx, row.key), (row.tail,))))
    output = load(row, Excerpt(texts.of(row)))
    if isinstance(output, DisplayOutput):
        return msgspec.structs.replace(output, data=internalize(output.data, tx.blobs))
    return output


def _find(tx: Tx, row: AnyRow, texts: "_Texts") -> Output | StoredText:
    if row.bytes > LONG_BYTES and row.kind == "stream":
        return StoredText(tx, row)
    return load(row, Excerpt(texts.of(row)))


class _Texts:
    """The short texts of these rows, asked for in their order: many are read at a time."""

    def __init__(self, tx: Tx, rows: Iterable[AnyRow]) -> None:
        self._tx = tx
        self._waiting = deque((row.key, row.bytes) for row in rows if row.chars and row.bytes <= LONG_BYTES)
        self._read: dict[int, str] = {}

    def of(self, row: AnyRow) -> str:
        if not row.chars:
            return ""
        if row.key not in self._read:
            self._read = complete(self._tx, self._next())
        return self._read[row.key]

    def _next(self) -> list[int]:
        keys: list[int] = []
        left = TEXTS_AT_ONCE
        while self._waiting and left > 0:
            key, size = self._waiting.popleft()
            keys.append(key)
            left -= size
        return keys
