"""Notebooks are read to be searched: from the disk, through the one door, whatever lies there."""

import os
from pathlib import Path

import pytest

from noctule.drive import index as indexing
from noctule.drive import texts as reading
from noctule.drive.texts import Texts
from noctule.notebook import sources
from noctule.notebook.ops import SetSource
from noctule.store import search
from noctule_agent.wire.limits import SEARCHED_FILE_BYTES, TEXT_PATIENCE_SECONDS
from noctule_agent.wire.values import ItemId, Millis
from tests.support.notebooks import ipynb
from tests.support.rooms import USER, RoomsWorld


@pytest.fixture
async def world(rooms_world: RoomsWorld, monkeypatch: pytest.MonkeyPatch) -> RoomsWorld:
    monkeypatch.setattr(indexing, "FRESH_NS", 0)
    await rooms_world.index.open(USER)
    return rooms_world


@pytest.fixture
def texts(world: RoomsWorld, monkeypatch: pytest.MonkeyPatch) -> Texts:
    """Files are quiet at once."""
    monkeypatch.setattr(reading, "TEXT_QUIET_SECONDS", 0)
    return Texts(world.index)


def noted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The size of each file that is read from now on."""
    sizes: list[int] = []

    def cells_of(data: bytes) -> list[sources.CellText]:
        sizes.append(len(data))
        return sources.cells_of(data)

    monkeypatch.setattr(reading, "cells_of", cells_of)
    return sizes


async def found(world: RoomsWorld, text: str) -> list[str]:
    found = await world.drive.search(USER, text, None, 99, world.roles.kept(USER), inside=True)
    return [row.name.decode() for row in found.page.rows]


async def test_notebooks_are_found_by_what_is_in_them_also_those_that_nobody_opened(
    world: RoomsWorld, texts: Texts
) -> None:
    (world.root / "deep").mkdir()
    (world.root / "deep" / "n.ipynb").write_bytes(ipynb("import numpy", "needle = 1\nmore"))
    await world.index.walk(USER)
    await texts.round()
    assert await found(world, "NEEDLE numpy") == ["n.ipynb"]
    hit = await world.drive.search(USER, "needle", None, 9, world.roles.kept(USER), inside=True)
    [lines] = hit.lines.values()
    assert [line.text for line in lines] == ["needle = 1"]
    assert (await world.drive.search(USER, "needle", None, 9, world.roles.kept(USER))).page.rows == []
    await world.drive.bin(hit.page.rows[0].parent or ItemId(""))
    assert await found(world, "needle") == []


async def test_a_file_that_somebody_wrote_to_is_read_again_and_only_then(
    world: RoomsWorld, texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = world.root / "n.ipynb"
    path.write_bytes(ipynb("old"))
    await world.index.walk(USER)
    await texts.round()
    reads = noted(monkeypatch)
    await texts.round()
    await texts.round()
    assert reads == []
    with path.open("r+b") as file:  # in place: its folder does not change
        file.truncate()
        file.write(ipynb("new words"))
    await texts.round()
    assert await found(world, "new words") == ["n.ipynb"]
    assert await found(world, "old") == []
    assert len(reads) == 1


async def test_what_is_written_in_an_open_notebook_is_found_when_its_file_has_it(
    world: RoomsWorld, texts: Texts
) -> None:
    notebook = await world.library.create("n.ipynb", USER, ipynb("a"))
    await (await world.rooms.projection(notebook.id)).write()
    room = await world.rooms.open(notebook.id)
    [cell] = room.document.cells()
    await room.edit([SetSource(cell.id, "later")], "you", lambda tx: None)
    await (await world.rooms.projection(notebook.id)).write()
    await texts.round()
    hit = await world.drive.search(USER, "later", None, 9, world.roles.kept(USER), inside=True)
    assert [[line.cell_id for line in lines] for lines in hit.lines.values()] == [[cell.id]]


async def test_a_file_that_changes_is_read_when_it_is_quiet_and_at_last_also_when_it_is_not(
    world: RoomsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts, path = Texts(world.index), world.root / "n.ipynb"
    path.write_bytes(ipynb("needle"))
    await world.index.walk(USER)
    start = Millis(path.stat().st_mtime_ns // 1_000_000)
    now = start
    monkeypatch.setattr(world.index.clock, "now", lambda: now, raising=False)
    for step in range(int(TEXT_PATIENCE_SECONDS)):
        now = Millis(start + step * 1000)
        os.utime(path, ns=(now * 1_000_000, now * 1_000_000))
        await texts.round()
        assert await found(world, "needle") == []
    now = Millis(start + int(TEXT_PATIENCE_SECONDS) * 1000)
    await texts.round()
    assert await found(world, "needle") == ["n.ipynb"]


async def test_bad_files_are_read_once_and_say_nothing(
    world: RoomsWorld, texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, data in (("empty", b""), ("zero", b"\0" * 999), ("half", ipynb("needle")[:-9]), ("list", b"[]")):
        (world.root / f"{name}.ipynb").write_bytes(data)
    (world.root / "good.ipynb").write_bytes(ipynb("needle"))
    await world.index.walk(USER)
    await texts.round()
    assert await found(world, "needle") == ["good.ipynb"]
    assert await world.store.read(lambda tx: search.behind(tx, ItemId(""), 9)) == []


async def test_nothing_but_a_regular_file_is_read_and_of_that_no_more_than_the_bound(
    world: RoomsWorld, texts: Texts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(ipynb("needle"))
    os.mkfifo(world.root / "pipe.ipynb")
    (world.root / "link.ipynb").symlink_to(secret)
    (world.root / "etc.ipynb").symlink_to("/etc/passwd")
    (world.root / "folder.ipynb").mkdir()
    with (world.root / "huge.ipynb").open("wb") as file:
        file.truncate(1 << 40)
    raw = b"\xff needle.ipynb".decode("utf-8", "surrogateescape")
    (world.root / raw).write_bytes(ipynb("needle"))
    (world.root / "\u202eabc\u05d0.ipynb").write_bytes(ipynb("needle"))
    sizes = noted(monkeypatch)
    await world.index.walk(USER)
    for _ in range(3):
        await texts.round()
    # The name that is no UTF-8 is found by its name, and not read: it is no notebook.
    hit = await world.drive.search(USER, "needle", None, 9, world.roles.kept(USER), inside=True)
    assert {row.name for row in hit.page.rows} == {"\u202eabc\u05d0.ipynb".encode(), b"\xff needle.ipynb"}
    assert len(sizes) == 1
    assert sizes[0] < SEARCHED_FILE_BYTES


async def test_a_file_that_is_swapped_for_a_link_or_a_pipe_after_it_was_listed_is_not_read(
    world: RoomsWorld, texts: Texts, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(ipynb("needle"))
    for name in ("a.ipynb", "b.ipynb"):
        (world.root / name).write_bytes(ipynb("x"))
    await world.index.walk(USER)
    for name in ("a.ipynb", "b.ipynb"):
        (world.root / name).unlink()
    (world.root / "a.ipynb").symlink_to(secret)
    os.mkfifo(world.root / "b.ipynb")
    for _ in range(2):
        await texts.round()
    assert await found(world, "needle") == []


async def test_rounds_go_around_everything_and_each_does_little(
    world: RoomsWorld, texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "TEXTS_READ", 3)
    monkeypatch.setattr(reading, "TEXTS_LOOKED", 2)
    for at in range(10):
        (world.root / f"n{at}.ipynb").write_bytes(ipynb(f"needle {at}"))
    await world.index.walk(USER)
    await texts.round()
    assert len(await found(world, "needle")) == 3
    for _ in range(4):
        await texts.round()
    assert len(await found(world, "needle")) == 10
    with (world.root / "n7.ipynb").open("ab") as file:
        file.write(b"\n")
    (world.root / "n7.ipynb").write_bytes(ipynb("other"))
    for _ in range(12):
        await texts.round()
    assert len(await found(world, "needle")) == 9
