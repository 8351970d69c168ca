"""Bytes that are made while they are sent: by blocking work, in threads, and never more of them than one piece."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Final

from noctule_agent.wire.limits import MB

PIECE_BYTES: Final = MB
"""Read, or made, at once for who downloads."""


async def aside(made: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes, in pieces that are worth a thread."""
    while piece := await asyncio.to_thread(_some, made):
        yield piece


def _some(made: Iterator[bytes]) -> bytes:
    """Empty: there is no more."""
    taken, size = [], 0
    for piece in made:
        taken.append(piece)
        size += len(piece)
        if size >= PIECE_BYTES:
            break
    return b"".join(taken)
