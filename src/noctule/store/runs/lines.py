"""Lines of a stream's text, found by the marks beside its chunks, and a search through it. Reads only.

A line ends with "\\n"; what follows the last one is a line when it is not empty. A part of the text is held at a time,
however long the text or a line of it is.
"""

import re
from typing import Final

from sqlalchemy import bindparam, select

from noctule.store import tables as t
from noctule.store.rows import LogLines, LogMatches, LogPlace
from noctule.store.writer import Tx
from noctule_agent.wire.limits import CHUNK_CHARS, LOG_CHARS, LOG_LINE_CHARS, LOG_LINES, SEARCH_CHARS, SEARCH_LINES
from noctule_agent.wire.values import NotebookId, OutputId

from .text import cut

ESCAPE: Final = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])",
)
"""What a terminal does not show (web/src/runs/ansi.ts): a search looks at what is seen."""

_STREAM = select(t.output.c.key, t.output.c.chars, t.output.c.lines, t.output.c.tail).where(
    t.output.c.notebook_id == bindparam("notebook"), t.output.c.id == bindparam("output"), t.output.c.kind == "stream"
)
_MARK = (
    select(t.output_line.c.line, t.output_line.c.start)
    .where(t.output_line.c.output == bindparam("key"), t.output_line.c.line < bindparam("before"))
    .order_by(t.output_line.c.line.desc(), t.output_line.c.start.desc())
    .limit(1)
)


def lines(tx: Tx, notebook_id: NotebookId, output_id: OutputId, first: int, count: int) -> LogLines | None:
    """At most `count` lines from `first` on (fewer when they are long); None when there is no such stream."""
    text = _find(tx, notebook_id, output_id)
    if text is None:
        return None
    first = min(max(first, 0), text.line_count)
    stop = min(first + min(max(count, 0), LOG_LINES), text.line_count)
    found: list[str] = []
    shortened: dict[int, int] = {}
    offset, taken = text.start_of(first), 0
    while first + len(found) < stop and taken < LOG_CHARS:
        ended = text.slice(offset, offset + CHUNK_CHARS).split("\n")
        rest = ended.pop()
        if offset + CHUNK_CHARS >= text.total and rest:
            ended.append(rest)
        if not ended:
            # A line that is longer than a chunk.
            line = first + len(found)
            after = text.start_of(line + 1)
            shortened[line] = after - offset - (after < text.total or text.ends_line)
            ended, offset = [rest], after
        else:
            ended = ended[: stop - first - len(found)]
            offset += sum(len(line) + 1 for line in ended)
        for line_text in ended:
            if len(line_text) > LOG_LINE_CHARS:
                shortened.setdefault(first + len(found), len(line_text))
            found.append(line_text[:LOG_LINE_CHARS])
            taken += len(found[-1])
    return LogLines(first, found, text.line_count, text.lines, shortened)


def search(
    tx: Tx, notebook_id: NotebookId, output_id: OutputId, query: str, place: LogPlace, *, case: bool
) -> LogMatches | None:
    """Lines that hold the query, from `place` on, through SEARCH_CHARS of the text. None when there is no such stream."""
    text = _find(tx, notebook_id, output_id)
    if text is None:
        return None
    wanted = query if case else query.lower()
    found: list[int] = []
    line, offset, rest = place.line, place.offset, ""
    stop = min(place.offset + SEARCH_CHARS, text.total)
    while offset < stop and len(found) < SEARCH_LINES:
        part = text.slice(offset, min(offset + CHUNK_CHARS, stop))
        offset += len(part)
        window = rest + part
        # A line is looked at when it is whole: neither a match nor an escape sequence is cut in two.
        end = window.rfind("\n") + 1 if offset < text.total else len(window)
        if end == 0 and len(window) >= CHUNK_CHARS:
            end = len(window)
        whole, rest = window[:end], window[end:]
        seen = ESCAPE.sub("", whole) if "\x1b" in whole else whole
        found += _matching(seen if case else seen.lower(), wanted, line, found[-1] if found else -1)
        line += whole.count("\n")
        if not rest and not whole.endswith("\n"):
            # A part of a longer line: its end goes along, for a match that goes on in what follows.
            rest = whole[max(0, len(whole) - len(query) + 1) :] if len(query) > 1 else ""
    searched = offset - len(rest) if offset < text.total else text.total
    further = LogPlace(searched, line) if offset < text.total else None
    return LogMatches(found, further, searched, text.total)


def _matching(text: str, wanted: str, line: int, last: int) -> list[int]:
    """The numbers of the lines of `text` that hold it, after `last`; its first line is number `line`."""
    found: list[int] = []
    counted = 0
    at = text.find(wanted)
    while at != -1:
        line += text.count("\n", counted, at)
        if line > last:
            found.append(line)
        end = text.find("\n", at)
        if end == -1:
            break
        counted, at = at, text.find(wanted, end + 1)
    return found


class _Text:
    """A stream's text with its tail, as it is in this transaction."""

    def __init__(self, tx: Tx, key: int, chars: int, lines: int, tail: str) -> None:
        self._tx = tx
        self._key = key
        self._chars = chars
        self._tail = tail
        self.lines = lines
        self.total = chars + len(tail)
        self.ends_line = self.total > 0 and self.slice(self.total - 1, self.total) == "\n"
        self.line_count = lines + tail.count("\n") + (self.total > 0 and not self.ends_line)

    def slice(self, start: int, stop: int) -> str:
        part = cut(self._tx, self._key, start, min(stop, self._chars))
        return part + self._tail[max(start - self._chars, 0) : max(stop - self._chars, 0)]

    def start_of(self, line: int) -> int:
        """The code points before this line; all of them when there are not so many lines."""
        if line <= 0:
            return 0
        if line > self.lines:
            return self._chars + _after(self._tail, line - self.lines)
        mark = self._tx.conn.execute(_MARK, {"key": self._key, "before": line}).one_or_none()
        before, start = (0, 0) if mark is None else (mark.line, mark.start)
        return start + _after(cut(self._tx, self._key, start, start + CHUNK_CHARS), line - before)


def _after(text: str, ends: int) -> int:
    """The index after so many line ends; the text's length when it has fewer."""
    parts = text.split("\n", ends)
    return len(text) - len(parts[-1]) if len(parts) > ends else len(text)


def _find(tx: Tx, notebook_id: NotebookId, output_id: OutputId) -> _Text | None:
    row = tx.conn.execute(_STREAM, {"notebook": notebook_id, "output": output_id}).one_or_none()
    return None if row is None else _Text(tx, row.key, row.chars, row.lines, row.tail.decode())
