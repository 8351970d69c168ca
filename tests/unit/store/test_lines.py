"""Lines of a text that is stored in chunks: whatever the pieces, they are those of the whole text; and so is a search."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, MetaData, select

from noctule.store import BlobStore, Tx, notebooks, runs, tables
from noctule.store.engine import writer_engine
from noctule.store.migrate import migrate, upgrade
from noctule.store.rows import LogPlace, NotebookRow
from noctule.store.runs.text import MERGE_CHARS
from noctule_agent.wire.limits import CHUNK_CHARS, LOG_LINE_CHARS, LOG_LINES, SEARCH_CHARS
from noctule_agent.wire.values import Millis, OutputId
from tests.unit.store.builders import NB, more, stream

OUT = OutputId("o1")
PIECES = st.builds(
    lambda seed, times: seed * times,
    st.sampled_from(["a", "line\n", "\n", "\x00", "é\n", "𝄞", "\u2028", "x" * 100 + "\n", "\x1b[31mred\x1b[0m\n"]),
    st.sampled_from([0, 1, 2, 3, 50, MERGE_CHARS - 1, MERGE_CHARS, CHUNK_CHARS - 1, CHUNK_CHARS, CHUNK_CHARS + 1]),
)
ANY = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)


@pytest.fixture
def tx(database_url: str, tmp_path: Path) -> Iterator[Tx]:
    """An open transaction in which a notebook is; never committed."""
    engine = writer_engine(database_url)
    with engine.connect() as connection:
        opened = Tx(connection, BlobStore(tmp_path / "blobs"))
        notebooks.create(opened, NotebookRow(id=NB, name="n", created_at=Millis(1), updated_at=Millis(1)))
        yield opened
    engine.dispose()


def printed(tx: Tx, pieces: list[str], tail: str = "") -> str:
    """Lets the stream say all this; the text as it then is."""
    runs.apply(tx, NB, 0, [stream("o1"), *(more("o1", piece, tail) for piece in pieces)])
    return "".join(pieces) + (tail if pieces else "")


def split(whole: str) -> list[str]:
    lines = whole.split("\n")
    return lines if lines[-1] else lines[:-1]


def asked(tx: Tx, first: int, stop: int) -> list[str]:
    """The lines [first, stop) as a page gets them, answer after answer."""
    got: list[str] = []
    while first + len(got) < stop:
        answer = runs.lines(tx, NB, OUT, first + len(got), stop - first - len(got))
        assert answer is not None
        assert answer.first == min(first + len(got), answer.total)
        if not answer.lines:
            break
        got += answer.lines
    return got


def found(tx: Tx, query: str, *, case: bool = True) -> list[int]:
    """All matching lines, answer after answer."""
    lines: list[int] = []
    place: LogPlace | None = LogPlace(0, 0)
    while place is not None:
        answer = runs.search(tx, NB, OUT, query, place, case=case)
        assert answer is not None
        lines += [line for line in answer.lines if not lines or line > lines[-1]]
        assert answer.next is None or answer.next.offset > place.offset
        place = answer.next
    return lines


@ANY
@given(
    pieces=st.lists(PIECES, max_size=6),
    tail=st.sampled_from(["", "50%", "one\ntwo\n", "𝄞\n𝄞"]),
    data=st.data(),
)
def test_any_lines_of_any_pieces_are_those_of_the_whole_text(
    tx: Tx, pieces: list[str], tail: str, data: st.DataObject
) -> None:
    with tx.conn.begin_nested() as savepoint:
        whole = split(printed(tx, pieces, tail))
        answer = runs.lines(tx, NB, OUT, 0, 1)
        assert answer is not None
        assert answer.total == len(whole)
        assert answer.stable == "".join(pieces).count("\n")
        for _ in range(3):
            first = data.draw(st.integers(0, len(whole) + 2))
            stop = data.draw(st.integers(first, min(first + 3 * LOG_LINES, len(whole) + 3)))
            assert asked(tx, first, stop) == [line[:LOG_LINE_CHARS] for line in whole[first:stop]]
        longest = max(range(len(whole)), key=lambda at: len(whole[at]), default=None)
        if longest is not None and len(whole[longest]) > LOG_LINE_CHARS:
            answer = runs.lines(tx, NB, OUT, longest, 1)
            assert answer is not None
            assert answer.cut == {longest: len(whole[longest])}
        savepoint.rollback()


@ANY
@given(
    pieces=st.lists(PIECES, max_size=6),
    tail=st.sampled_from(["", "line", "a\na\n"]),
    query=st.sampled_from(["a", "line", "\u2028", "aa", "red", "LINE", "\x00" * 3]),
    case=st.booleans(),
)
def test_a_search_finds_the_lines_that_hold_it(tx: Tx, pieces: list[str], tail: str, query: str, case: bool) -> None:
    with tx.conn.begin_nested() as savepoint:
        seen = [re.sub(r"\x1b\[\d+m", "", line) for line in split(printed(tx, pieces, tail))]
        wanted = query if case else query.lower()
        expected = [at for at, line in enumerate(seen) if wanted in (line if case else line.lower())]
        assert found(tx, query, case=case) == expected
        savepoint.rollback()


def test_a_match_in_a_line_without_end_is_found_once_wherever_it_lies(tx: Tx) -> None:
    printed(tx, ["head\n", "x" * (CHUNK_CHARS * 3 - 3), "needle", "y" * SEARCH_CHARS, "needle\n", "needle\n", "tail"])
    assert found(tx, "needle") == [1, 2]
    assert found(tx, "tail") == [3]


def test_a_search_goes_on_where_it_stopped(tx: Tx) -> None:
    printed(tx, ["nothing here\n" * (SEARCH_CHARS // 13 + 10), "needle\n"])
    answer = runs.search(tx, NB, OUT, "needle", LogPlace(0, 0), case=True)
    assert answer is not None
    assert answer.lines == []
    assert answer.next is not None
    assert SEARCH_CHARS - 13 <= answer.next.offset <= SEARCH_CHARS
    assert answer.next.line == answer.next.offset // 13
    assert found(tx, "needle") == [SEARCH_CHARS // 13 + 10]


def test_a_line_is_found_without_reading_what_is_before_it(tx: Tx) -> None:
    # Few pieces: PostgreSQL keeps every version of a row that one transaction changes, and walks through them all.
    printed(
        tx, ["".join(f"line {number}\n" for number in range(first, first + 500)) for first in range(0, 60_000, 500)]
    )
    marks = tx.conn.execute(select(tables.output_line).order_by(tables.output_line.c.start)).all()
    starts = tx.conn.execute(select(tables.output_chunk.c.start).order_by(tables.output_chunk.c.start)).scalars().all()
    assert [mark.start for mark in marks] == starts[1:]
    assert asked(tx, 59_999, 60_001) == ["line 59999"]
    assert asked(tx, 31_415, 31_416) == ["line 31415"]


def test_a_text_that_is_not_there_has_no_lines(tx: Tx) -> None:
    assert runs.lines(tx, NB, OUT, 0, 10) is None
    assert runs.search(tx, NB, OUT, "x", LogPlace(0, 0), case=True) is None


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """The database of version 0001, empty."""
    url = f"sqlite:///{tmp_path}/old.db" if request.param == "sqlite" else request.getfixturevalue("make_postgres")()
    engine = writer_engine(url)
    with engine.begin() as connection:
        upgrade(connection, "0001")
    yield engine
    engine.dispose()


def carry(tx: Tx, older: Connection) -> None:
    """Write what is in this database into an older one, as far as that has columns for it."""
    schema = MetaData()
    schema.reflect(older)
    for table in schema.sorted_tables:
        if table.name in tables.metadata.tables:
            now = tables.metadata.tables[table.name]
            names = [column.name for column in table.columns if column.name in now.c]
            rows = tx.conn.execute(select(*(now.c[name] for name in names))).mappings().all()
            if rows:
                older.execute(table.insert(), [dict(row) for row in rows])


def test_texts_of_an_older_database_are_counted_once(tx: Tx, old: Engine, tmp_path: Path) -> None:
    whole = printed(tx, ["one line\n" * CHUNK_CHARS, "last"])
    marks = tx.conn.execute(select(tables.output_line).order_by(tables.output_line.c.start)).all()
    assert marks
    with old.begin() as connection:
        carry(tx, connection)
    migrate(old)
    with old.connect() as connection:
        opened = Tx(connection, BlobStore(tmp_path / "blobs"))
        assert connection.execute(select(tables.output_line).order_by(tables.output_line.c.start)).all() == marks
        answer = runs.lines(opened, NB, OUT, CHUNK_CHARS - 1, 5)
        assert answer is not None
        assert answer.lines == ["one line", "last"]
        assert answer.total == len(split(whole))
