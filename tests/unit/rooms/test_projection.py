"""The .ipynb in Drive: written from both truths; what others write into it arrives as edits, once, whatever crashes."""

import asyncio
import base64
import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from noctule.drive.places import Place
from noctule.errors import StorageFull
from noctule.notebook.ops import SetSource
from noctule.rooms.projection import Projection
from noctule.rooms.room import Room
from noctule.rooms.versions import Moment
from noctule.runs import reduce as reducers
from noctule.store import notebooks
from noctule.store.rows import RevisionRow
from noctule_agent.wire.state import CutOutput, DisplayOutput, ErrorOutput, Inline, Output, StreamOutput
from noctule_agent.wire.values import Cause, CellId, ItemId, NotebookId, OutputId
from tests.support.notebooks import ipynb
from tests.support.rooms import USER, RoomsWorld


class Opened:
    """A notebook that is open, and its file."""

    def __init__(self, world: RoomsWorld, notebook: NotebookId, room: Room, projection: Projection) -> None:
        self.world = world
        self.notebook = notebook
        self.room = room
        self.projection = projection
        self.path = world.root / "n.ipynb"

    def file(self) -> dict[str, Any]:
        return json.loads(self.path.read_bytes())

    def sources(self) -> list[str]:
        return [cell.source for cell in self.room.document.cells()]

    def rewrite(self, change: Any) -> None:
        """Somebody else changes the file."""
        nb = self.file()
        change(nb)
        self.path.write_text(json.dumps(nb))
        stamp = self.path.stat().st_mtime_ns + 1_000_000
        os.utime(self.path, ns=(stamp, stamp))

    def left_aside(self) -> list[str]:
        """What was staged and never placed."""
        return [path.name for path in (self.world.root.parent / ".noctule" / "staged").iterdir()]

    async def revisions(self) -> list[RevisionRow]:
        return (await self.world.versions.page(self.notebook, before=None, limit=100, named=False))[0]

    async def edit(self, cell: str, source: str) -> None:
        await self.room.edit([SetSource(CellId(cell), source)], "you", lambda tx: None)


@pytest.fixture
async def opened(rooms_world: RoomsWorld) -> Opened:
    row = await rooms_world.library.create("n.ipynb", USER, ipynb("one", "two"))
    room = await rooms_world.rooms.open(row.id)
    projection = await rooms_world.rooms.projection(row.id)
    await projection.write()
    return Opened(rooms_world, row.id, room, projection)


