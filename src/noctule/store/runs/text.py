"""The finished text of streams: chunks of at most CHUNK_CHARS code points, keyed by where they start, append-only.

Only a last chunk of less than MERGE_CHARS is written again when the text grows, so that many small appends make
neither many small rows nor quadratic work. The rows are cut by code points; their bytes are UTF-8. Of each chunk but the
first, a row beside it says how many lines end before it: by that, `lines` finds a line without reading what is before it.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

import msgspec
from sqlalchemy import bindparam, insert, select, update

from noctule.store import tables as t
from noctule.store.executions import parts
from noctule.store.writer import Tx
from noctule_agent.wire.limits import CHUNK_CHARS, KB, TEXT_HEAD_CHARS, TEXT_TAIL_CHARS

MERGE_CHARS: Final = 4 * KB

_INSERT = insert(t.output_chunk)
_MARK = insert(t.output_line)
_OF = t.output_chunk.c.output == bindparam("key")
_CHUNK = select(t.output_chunk.c.text).where(_OF, t.output_chunk.c.start == bindparam("at"))
_REWRITE = (
    update(t.output_chunk)
    .where(_OF, t.output_chunk.c.start == bindparam("at"))
    .values(chars=bindparam("new_chars"), text=bindparam("new_text"))
)
_ALL = (
    select(t.output_chunk.c.output, t.output_chunk.c.text)
    .where(t.output_chunk.c.output.in_(bindparam("keys", expanding=True)))
    .order_by(t.output_chunk.c.output, t.output_chunk.c.start)
)
_RANGE = (
    select(t.output_chunk.c.start, t.output_chunk.c.text)
    .where(
        _OF,
        t.output_chunk.c.start < bindparam("stop"),
        t.output_chunk.c.start + t.output_chunk.c.chars > bindparam("at"),
        # The same in a form that the index can use: no chunk is longer.
        t.output_chunk.c.start > bindparam("at") - CHUNK_CHARS,
    )
    .order_by(t.output_chunk.c.start)
)


_PART = (
    select(t.output_chunk.c.start, t.output_chunk.c.chars, t.output_chunk.c.text)
    .where(_OF, t.output_chunk.c.start >= bindparam("at"), t.output_chunk.c.start < bindparam("stop"))
    .order_by(t.output_chunk.c.start)
)


class Extent(msgspec.Struct, frozen=True):
    """How long a stored text is: `chars` in all, the last chunk from `chunk_start` on, `bytes` in UTF-8, `lines` ended."""

    chars: int = 0
    chunk_start: int = 0
    bytes: int = 0
    lines: int = 0


class Excerpt(msgspec.Struct, frozen=True):
    """What is shown of a text: `text`, then `omitted` code points left out, then `end`."""

    text: str = ""
    omitted: int = 0
    end: str = ""


def append(tx: Tx, key: int, extent: Extent, text: str) -> Extent:
    """Let the text of an output grow; its new extent. The caller keeps the extent with the output."""
    if not text:
        return extent
    start, last = extent.chars, ""
    if 0 < extent.chars - extent.chunk_start < MERGE_CHARS:
        start = extent.chunk_start
        last = tx.conn.execute(_CHUNK, {"key": key, "at": start}).scalar_one().decode()
    whole = last + text
    pieces = [(start + at, whole[at : at + CHUNK_CHARS]) for at in range(0, len(whole), CHUNK_CHARS)]
    if last:
        _, piece = pieces[0]
        tx.conn.execute(_REWRITE, {"key": key, "at": start, "new_chars": len(piece), "new_text": piece.encode()})
    rows = [
        {"output": key, "start": at, "chars": len(piece), "text": piece.encode()}
        for at, piece in (pieces[1:] if last else pieces)
    ]
    if rows:
        tx.conn.execute(_INSERT, rows)
    ended = extent.lines - last.count("\n")
    marks = [{"output": key, "line": line, "start": at} for at, line in _counted(pieces, ended)]
    marks = [mark for mark in marks if mark["start"] > start or (mark["start"] > 0 and not last)]
    if marks:
        tx.conn.execute(_MARK, marks)
    return Extent(
        chars=extent.chars + len(text),
        chunk_start=pieces[-1][0],
        bytes=extent.bytes + len(text.encode()),
        lines=extent.lines + text.count("\n"),
    )


def _counted(pieces: Iterable[tuple[int, str]], ended: int) -> Iterator[tuple[int, int]]:
    """Where each piece starts, and how many lines end before it; `ended` before the first."""
    for at, piece in pieces:
        yield at, ended
        ended += piece.count("\n")


def complete(tx: Tx, keys: Sequence[int]) -> dict[int, str]:
    """The whole texts of these outputs; those without text are not in it."""
    texts: dict[int, str] = {}
    for part in parts(list(keys)):
        rows = tx.conn.execute(_ALL, {"keys": part})
        for key, group in groupby(rows, key=lambda row: row.output):
            texts[key] = "".join(row.text.decode() for row in group)
    return texts


def streamed(tx: Tx, key: int) -> Iterator[bytes]:
    """The whole text of an output in UTF-8, of which no more than a few chunks are held. Read it in this transaction."""
    at = 0
    while rows := tx.conn.execute(_PART, {"key": key, "at": at, "stop": at + 2 * CHUNK_CHARS}).all():
        yield b"".join(row.text for row in rows)
        at = rows[-1].start + rows[-1].chars


def excerpts(tx: Tx, lengths: Iterable[tuple[int, int]]) -> dict[int, Excerpt]:
    """What pages get of texts, given as (key, chars): head and tail of those that are longer than both."""
    lengths = [(key, chars) for key, chars in lengths if chars > 0]
    whole = [key for key, chars in lengths if chars <= TEXT_HEAD_CHARS + TEXT_TAIL_CHARS]
    found = {key: Excerpt(text) for key, text in complete(tx, whole).items()}
    for key, chars in lengths:
        if key in found:
            continue
        tail_at = chars - TEXT_TAIL_CHARS
        found[key] = Excerpt(
            text=cut(tx, key, 0, TEXT_HEAD_CHARS),
            omitted=tail_at - TEXT_HEAD_CHARS,
            end=cut(tx, key, tail_at, chars),
        )
    return found


def cut(tx: Tx, key: int, start: int, stop: int) -> str:
    """The finished text from code point `start` up to `stop`."""
    if stop <= start:
        return ""
    pieces = [
        row.text.decode()[max(0, start - row.start) : stop - row.start]
        for row in tx.conn.execute(_RANGE, {"key": key, "at": start, "stop": stop})
    ]
    return "".join(pieces)
