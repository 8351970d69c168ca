"""Archives of folders: whole, unpacked the same everywhere, made in pieces, and honest about what is not in them."""

import io
import os
import shutil
import subprocess
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from noctule.drive import zipping
from noctule.drive.places import Place
from noctule.drive.tree import Tree
from noctule.drive.zipping import MISSING, zipped
from noctule.errors import Forbidden, NotFound

WHEN = datetime(2024, 5, 6, 7, 8, 10, tzinfo=UTC)


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    return tmp_path / "drive"


@pytest.fixture
def tree(disk: Path) -> Iterator[Tree]:
    made = Tree(disk)
    made.make_tree("ada")
    yield made
    made.close()


@pytest.fixture
def folder(disk: Path, tree: Tree) -> Path:
    made = disk / "ada" / "my folder"
    made.mkdir()
    return made


PLACE = Place("ada", (b"my folder",))


def archive(tree: Tree, place: Place = PLACE) -> zipfile.ZipFile:
    made = zipfile.ZipFile(io.BytesIO(b"".join(zipped(tree, [place]))))
    assert made.testzip() is None
    return made


def test_files_and_folders_are_in_it_with_their_moments(folder: Path, tree: Tree) -> None:
    (folder / "deep" / "empty").mkdir(parents=True)
    (folder / "text.ipynb").write_text("a" * 10_000)
    (folder / "deep" / "picture.png").write_bytes(os.urandom(3_000_000))
    (folder / "études.txt").write_text("x")
    os.utime(folder / "text.ipynb", (WHEN.timestamp(), WHEN.timestamp()))
    made = archive(tree)
    top = "my folder/"
    assert set(made.namelist()) == {
        top,
        top + "deep/",
        top + "deep/empty/",
        top + "text.ipynb",
        top + "deep/picture.png",
        top + "études.txt",
    }
    assert made.read(top + "deep/picture.png") == (folder / "deep" / "picture.png").read_bytes()
    text = made.getinfo(top + "text.ipynb")
    assert text.date_time == (2024, 5, 6, 7, 8, 10)
    assert text.compress_size < 1000
    assert made.getinfo(top + "deep/picture.png").compress_type == zipfile.ZIP_STORED
    assert made.getinfo(top + "études.txt").flag_bits & 0x800


@pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip is not installed")
def test_another_program_unpacks_it(folder: Path, tree: Tree, tmp_path: Path) -> None:
    (folder / "deep").mkdir()
    (folder / "deep" / "file.bin").write_bytes(os.urandom(100_000))
    (folder / "text.md").write_text("x" * 100_000)
    os.utime(folder / "text.md", (WHEN.timestamp(), WHEN.timestamp()))
    (tmp_path / "it.zip").write_bytes(b"".join(zipped(tree, [PLACE])))
    subprocess.run(["unzip", "-q", "it.zip"], cwd=tmp_path, check=True)
    assert (tmp_path / "my folder" / "deep" / "file.bin").read_bytes() == (folder / "deep" / "file.bin").read_bytes()
    assert (tmp_path / "my folder" / "text.md").stat().st_mtime == WHEN.timestamp()


def test_a_whole_tree_and_an_empty_one_are_archives_too(disk: Path, tree: Tree) -> None:
    assert archive(tree, Place("ada")).namelist() == []
    (disk / "ada" / "file").write_text("x")
    (disk / "ada" / MISSING).write_text("x")
    os.mkfifo(disk / "ada" / "pipe")
    assert set(archive(tree, Place("ada")).namelist()) == {"file", MISSING, "NOT-INCLUDED (2).txt"}


def test_what_is_neither_file_nor_folder_is_refused_before_anything_is_sent(disk: Path, tree: Tree) -> None:
    (disk / "ada" / "link").symlink_to("/etc")
    for name, kind in ((b"nothing", NotFound), (b"link", Forbidden)):
        with pytest.raises(kind):
            zipped(tree, [Place("ada", (name,))])


def test_no_name_leads_anywhere_else_or_hides_another(folder: Path, tree: Tree) -> None:
    hostile = [
        b"..\\..\\evil.exe",
        b"C:evil",
        b"con.txt",
        b"a\nb",
        b"caf\xe9",
        b"\xe2\x80\xaegnp.exe",
        b"a.",
        b"x:y",
        b"x_y",
        b"x?y",
    ]
    for name in hostile:
        (folder / os.fsdecode(name)).write_bytes(name)
    made = archive(tree)
    names = [name.removeprefix("my folder/") for name in made.namelist()]
    assert len(set(names)) == len(hostile) + 1
    assert made.read("my folder/x_y") == b"x_y"
    for name in filter(None, names):
        name.encode()
        assert not set(name) & set('/\\:*?"<>|\n\u202e')
        assert not name.endswith(".")
    assert "my folder/_con.txt" in made.namelist()


