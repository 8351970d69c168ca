"""Files of the Drive: replaced as a whole, and never over a file that is not the one that was accounted for."""

import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from noctule.drive.folder import FileStat, Folder
from noctule.errors import StorageFull

NAME = "n.ipynb"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "drive")


def written(folder: Folder, data: bytes, over: FileStat | None) -> FileStat | None:
    folder.stage("key", [data])
    folder.settle("key")
    return folder.place("key", NAME, over)


def test_what_is_staged_has_the_digest_of_its_pieces_and_is_not_seen_until_it_is_placed(folder: Folder) -> None:
    data = os.urandom(500_000)
    digest = folder.stage("key", (data[at : at + 1000] for at in range(0, len(data), 1000)))
    assert digest == hashlib.sha256(data).hexdigest()
    assert folder.stat(NAME) is None
    assert folder.staged("key")
    folder.settle("key")
    found = folder.place("key", NAME, None)
    assert found == folder.stat(NAME)
    assert folder.read(NAME) == data
    assert not folder.staged("key")


def test_staging_again_replaces_what_was_staged(folder: Folder) -> None:
    folder.stage("key", [b"a longer one"])
    folder.stage("key", [b"short"])
    folder.place("key", NAME, None)
    assert folder.read(NAME) == b"short"


def test_a_file_that_is_not_the_one_accounted_for_is_left_alone(folder: Folder) -> None:
    first = written(folder, b"first", None)
    assert written(folder, b"second", None) is None
    assert folder.read(NAME) == b"first"
    assert written(folder, b"second", first) == folder.stat(NAME)
    assert folder.read(NAME) == b"second"


def test_what_the_pieces_raise_is_raised_and_what_was_there_stays(folder: Folder) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise LookupError

    first = written(folder, b"first", None)
    with pytest.raises(LookupError):
        folder.stage("key", pieces())
    assert folder.staged("key")
    folder.unstage("key")
    assert folder.stat(NAME) == first


def test_a_full_disk_is_told_as_such(folder: Folder) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(StorageFull):
        folder.stage("key", pieces())
