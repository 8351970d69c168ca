"""The bytes of one request: in order whatever overlaps, kept when the sender breaks off, gone when the disk fails."""

import asyncio
import errno
import hashlib
import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from noctule.drive.filling import filled
from noctule.drive.tree import Tree
from noctule.drive.uploading import Elsewhere, Uploads, Wanted
from noctule.errors import StorageFull
from noctule_agent.wire.values import Millis

PIECES = [[bytes([number]) * (1000 + number), b"|" * number] for number in range(40)]
DATA = b"".join(part for piece in PIECES for part in piece)


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    tree = Tree(tmp_path)
    tree.make_tree("ada")
    made = Uploads(tree)
    made.begin("up", Wanted(size=len(DATA), name="x", who="ada", item="ada", made_at=Millis(0)))
    return made


async def sent(pieces: Sequence[Sequence[bytes]]) -> AsyncIterator[Sequence[bytes]]:
    for piece in pieces:
        await asyncio.sleep(0)
        yield piece


async def test_all_comes_in_its_order(uploads: Uploads) -> None:
    assert await filled(uploads, asyncio.to_thread, "up", 0, sent(PIECES)) == len(DATA)
    assert uploads.whole("up") == hashlib.sha256(DATA).hexdigest()


async def test_what_came_before_a_break_is_kept_and_it_goes_on_there(uploads: Uploads) -> None:
    at = await filled(uploads, asyncio.to_thread, "up", 0, sent(PIECES[:7]))
    assert uploads.state("up").offset == at == sum(len(part) for piece in PIECES[:7] for part in piece)
    assert await filled(uploads, asyncio.to_thread, "up", at, sent(PIECES[7:])) == len(DATA)
    assert uploads.whole("up") == hashlib.sha256(DATA).hexdigest()


@pytest.mark.parametrize(
    ("call", "after"), [("pwritev", 0), ("pwritev", 1), ("pwritev", 5), ("fsync", 0), ("fsync", 1)]
)
async def test_when_the_disk_fails_nothing_of_the_request_came(
    uploads: Uploads, monkeypatch: pytest.MonkeyPatch, call: str, after: int
) -> None:
    at = await filled(uploads, asyncio.to_thread, "up", 0, sent(PIECES[:3]))
    real, calls = getattr(os, call), []

    def failing(*given: object) -> int:
        calls.append(given)
        if len(calls) > after:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        made: int = real(*given)
        return made

    with monkeypatch.context() as patch:
        patch.setattr(f"noctule.drive.uploading.os.{call}", failing)
        with pytest.raises(StorageFull):
            await filled(uploads, asyncio.to_thread, "up", at, sent(PIECES[3:]))
    assert uploads.state("up").offset == at
    assert await filled(uploads, asyncio.to_thread, "up", at, sent(PIECES[3:])) == len(DATA)
    assert uploads.whole("up") == hashlib.sha256(DATA).hexdigest()


async def test_who_comes_second_takes_nothing_from_who_was_quicker(uploads: Uploads) -> None:
    async def overtaken() -> AsyncIterator[Sequence[bytes]]:
        yield PIECES[0]
        yield PIECES[1]
        await asyncio.to_thread(_until, uploads, len(PIECES[0][0] + PIECES[0][1] + PIECES[1][0] + PIECES[1][1]))
        here = uploads.state("up").offset
        await filled(uploads, asyncio.to_thread, "up", here, sent(PIECES[2:4]))
        yield PIECES[2]

    with pytest.raises(Elsewhere):
        await filled(uploads, asyncio.to_thread, "up", 0, overtaken())
    at = uploads.state("up").offset
    assert at == sum(len(part) for piece in PIECES[:4] for part in piece)
    await filled(uploads, asyncio.to_thread, "up", at, sent(PIECES[4:]))
    assert uploads.whole("up") == hashlib.sha256(DATA).hexdigest()


def _until(uploads: Uploads, offset: int) -> None:
    while uploads.state("up").offset < offset:
        pass