def test_what_is_not_included_is_named(folder: Path, tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "link").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe")
    for name in ("gone", "shorter", "stays"):
        (folder / name).write_bytes(b"x" * 3_000_000)
    (folder / "below").mkdir()
    entries, reading = tree.entries, zipping._read

    def then_it_vanishes(place: Place) -> object:
        found = entries(place)
        (folder / "gone").unlink(missing_ok=True)
        if (folder / "below").exists():
            (folder / "below").rmdir()
        return found

    def then_it_shrinks(file: io.FileIO, size: int) -> bytes:
        data = reading(file, size)
        if os.path.samestat(os.fstat(file.fileno()), (folder / "shorter").stat()):
            os.truncate(folder / "shorter", 10)
        return data

    monkeypatch.setattr(tree, "entries", then_it_vanishes)
    monkeypatch.setattr(zipping, "_read", then_it_shrinks)
    made = archive(tree)
    assert set(made.namelist()) == {"my folder/", "my folder/shorter", "my folder/stays", MISSING}
    assert len(made.read("my folder/stays")) == 3_000_000
    told = made.read(MISSING).decode()
    for name in ("link", "pipe", "gone", "shorter", "below"):
        assert f"\n{name}: " in told
    assert "stays" not in told
    assert b"root:" not in b"".join(made.read(name) for name in made.namelist())


def test_of_many_that_are_missing_some_are_named_and_the_rest_counted(
    folder: Path, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zipping, "ZIP_UNREAD_LINES", 3)
    for number in range(5):
        (folder / f"link{number}").symlink_to("nowhere")
    assert "and 2 more" in archive(tree).read(MISSING).decode()


def test_a_moment_that_no_archive_has_is_the_nearest_one(folder: Path, tree: Tree) -> None:
    for name, seconds in (("old", -10_000_000_000), ("new", 9_000_000_000)):
        (folder / name).write_text("x")
        os.utime(folder / name, (seconds, seconds))
    made = archive(tree)
    assert made.getinfo("my folder/old").date_time == (1980, 1, 1, 0, 0, 0)
    assert made.getinfo("my folder/new").date_time[0] == 2107 or made.getinfo("my folder/new").date_time[0] > 2038


def test_it_is_made_in_pieces_and_takes_no_memory(folder: Path, tree: Tree) -> None:
    with (folder / "sparse").open("wb") as file:
        file.truncate(300_000_000)
    tracemalloc.start()
    size = sum(map(len, zipped(tree, [PLACE])))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 300_000_000
    assert peak < 20_000_000


def test_a_reader_who_goes_away_is_no_trouble(folder: Path, tree: Tree) -> None:
    (folder / "file").write_bytes(b"x" * 5_000_000)
    pieces = zipped(tree, [PLACE])
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]


def test_several_are_in_one_archive_under_names_of_their_own(folder: Path, disk: Path, tree: Tree) -> None:
    root = disk / "ada"
    for place in (root / "a.txt", folder / "a.txt", folder / "a (2).txt"):
        place.write_text(place.parent.name)
    (folder / "deep").mkdir()
    (folder / "deep" / "x").write_text("x")
    os.mkfifo(folder / "deep" / "pipe")
    (folder / "deep" / "..\\evil").write_text("x")
    chosen = [(b"a.txt",), (b"my folder", b"a.txt"), (b"my folder", b"a (2).txt"), (b"my folder", b"deep")]
    made = zipfile.ZipFile(io.BytesIO(b"".join(zipped(tree, [Place("ada", parts) for parts in chosen]))))
    assert made.testzip() is None
    assert set(made.namelist()) == {
        "a.txt",
        "a (3).txt",
        "a (2).txt",
        "deep/",
        "deep/x",
        "deep/.._evil",
        MISSING,
    }
    assert (made.read("a.txt"), made.read("a (3).txt")) == (b"ada", b"my folder")
    assert "deep/pipe: " in made.read(MISSING).decode()
    with pytest.raises(NotFound):
        zipped(tree, [Place("ada", (b"a.txt",)), Place("ada", (b"nothing",))])
