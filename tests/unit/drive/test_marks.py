"""What a name is: the birth mark stays with a file wherever it goes, and nothing is followed, opened or waited for."""

import ctypes
import errno
import os
import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from noctule.drive import marks
from noctule.drive.marks import SPARSE_BYTES, Looked, look
from noctule.drive.reconcile import Mark

LIBC = ctypes.CDLL(None, use_errno=True)


def refused(*_: object) -> int:
    ctypes.set_errno(errno.EPERM)
    return -1


# As on musl before 1.2.3; where there is none at all; where a filter of system calls does not know it.
WAYS = {"libc": marks._statx, "syscall": partial(LIBC.syscall, 332), "none": None, "refused": refused}


@pytest.fixture(params=[way for way in WAYS if way != "syscall" or os.uname().machine == "x86_64"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(marks, "_statx", WAYS[request.param])
    return str(request.param)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[int]:
    opened = os.open(tmp_path, os.O_RDONLY)
    yield opened
    os.close(opened)


def test_a_file_is_what_stat_says_it_is(tmp_path: Path, folder: int, way: str) -> None:
    (tmp_path / "file").write_bytes(b"x" * 10_000)
    (tmp_path / "folder").mkdir()
    found = look(folder, b"file")
    stat = (tmp_path / "file").stat()
    assert found is not None
    assert (found.kind, found.size, found.mtime_ns) == ("file", 10_000, stat.st_mtime_ns)
    assert (found.mark.device, found.mark.inode) == (stat.st_dev, stat.st_ino)
    assert found.taken == stat.st_blocks * 512
    below = look(folder, b"folder")
    assert below is not None
    assert (below.kind, below.size) == ("folder", 0)
    assert look(folder, b"missing") is None


def test_the_mark_stays_when_the_file_is_moved_and_written(tmp_path: Path, folder: int) -> None:
    (tmp_path / "a").write_bytes(b"1")
    before = look(folder, b"a")
    (tmp_path / "a").rename(tmp_path / "b")
    (tmp_path / "b").write_bytes(b"other")
    after = look(folder, b"b")
    assert before is not None
    assert after is not None
    assert before.mark == after.mark
    assert before.mark.born is not None
    assert not after.same_file(before)


def test_a_moment_before_1970_and_an_odd_name_are_read(tmp_path: Path, folder: int, way: str) -> None:
    name = b"caf\xe9 \n\xff"
    os.close(os.open(name, os.O_CREAT | os.O_WRONLY, dir_fd=folder))
    os.utime(name, ns=(-1_500_000_000, -1_500_000_000), dir_fd=folder)
    found = look(folder, name)
    assert found is not None
    assert found.mtime_ns == -1_500_000_000


def test_what_is_no_file_is_told_and_left_alone(tmp_path: Path, folder: int, way: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "loop").symlink_to("loop")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        for name in (b"pipe", b"link", b"loop", b"socket"):
            found = look(folder, name)
            assert found is not None
            assert (found.kind, found.size) == ("other", 0)


def test_what_the_disk_refuses_is_raised(tmp_path: Path, way: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    file = os.open(tmp_path / "file", os.O_RDONLY)
    try:
        with pytest.raises(NotADirectoryError):
            look(file, b"below")
    finally:
        os.close(file)


@pytest.mark.parametrize(
    ("size", "taken", "weight"),
    [(100, 0, 100), (4096, 4096, 4096), (1 << 40, 4096, 4096), (SPARSE_BYTES, 0, SPARSE_BYTES), (10, 4096, 10)],
)
def test_a_sparse_file_weighs_what_it_takes(size: int, taken: int, weight: int) -> None:
    assert Looked("file", size, 0, taken, Mark(1, 1, None)).weight == weight
