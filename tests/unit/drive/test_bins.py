"""The bin: what was deleted comes back whole or is gone for good, however deep it was and whatever is in it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from noctule.drive import erasing
from noctule.drive.places import Place
from noctule.drive.tree import Tree
from noctule.errors import Conflict, NotFound


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    return tmp_path / "drive"


@pytest.fixture
def tree(disk: Path) -> Iterator[Tree]:
    made = Tree(disk)
    made.make_tree("ada")
    yield made
    made.close()


def at(*names: str) -> Place:
    return Place("ada", tuple(os.fsencode(name) for name in names))


def in_bin(disk: Path) -> list[str]:
    return sorted([path.name for path in (disk / ".noctule" / "bin").iterdir()])


def test_what_is_binned_comes_back_with_all_that_is_below_it(disk: Path, tree: Tree) -> None:
    (disk / "ada" / "folder").mkdir()
    (disk / "ada" / "folder" / "file").write_text("x")
    before = tree.look(at("folder"))
    tree.bin(at("folder"), "item1")
    assert tree.look(at("folder")) is None
    assert tree.binned() == ["item1"]
    assert tree.binned_name("item1") == b"folder"
    tree.unbin("item1", at("back"))
    after = tree.look(at("back"))
    assert before is not None
    assert after is not None
    assert after.mark == before.mark
    assert tree.read(at("back", "file"), 10) == b"x"
    assert tree.binned() == []
    assert tree.binned_name("item1") is None


def test_nothing_comes_back_over_something(disk: Path, tree: Tree) -> None:
    (disk / "ada" / "file").write_text("old")
    tree.bin(at("file"), "item")
    (disk / "ada" / "file").write_text("new")
    with pytest.raises(Conflict, match="name-taken"):
        tree.unbin("item", at("file"))
    with pytest.raises(NotFound):
        tree.unbin("item", at("gone", "file"))
    assert tree.binned_name("item") == b"file"
    with pytest.raises(NotFound):
        tree.unbin("other", at("file2"))


def test_one_item_is_binned_once(disk: Path, tree: Tree) -> None:
    (disk / "ada" / "one").write_text("1")
    (disk / "ada" / "two").write_text("2")
    with pytest.raises(NotFound):
        tree.bin(at("nothing"), "item")
    assert in_bin(disk) == []
    # A bin that was begun when the server ended.
    (disk / ".noctule" / "bin" / "item").mkdir()
    tree.bin(at("one"), "item")
    with pytest.raises(Conflict, match="name-taken"):
        tree.bin(at("two"), "item")
    assert tree.binned_name("item") == b"one"
    assert (disk / "ada" / "two").exists()


def test_erasing_follows_nothing_and_leaves_nothing(disk: Path, tree: Tree) -> None:
    (disk / "precious").mkdir()
    (disk / "precious" / "file").write_text("stays")
    folder = disk / "ada" / "folder"
    (folder / "0").mkdir(parents=True)
    (folder / "deep" / "0").mkdir(parents=True)
    (folder / "deep" / "1").write_text("x")
    (folder / "link").symlink_to(disk / "precious")
    (folder / "deep" / "0" / "link").symlink_to("../../../../precious")
    (folder / "deep" / os.fsdecode(b"\xff")).write_text("x")
    os.mkfifo(folder / "pipe")
    tree.bin(at("folder"), "item")
    tree.erase("item")
    tree.erase("item")
    assert in_bin(disk) == []
    assert (disk / "precious" / "file").read_text() == "stays"


def test_a_folder_is_erased_however_deep_it_is(disk: Path, tree: Tree) -> None:
    """Deeper than the kernel takes a path, than a stack, and than descriptors may be open."""
    opened = os.open(disk / "ada", os.O_RDONLY)
    for _ in range(1200):
        os.mkdir("deep", dir_fd=opened)
        os.close(os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=opened))
        below = os.open("deep", os.O_RDONLY, dir_fd=opened)
        os.close(opened)
        opened = below
    os.close(opened)
    tree.bin(at("deep"), "item")
    tree.erase("item")
    assert in_bin(disk) == []


def test_what_is_half_erased_never_comes_back_and_is_erased_the_next_time(
    disk: Path, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b", "c"):
        (disk / "ada" / "folder" / name).mkdir(parents=True)
        (disk / "ada" / "folder" / name / "file").write_text("x")
    tree.bin(at("folder"), "item")
    lift, calls = erasing._dissolve, []

    def killed(top: int, name: bytes, numbers: object) -> None:
        calls.append(name)
        if len(calls) == 3:
            raise KeyboardInterrupt
        lift(top, name, numbers)  # type: ignore[arg-type]

    monkeypatch.setattr(erasing, "_dissolve", killed)
    with pytest.raises(KeyboardInterrupt):
        tree.erase("item")
    monkeypatch.undo()
    assert in_bin(disk) == ["item.erasing"]
    assert tree.binned() == ["item"]
    assert tree.binned_name("item") is None
    with pytest.raises(NotFound):
        tree.unbin("item", at("back"))
    tree.erase("item")
    assert in_bin(disk) == []