def joined(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


async def test_the_file_says_what_the_document_says(opened: Opened) -> None:
    await opened.edit("cell-0", "uno")
    await opened.projection.write()
    assert [joined(cell["source"]) for cell in opened.file()["cells"]] == ["uno", "two"]


async def test_a_change_made_outside_becomes_an_edit_and_meets_edits_made_here(opened: Opened) -> None:
    await opened.edit("cell-1", "two here")
    opened.rewrite(lambda nb: nb["cells"][0].update(source="one outside"))
    await opened.projection.write()
    assert opened.sources() == ["one outside", "two here"]
    assert [joined(cell["source"]) for cell in opened.file()["cells"]] == ["one outside", "two here"]
    [revision] = await opened.revisions()
    assert revision.kind == "before-import"
    kept = await opened.world.versions.said(Moment(opened.notebook, revision.id))
    assert [side.cell.source for side in kept.sides] == ["one", "two here"]


async def test_two_changes_made_outside_before_we_write_are_each_taken_in_once(opened: Opened) -> None:
    opened.rewrite(lambda nb: nb["cells"][0].update(source="oneX"))
    await opened.projection._intake.look()
    opened.rewrite(lambda nb: nb["cells"][0].update(source="oneXY"))
    await opened.projection._intake.look()
    assert opened.sources()[0] == "oneXY"


async def test_a_crash_between_the_file_and_its_row_is_no_change_from_outside(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is newer than its row: taking it for somebody else's would apply our own edits twice."""

    def crash(*_: object) -> None:
        raise ConnectionAbortedError

    await opened.edit("cell-0", "one more")
    with monkeypatch.context() as patched:
        patched.setattr(notebooks, "set_projected", crash)
        with pytest.raises(ConnectionAbortedError):
            await opened.projection.write()
    assert joined(opened.file()["cells"][0]["source"]) == "one more"
    await opened.edit("cell-0", "one more edit")
    await opened.projection.write()
    assert opened.sources()[0] == "one more edit"
    assert await opened.revisions() == []


async def test_after_a_crash_before_the_file_is_placed_a_change_outside_is_one_of_the_old_file(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compared with the file that was never there it would take our own edit back."""

    def crash(*_: object) -> None:
        raise ConnectionAbortedError

    await opened.edit("cell-1", "two more")
    with monkeypatch.context() as patched:
        patched.setattr(opened.world.tree, "place", crash)
        with pytest.raises(ConnectionAbortedError):
            await opened.projection.write()
    opened.rewrite(lambda nb: nb["cells"][0].update(source="one outside"))
    await opened.projection.write()
    assert opened.sources() == ["one outside", "two more"]
    assert opened.left_aside() == []


async def test_after_a_crash_before_its_row_a_change_outside_is_one_of_the_new_file(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compared with the file before, it would make our own edit once more."""

    def crash(*_: object) -> None:
        raise ConnectionAbortedError

    await opened.edit("cell-0", "one more")
    with monkeypatch.context() as patched:
        patched.setattr(notebooks, "set_projected", crash)
        with pytest.raises(ConnectionAbortedError):
            await opened.projection.write()
    opened.rewrite(lambda nb: nb["cells"][0].update(source="one more outside"))
    await opened.edit("cell-0", "here: one more")
    await opened.projection.write()
    assert opened.sources()[0] == "here: one more outside"


async def test_a_file_that_others_wrote_at_the_last_moment_is_taken_in_and_not_replaced(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = opened.world.tree
    stage = tree.stage

    def others_write(key: str, pieces: Iterable[bytes]) -> str:
        monkeypatch.setattr(tree, "stage", stage)
        digest = stage(key, pieces)
        opened.rewrite(lambda nb: nb["cells"][0].update(source="one outside"))
        return digest

    await opened.edit("cell-1", "two more")
    monkeypatch.setattr(tree, "stage", others_write)
    await opened.projection.write()
    assert opened.sources() == ["one outside", "two more"]
    assert [joined(cell["source"]) for cell in opened.file()["cells"]] == ["one outside", "two more"]


async def test_a_rename_and_a_write_at_once_leave_one_file_with_what_was_written(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree, root = opened.world.tree, opened.world.root
    move = tree.move
    writing: list[asyncio.Task[None]] = []
    loop = asyncio.get_running_loop()

    def start_writing() -> None:
        writing.append(loop.create_task(opened.projection.write()))

    def move_late(old: Place, new: Place) -> None:
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0.05), loop).result()
        move(old, new)

    await opened.edit("cell-0", "one more")
    monkeypatch.setattr(tree, "move", move_late)
    loop.call_soon(start_writing)
    await opened.world.drive.move(ItemId(opened.notebook), name="m.ipynb")
    await asyncio.gather(*writing)
    assert [path.name for path in root.iterdir()] == ["m.ipynb"]
    assert json.loads((root / "m.ipynb").read_bytes())["cells"][0]["source"] == ["one more"]
    assert opened.sources() == ["one more", "two"]


async def test_a_rename_whose_row_was_not_written_is_found_on_the_disk(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Be it that the server died, or that nobody knows whether it was committed."""

    def crash(*_: object) -> None:
        raise ConnectionAbortedError

    with monkeypatch.context() as patched:
        patched.setattr("noctule.drive.drive.items.rename", crash)
        with pytest.raises(ConnectionAbortedError):
            await opened.world.drive.move(ItemId(opened.notebook), name="m.ipynb")
    assert [path.name for path in opened.world.root.iterdir()] == ["m.ipynb"]
    await opened.edit("cell-0", "uno")
    await opened.projection.write()
    assert [path.name for path in opened.world.root.iterdir()] == ["m.ipynb"]
    assert (await opened.world.library.get(opened.notebook)).name == "m.ipynb"
    assert opened.sources() == ["uno", "two"]


async def test_a_file_that_was_moved_outside_is_followed_into_another_folder(opened: Opened) -> None:
    (opened.world.root / "deep" / "er").mkdir(parents=True)
    opened.path.rename(opened.world.root / "deep" / "er" / "m.ipynb")
    await opened.edit("cell-0", "uno")
    await opened.projection.write()
    assert [path.name for path in opened.world.root.rglob("*.ipynb")] == ["m.ipynb"]
    assert json.loads((opened.world.root / "deep/er/m.ipynb").read_bytes())["cells"][0]["source"] == ["uno"]
    assert (await opened.world.library.get(opened.notebook)).name == "m.ipynb"


async def test_the_file_of_an_open_notebook_that_is_nowhere_is_written_anew(opened: Opened) -> None:
    opened.path.unlink()
    await opened.projection.write()
    assert [joined(cell["source"]) for cell in opened.file()["cells"]] == ["one", "two"]


async def test_a_file_whose_folder_is_gone_is_written_into_the_root(opened: Opened) -> None:
    folder = await opened.world.drive.make_folder(ItemId(USER), "below")
    await opened.world.drive.move(ItemId(opened.notebook), parent=folder.id)
    shutil.rmtree(opened.world.root / "below")
    await opened.edit("cell-0", "uno")
    await opened.projection.write()
    assert [joined(cell["source"]) for cell in opened.file()["cells"]] == ["uno", "two"]


async def test_outputs_that_came_from_outside_are_shown_and_our_own_are_not_taken_for_them(opened: Opened) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": ["from ", "outside\n"]}
    opened.rewrite(lambda nb: nb["cells"][1].update(outputs=[output], execution_count=7))
    await opened.projection.write()
    rev = opened.room.rev
    found = opened.file()["cells"]
    assert joined(found[1]["outputs"][0]["text"]) == "from outside\n"
    opened.rewrite(lambda nb: nb["cells"][0].update(source="only the source"))
    await opened.projection._intake.look()
    assert opened.room.rev == rev, "no output was touched"


async def test_large_outputs_of_our_own_are_not_taken_for_changes_made_outside(opened: Opened) -> None:
    """They are written from chunks and blobs, and read back as lines."""
    image = base64.b64encode(os.urandom(300_000)).decode()
    text = "".join(f"line {number}\r\n" for number in range(30_000))
    data = {"image/png": image, "text/html": text, "text/plain": "é" * 9_000, "application/json": {"b": [text], "a": 1}}
    outputs: list[Output] = [
        StreamOutput(OutputId("o1"), "stdout", "é\n" * 200_000, "tail"),
        StreamOutput(OutputId("o2"), "stderr", "short\n"),
        DisplayOutput(OutputId("o3"), {mime_type: Inline(value) for mime_type, value in data.items()}),
        ErrorOutput(OutputId("o4"), "E", "v", ["t"]),
        CutOutput(OutputId("o5"), Cause("cut", "Cut.")),
    ]
    await opened.room.change(lambda state: reducers.show_imported(state, CellId("cell-1"), outputs, 7))
    await opened.projection.write()
    found = opened.file()["cells"][1]["outputs"]
    assert "".join(found[0]["text"]) == "é\n" * 200_000 + "tail"
    assert {mime_type: joined(value) for mime_type, value in found[2]["data"].items() if "json" not in mime_type} == {
        mime_type: value for mime_type, value in data.items() if "json" not in mime_type
    }
    assert found[2]["data"]["application/json"] == data["application/json"]
    assert await opened.projection.bytes_now() == opened.path.read_bytes()
    rev = opened.room.rev
    opened.rewrite(lambda nb: nb["cells"][0].update(source="only the source"))
    await opened.projection._intake.look()
    assert opened.sources()[0] == "only the source"
    assert opened.room.rev == rev, "no output was touched"
    opened.rewrite(lambda nb: nb["cells"][1]["outputs"][0]["text"].append("more"))
    await opened.projection._intake.look()
    assert opened.room.rev > rev


async def test_a_file_that_would_be_the_same_is_not_written_again(opened: Opened) -> None:
    before = opened.path.stat()
    await opened.edit("cell-0", "one more")
    await opened.edit("cell-0", "one")
    await opened.projection.write()
    assert (opened.path.stat().st_ino, opened.path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert opened.left_aside() == []


async def test_a_write_that_fails_half_way_leaves_the_file_and_nothing_beside_it(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = opened.world.tree
    stage = tree.stage

    def fill_the_disk(key: str, pieces: Iterable[bytes]) -> str:
        stage(key, [next(iter(pieces))[:10]])
        raise StorageFull("storage-full", "The disk is full.")

    before = opened.path.read_bytes()
    await opened.edit("cell-0", "one more")
    with monkeypatch.context() as patched:
        patched.setattr(tree, "stage", fill_the_disk)
        with pytest.raises(StorageFull):
            await opened.projection.write()
    assert opened.path.read_bytes() == before
    assert opened.left_aside() == []
    await opened.projection.write()
    assert opened.file()["cells"][0]["source"] == ["one more"]


async def test_a_projection_that_is_closed_while_it_writes_writes_to_the_end(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread that writes does not end with the task that waits for it: it must not meet another one."""
    tree = opened.world.tree
    stage = tree.stage
    loop = asyncio.get_running_loop()
    begun = asyncio.Event()
    at_once = []

    def stage_late(key: str, pieces: Iterable[bytes]) -> str:
        at_once.append(tree.staged(key))
        stage(key, [b""])
        loop.call_soon_threadsafe(begun.set)
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0.05), loop).result()
        return stage(key, pieces)

    monkeypatch.setattr("noctule.rooms.projection.PROJECT_QUIET_SECONDS", 0.0)
    monkeypatch.setattr(tree, "stage", stage_late)
    await opened.edit("cell-0", "one more")
    await begun.wait()
    await opened.projection.close()
    assert opened.file()["cells"][0]["source"] == ["one more"]
    assert not any(at_once)
    assert opened.left_aside() == []


async def test_a_file_that_is_no_notebook_any_more_is_left_alone_and_costs_nothing(opened: Opened) -> None:
    opened.path.write_text("{broken")
    with pytest.raises(Exception, match="notebook-not-json"):
        await opened.projection.write()
    assert opened.sources() == ["one", "two"]
    assert opened.path.read_text() == "{broken"


async def test_a_symlink_at_the_files_place_is_not_written_through(opened: Opened, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    opened.path.unlink()
    opened.path.symlink_to(victim)
    await opened.edit("cell-0", "changed")
    await opened.projection.write()
    assert victim.read_text() == "precious"
    assert not opened.path.is_symlink()


async def test_edits_that_keep_coming_are_written_all_the_same(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """A maximum wait, not only a quiet time: a steadily printing cell must not starve its file."""
    monkeypatch.setattr("noctule.rooms.projection.PROJECT_QUIET_SECONDS", 0.2)
    monkeypatch.setattr("noctule.rooms.projection.PROJECT_MAX_SECONDS", 0.5)
    before = opened.path.stat().st_mtime_ns

    async def keep_editing() -> None:
        number = 0
        while True:
            number += 1
            await opened.edit("cell-0", f"edit {number}")
            await asyncio.sleep(0.05)

    editing = asyncio.create_task(keep_editing())
    try:
        async with asyncio.timeout(20):
            while opened.path.stat().st_mtime_ns == before:
                await asyncio.sleep(0.02)
    finally:
        editing.cancel()
