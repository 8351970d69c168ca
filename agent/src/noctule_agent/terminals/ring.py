"""The last output of a terminal, at most TERMINAL_RING_BYTES of it, with absolute offsets and the sizes it was written for.

Pure. What is pushed out at its start is told to `modes`, so that drawing can begin there (`prelude`).
"""

import re
from collections import deque

import msgspec

from noctule_agent.wire.limits import KB, TERMINAL_RING_BYTES

from .modes import Modes

CHUNK_BYTES = 16 * KB
# Bounded: a program that says endless parameters would else be looked at for each of them to the end.
_SWITCH = re.compile(rb"\x1b\[\?(?:[0-9;]{0,12};)?(?:1049|1047|47)(?:;[0-9;]{0,12})?([hl])")
_SWITCH_BYTES = 36
"""No shorter than the longest of these."""


class Size(msgspec.Struct, frozen=True):
    cols: int
    rows: int


class Piece(msgspec.Struct, frozen=True):
    """Output from one place, all written for one size."""

    data: bytes
    size: Size


class _Chunk:
    def __init__(self, offset: int, size: Size) -> None:
        self.offset = offset
        self.size = size
        self.data = bytearray()

    @property
    def end(self) -> int:
        return self.offset + len(self.data)


class Ring:
    def __init__(self, size: Size, limit: int = TERMINAL_RING_BYTES) -> None:
        self._limit = limit
        self._chunks: deque[_Chunk] = deque([_Chunk(0, size)])
        self._modes = Modes()
        self._seam = b""
        self.full_screen = False
        """The program draws on the alternate screen now, as editors and pagers do."""

    @property
    def start(self) -> int:
        """Offset of the first byte that is kept."""
        return self._chunks[0].offset

    @property
    def end(self) -> int:
        """Offset of the byte that comes next."""
        return self._chunks[-1].end

    @property
    def size(self) -> Size:
        return self._chunks[-1].size

    @property
    def overrun(self) -> bool:
        """Something was forgotten."""
        return self.start > 0

    def append(self, data: bytes) -> None:
        self._look(data)
        for start in range(0, len(data), CHUNK_BYTES):
            part = data[start : start + CHUNK_BYTES]
            if len(self._chunks[-1].data) + len(part) > CHUNK_BYTES:
                self._chunks.append(_Chunk(self.end, self.size))
            self._chunks[-1].data += part
        while self.end - self.start > self._limit:
            self._modes.feed(bytes(self._chunks.popleft().data))

    def resize(self, size: Size) -> None:
        if self._chunks[-1].data:
            self._chunks.append(_Chunk(self.end, size))
        else:
            self._chunks[-1].size = size

    def prelude(self) -> bytes:
        """What to draw first when drawing begins at `start`."""
        return self._modes.prelude()

    def size_at(self, offset: int) -> Size:
        return self._at(offset).size

    def read(self, offset: int, limit: int) -> Piece | None:
        """What follows `offset`, which is kept; None when nothing does yet."""
        if offset >= self.end:
            return None
        chunk = self._at(offset)
        begin = offset - chunk.offset
        return Piece(bytes(chunk.data[begin : begin + limit]), chunk.size)

    def _at(self, offset: int) -> _Chunk:
        for chunk in reversed(self._chunks):
            if chunk.offset <= offset and (offset < chunk.end or chunk is self._chunks[-1]):
                return chunk
        return self._chunks[0]

    def _look(self, data: bytes) -> None:
        """Which screen is drawn on after this output. The switch may be cut in two."""
        seen = self._seam + data
        switches = _SWITCH.findall(seen)
        if switches:
            self.full_screen = switches[-1] == b"h"
        elif b"\x1bc" in seen:
            self.full_screen = False
        self._seam = seen[-_SWITCH_BYTES:]
