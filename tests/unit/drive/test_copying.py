"""Copies: whole or not at all, holes as holes, and nothing but files and folders."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from noctule.drive import copying
from noctule.drive.copying import Copied
from noctule.drive.places import Place
from noctule.drive.tree import Tree
from noctule.errors import Conflict, NotFound, StorageFull
from noctule_agent.wire.limits import DRIVE_DEPTH

TERABYTE = 1 << 40


class Enough(Exception):
    """Somebody gave the copy up."""


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    return tmp_path / "drive"


@pytest.fixture
def tree(disk: Path) -> Iterator[Tree]:
    made = Tree(disk)
    made.make_tree("ada")
    yield made
    made.close()


@pytest.fixture(params=["kernel", "refusing", "doing-nothing"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    def unable(*_: object) -> int:
        if request.param == "refusing":
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        return 0

    if request.param != "kernel":
        monkeypatch.setattr("noctule.drive.copying.os.copy_file_range", unable)


def at(*names: str) -> Place:
    return Place("ada", tuple(name.encode() for name in names))


def quiet(_: int) -> None:
    """Nobody watches this copy."""


def left_aside(disk: Path) -> list[str]:
    return [path.name for path in (disk / ".noctule" / "staged").iterdir()]


def test_a_file_is_copied_in_pieces_that_are_told(disk: Path, tree: Tree, way: None) -> None:
    data = os.urandom(20_000_000)
    (disk / "ada" / "file").write_bytes(data)
    (disk / "ada" / "file").chmod(0o754)
    told: list[int] = []
    assert tree.copy(at("file"), at("copy"), told.append) == Copied(1, 0, len(data), 0)
    assert (disk / "ada" / "copy").read_bytes() == data
    assert (disk / "ada" / "copy").stat().st_mode & 0o700 == 0o700
    assert sum(told) == len(data)
    assert len(told) > 2
    assert left_aside(disk) == []


def test_a_file_that_becomes_shorter_meanwhile_is_copied_as_short_as_it_is(disk: Path, tree: Tree, way: None) -> None:
    file = disk / "ada" / "file"
    file.write_bytes(b"x" * 20_000_000)
    tree.copy(at("file"), at("copy"), lambda _: os.truncate(file, 9_000_000))
    copy = disk / "ada" / "copy"
    assert copy.read_bytes() == b"x" * copy.stat().st_size
    assert copy.stat().st_size == 9_000_000


def test_a_sparse_terabyte_is_copied_as_what_is_in_it(disk: Path, tree: Tree, way: None) -> None:
    with (disk / "ada" / "sparse").open("wb") as file:
        file.seek(TERABYTE // 2)
        file.write(b"in the middle")
        file.truncate(TERABYTE)
    with (disk / "ada" / "empty").open("wb") as file:
        file.truncate(TERABYTE)
    copied = tree.copy(at("sparse"), at("copy"), quiet)
    tree.copy(at("empty"), at("nothing"), quiet)
    assert copied.size < 1_000_000
    for name in ("copy", "nothing"):
        found = (disk / "ada" / name).stat()
        assert found.st_size == TERABYTE
        assert found.st_blocks * 512 < 1_000_000
    with (disk / "ada" / "copy").open("rb") as file:
        file.seek(TERABYTE // 2)
        assert file.read(13) == b"in the middle"


def test_a_file_system_that_knows_no_holes_is_copied_from(
    disk: Path, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object) -> int:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    (disk / "ada" / "file").write_bytes(b"x" * 10_000)
    monkeypatch.setattr("noctule.drive.copying.os.lseek", unknown)
    tree.copy(at("file"), at("copy"), quiet)
    assert (disk / "ada" / "copy").read_bytes() == b"x" * 10_000


def test_of_a_folder_files_and_folders_are_copied_and_the_rest_is_counted(disk: Path, tree: Tree, way: None) -> None:
    folder = disk / "ada" / "folder"
    (folder / "deep" / "empty").mkdir(parents=True)
    (folder / "one").write_text("1")
    (folder / "deep" / os.fsdecode(b"caf\xe9")).write_text("2")
    (folder / "passwd").symlink_to("/etc/passwd")
    (folder / "deep" / "up").symlink_to("../..")
    os.mkfifo(folder / "pipe")
    (folder / ".noctule-part-1").write_text("not anybody's")
    assert tree.copy(at("folder"), at("copy"), quiet) == Copied(2, 3, 2, 3)
    copy = disk / "ada" / "copy"
    below = {str(path.relative_to(copy)) for path in copy.rglob("*")}
    assert below == {"one", "deep", "deep/empty", os.fsdecode(b"deep/caf\xe9")}
    assert left_aside(disk) == []


def test_a_folder_is_copied_into_itself_once(disk: Path, tree: Tree) -> None:
    (disk / "ada" / "folder").mkdir()
    (disk / "ada" / "folder" / "file").write_text("x")
    tree.copy(at("folder"), at("folder", "copy"), quiet)
    assert {entry.name for entry in tree.entries(at("folder"))} == {b"file", b"copy"}
    assert {entry.name for entry in tree.entries(at("folder", "copy"))} == {b"file"}


def test_a_copy_is_over_nothing(disk: Path, tree: Tree) -> None:
    (disk / "ada" / "file").write_text("x")
    (disk / "ada" / "there").symlink_to("nowhere")
    with pytest.raises(Conflict, match="name-taken"):
        tree.copy(at("file"), at("there"), quiet)
    with pytest.raises(NotFound):
        tree.copy(at("nothing"), at("new"), quiet)
    with pytest.raises(NotFound):
        tree.copy(at("file"), at("nowhere", "new"), quiet)

    def somebody_comes(_: int) -> None:
        (disk / "ada" / "new").write_text("somebody's")

    with pytest.raises(Conflict, match="name-taken"):
        tree.copy(at("file"), at("new"), somebody_comes)
    assert (disk / "ada" / "new").read_text() == "somebody's"
    assert left_aside(disk) == []


def test_a_copy_that_is_given_up_leaves_nothing(disk: Path, tree: Tree) -> None:
    (disk / "ada" / "folder" / "deep").mkdir(parents=True)
    for name in ("one", "two", "deep/three"):
        (disk / "ada" / "folder" / name).write_bytes(b"x" * 1000)
    told: list[int] = []

    def enough(size: int) -> None:
        told.append(size)
        if len(told) == 2:
            raise Enough

    with pytest.raises(Enough):
        tree.copy(at("folder"), at("copy"), enough)
    assert left_aside(disk) == []
    assert tree.look(at("copy")) is None


def test_a_full_disk_leaves_nothing_of_the_copy(disk: Path, tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (disk / "ada" / "folder").mkdir()
    (disk / "ada" / "folder" / "file").write_bytes(b"x")
    monkeypatch.setattr("noctule.drive.copying.os.copy_file_range", full)
    with pytest.raises(StorageFull):
        tree.copy(at("folder"), at("copy"), quiet)
    assert left_aside(disk) == []


def test_what_vanishes_or_is_swapped_while_a_folder_is_copied_is_left_out(
    disk: Path, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = disk / "ada" / "folder"
    (folder / "gone").mkdir(parents=True)
    (folder / "swapped").mkdir()
    (folder / "file").write_text("x")
    (folder / "stays").write_text("x")
    listing = copying.entries_of

    def then_it_changes(opened: int) -> object:
        found = listing(opened)
        if (folder / "gone").exists():
            (folder / "gone").rmdir()
            (folder / "swapped").rmdir()
            (folder / "swapped").symlink_to("/etc")
            (folder / "file").unlink()
        return found

    monkeypatch.setattr(copying, "entries_of", then_it_changes)
    assert tree.copy(at("folder"), at("copy"), quiet) == Copied(1, 1, 1, 3)
    assert not [path for path in (disk / "ada" / "copy").rglob("*") if path.is_symlink()]


def test_a_copy_is_no_deeper_than_a_drive(disk: Path, tree: Tree) -> None:
    deep = at(*["d"] * (DRIVE_DEPTH - 2))
    (disk / "ada" / "/".join(["d"] * (DRIVE_DEPTH - 2))).mkdir(parents=True)
    (disk / "ada" / "folder" / "one" / "two" / "three").mkdir(parents=True)
    copied = tree.copy(at("folder"), deep.below(b"copy"), quiet)
    assert (copied.folders, copied.left_out) == (2, 1)
    assert tree.entries(deep.below(b"copy").below(b"one")) == []
