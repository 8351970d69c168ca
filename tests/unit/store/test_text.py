"""Chunked text: whatever the pieces and the slices, it is the whole text, and no more is written than must be."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, select

from noctule.store import BlobStore, Tx, runs, tables
from noctule.store.engine import writer_engine
from noctule.store.runs.text import MERGE_CHARS
from noctule_agent.wire.limits import CHUNK_CHARS
from noctule_agent.wire.values import OutputId
from tests.support.notebook_rows import add_notebook
from tests.unit.store.builders import NB, more, stream

SEEDS = st.sampled_from(["a", "line\n", "\x00", "é", "𝄞", "\u2028", "x" * 100])
PIECES = st.builds(
    lambda seed, times: seed * times,
    SEEDS,
    st.sampled_from([0, 1, 3, 50, MERGE_CHARS - 1, MERGE_CHARS, CHUNK_CHARS - 1, CHUNK_CHARS, CHUNK_CHARS + 1]),
)


@pytest.fixture
def tx(database_url: str, tmp_path: Path) -> Iterator[Tx]:
    """An open transaction in which a notebook and an empty stream are; never committed."""
    engine = writer_engine(database_url)
    with engine.connect() as connection:
        opened = Tx(connection, BlobStore(tmp_path / "blobs"))
        add_notebook(opened, NB)
        yield opened
    engine.dispose()


def append_all(tx: Tx, pieces: list[str], tail: str) -> None:
    runs.apply(tx, NB, 0, [stream("o1"), *(more("o1", piece, tail) for piece in pieces)])


def chunks(tx: Tx) -> list[tuple[int, int, int]]:
    rows = tx.conn.execute(select(tables.output_chunk).order_by(tables.output_chunk.c.start))
    return [(row.start, row.chars, len(row.text.decode())) for row in rows]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
@given(
    pieces=st.lists(PIECES, max_size=6),
    tail=st.sampled_from(["", "50%\x00", "𝄞𝄞"]),
    data=st.data(),
)
def test_any_slices_of_any_pieces_are_the_whole_text(tx: Tx, pieces: list[str], tail: str, data: st.DataObject) -> None:
    with tx.conn.begin_nested() as savepoint:
        append_all(tx, pieces, tail)
        whole = "".join(pieces) + (tail if pieces else "")
        got: list[str] = []
        at: int | None = 0
        while at is not None:
            limit = data.draw(st.integers(len(whole) // 5 + 1, len(whole) + 10))
            part = runs.text(tx, NB, OutputId("o1"), at, limit)
            assert part is not None
            assert part.total == len(whole)
            got.append(part.text)
            at = part.next
        assert "".join(got) == whole
        layout = chunks(tx)
        assert all(chars == stored <= CHUNK_CHARS for _, chars, stored in layout)
        assert [start for start, _, _ in layout] == [sum(c for _, c, _ in layout[:n]) for n in range(len(layout))]
        savepoint.rollback()


def test_small_appends_are_merged_into_few_chunks(tx: Tx) -> None:
    append_all(tx, ["one line of output\n"] * 2_000, "")
    assert len(chunks(tx)) <= 2_000 * 19 // MERGE_CHARS + 1


def test_an_append_writes_about_as_much_as_it_adds_however_long_the_text_is(tx: Tx) -> None:
    written: list[int] = []

    def count(_connection: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> None:
        if "output_chunk" in statement and not statement.startswith("SELECT"):
            written.append(sum(len(value) for value in _bytes(parameters)))

    append_all(tx, ["x" * CHUNK_CHARS * 20 + "y" * 10], "")
    engine: Engine = tx.conn.engine
    event.listen(engine, "before_cursor_execute", count)
    runs.apply(tx, NB, 1, [more("o1", "one line\n")])
    event.remove(engine, "before_cursor_execute", count)
    assert 0 < sum(written) <= MERGE_CHARS + 9


def test_slices_outside_of_the_text_are_empty(tx: Tx) -> None:
    append_all(tx, ["abc"], "")
    for offset, limit, expected in ((3, 10, ""), (99, 10, ""), (-5, 2, "ab"), (1, 0, ""), (1, -1, "")):
        part = runs.text(tx, NB, OutputId("o1"), offset, limit)
        assert part is not None
        assert part.text == expected


def test_a_text_that_is_not_there_is_none(tx: Tx) -> None:
    assert runs.text(tx, NB, OutputId("o1"), 0, 10) is None


def _bytes(parameters: Any) -> Iterator[bytes]:
    """The bytes among parameters, of one row or many, as both drivers wrap them."""
    if isinstance(parameters, list | tuple | dict):
        for each in parameters.values() if isinstance(parameters, dict) else parameters:
            yield from _bytes(each)
    value = getattr(parameters, "obj", parameters)
    if isinstance(value, bytes | memoryview):
        yield bytes(value)
