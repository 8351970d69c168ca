"""Lines around what a search found in the cells of a notebook. Pure."""

import unicodedata
from collections.abc import Iterable, Sequence

import msgspec

from noctule.notebook.sources import CellText
from noctule_agent.wire.limits import EXCERPT_CHARS, SEARCH_EXCERPTS

_BEFORE = EXCERPT_CHARS // 4
"""So much of a long line is shown before the word."""
_CUT = "…"


class Excerpt(msgspec.Struct, frozen=True):
    """`cell_id` is empty where the file has none."""

    cell_id: str
    text: str


def excerpts(cells: Iterable[CellText], words: Sequence[str]) -> list[Excerpt]:
    """The first lines that hold any of these words, one a cell first of all for each word: so that every word is seen."""
    wanted = {fold(word) for word in words}
    unseen, first, others = set(wanted), list[Excerpt](), list[Excerpt]()
    for cell in cells:
        low = fold(cell.text)
        if not any(word in low for word in wanted):
            continue
        for line in cell.text.splitlines():
            folded = fold(line)
            hits = {word: at for word in wanted if (at := folded.find(word)) >= 0}
            if not hits:
                continue
            excerpt = Excerpt(cell.id, _around(line, min(hits.values())))
            (first if unseen & hits.keys() else others).append(excerpt)
            unseen -= hits.keys()
            if len(first) >= SEARCH_EXCERPTS or (not unseen and len(first) + len(others) >= SEARCH_EXCERPTS):
                return [*first, *others][:SEARCH_EXCERPTS]
            if len(others) > SEARCH_EXCERPTS:
                others.pop()
    return [*first, *others][:SEARCH_EXCERPTS]


def fold(text: str) -> str:
    """In no case, and composed as keyboards write it: as it is searched."""
    return unicodedata.normalize("NFC", text).casefold()


def _around(line: str, at: int) -> str:
    """What folding has made longer or shorter moves the place by a little, which an excerpt can bear."""
    line = unicodedata.normalize("NFC", line)
    at = min(at, len(line))
    start = max(0, at - _BEFORE) if len(line) > EXCERPT_CHARS else 0
    end = start + EXCERPT_CHARS
    shown = "".join(char if char.isprintable() else " " for char in line[start:end]).strip()
    return f"{_CUT if start else ''}{shown}{_CUT if end < len(line) else ''}"
