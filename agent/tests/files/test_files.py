"""The file service on a real disk, asked as the server asks it."""

import asyncio
import os
import stat
import threading
import tracemalloc
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from agent.tests.pipe_pairs import Ends
from noctule_agent.files import folders, placing
from noctule_agent.files.names import PART_PREFIX, shown
from noctule_agent.files.service import Files
from noctule_agent.pipes import Pipe, PipeBroken
from noctule_agent.refusal import Refusal
from noctule_agent.wire import files as wire
from noctule_agent.wire.limits import MB, PIPE_WINDOW_BYTES
from noctule_agent.wire.values import Problem

GONE = Problem("runtime-unreachable", "The connection is gone.")
U1 = wire.UploadId("u1")


@pytest.fixture
async def files(tmp_path: Path) -> AsyncIterator[Files]:
    files = Files(tmp_path)
    yield files
    files.close()


async def refused(work: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        await work
    return refusal.value.problem.code


def lists(listing: object) -> list[str]:
    assert isinstance(listing, wire.Listing)
    return [entry.name for entry in listing.entries]


# --- folders -------------------------------------------------------------------------------------------------------


async def test_a_folder_is_listed_folders_first_and_numbers_by_their_value(files: Files, tmp_path: Path) -> None:
    for name in ("file10.txt", "file2.txt", "Beta", "alpha", ".hidden"):
        (tmp_path / name).write_text("12345")
    (tmp_path / "zoo").mkdir()
    (tmp_path / os.fsdecode(PART_PREFIX + b"x")).write_text("half")
    listing = await files.ask(wire.ListFolder(""))
    assert lists(listing) == ["zoo", "alpha", "Beta", "file2.txt", "file10.txt"]
    assert isinstance(listing, wire.Listing)
    assert (listing.entries[1].kind, listing.entries[1].size, listing.entries[0].kind) == ("file", 5, "folder")
    assert listing.disk is not None
    assert 0 < listing.disk.free_bytes <= listing.disk.total_bytes
    assert lists(await files.ask(wire.ListFolder("", hidden=True)))[1] == ".hidden"


async def test_a_large_folder_comes_in_pages_each_entry_once(files: Files, tmp_path: Path) -> None:
    expected = [f"n{n}" for n in range(250)]
    for name in expected:
        (tmp_path / name).touch()
    (tmp_path / "folder").mkdir()
    seen: list[str] = []
    after = ""
    for _ in range(4):
        listing = await files.ask(wire.ListFolder("", after, 100))
        assert isinstance(listing, wire.Listing)
        seen += lists(listing)
        after = listing.next
        # What is deleted meanwhile does not move the place where the next page begins.
        (tmp_path / seen[-1]).unlink(missing_ok=True)
        if not after:
            break
    assert seen == ["folder", *expected]


async def test_a_folder_with_more_than_is_looked_at_says_so(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "FOLDER_ENTRIES", 5)
    for n in range(6):
        (tmp_path / str(n)).touch()
    listing = await files.ask(wire.ListFolder(""))
    assert isinstance(listing, wire.Listing)
    assert (len(listing.entries), listing.cut) == (5, True)


async def test_names_that_are_no_utf_8_and_links_are_shown_and_can_be_asked_for(files: Files, tmp_path: Path) -> None:
    odd = b"caf\xe9\xff.txt"
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + odd)).write_text("odd")
    (tmp_path / "folder").mkdir()
    (tmp_path / "in").symlink_to("folder")
    (tmp_path / "out").symlink_to("/etc")
    (tmp_path / "broken").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    listing = await files.ask(wire.ListFolder(""))
    assert isinstance(listing, wire.Listing)
    kinds = {entry.name: (entry.kind, entry.link) for entry in listing.entries}
    assert kinds == {
        "folder": ("folder", False),
        "in": ("folder", True),
        "out": ("other", True),
        "broken": ("other", True),
        "pipe": ("other", False),
        shown(odd): ("file", False),
    }
    entry = await files.ask(wire.StatFile(shown(odd)))
    assert isinstance(entry, wire.Entry)
    assert entry.size == 3
    assert await refused(files.ask(wire.ListFolder("out"))) == "path-leaves-runtime"


async def test_folders_are_made_things_are_moved_and_nothing_is_replaced(files: Files, tmp_path: Path) -> None:
    await files.ask(wire.MakeFolder("a"))
    assert await refused(files.ask(wire.MakeFolder("a"))) == "file-exists"
    await files.ask(wire.MakeFolder("a/b/c", parents=True))
    await files.ask(wire.MakeFolder("a/b/c", parents=True))
    (tmp_path / "a" / "file").write_text("1")
    (tmp_path / "other").write_text("2")
    assert await refused(files.ask(wire.MakeFolder("other/x", parents=True))) == "file-not-folder"
    assert await refused(files.ask(wire.MoveFile("a/file", "other"))) == "file-exists"
    moved = await files.ask(wire.MoveFile("a/file", "a/b/moved"))
    assert isinstance(moved, wire.Entry)
    assert (moved.path, (tmp_path / "a/b/moved").read_text()) == ("a/b/moved", "1")
    assert await refused(files.ask(wire.MoveFile("a", "a/b/a"))) == "move-into-itself"
    assert await refused(files.ask(wire.MoveFile("gone", "x"))) == "file-not-found"
    assert await refused(files.ask(wire.MoveFile("", "x"))) == "path-is-root"


async def test_deleting_says_what_was_deleted_and_follows_no_link(files: Files, tmp_path: Path) -> None:
    keep = tmp_path / "keep"
    keep.mkdir()
    (keep / "file").write_text("kept")
    (tmp_path / "gone" / "deep").mkdir(parents=True)
    for n in range(5):
        (tmp_path / "gone" / "deep" / str(n)).write_text("1234")
    (tmp_path / "gone" / "link").symlink_to("../keep")
    counted = await files.ask(wire.CountFiles("gone"))
    deleted = await files.ask(wire.DeleteFile("gone"))
    assert isinstance(counted, wire.Counted)
    assert isinstance(deleted, wire.Counted)
    link_size = len("../keep")
    assert (counted.files, counted.folders, counted.size, counted.more) == (6, 2, 20 + link_size, False)
    assert deleted == counted
    assert (keep / "file").read_text() == "kept"
    assert not (tmp_path / "gone").exists()
    assert await refused(files.ask(wire.DeleteFile("gone"))) == "file-not-found"
    assert await refused(files.ask(wire.DeleteFile(""))) == "path-is-root"


async def test_counting_ends_early_and_says_so(files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "FILES_COUNTED", 3)
    for n in range(5):
        (tmp_path / str(n)).touch()
    counted = await files.ask(wire.CountFiles(""))
    assert isinstance(counted, wire.Counted)
    assert (counted.files, counted.more) == (3, True)


# --- reading -------------------------------------------------------------------------------------------------------


async def read(files: Files, what: wire.ReadFile) -> tuple[wire.FileHead, bytes]:
    mine, theirs = Ends().open()

    async def serve() -> None:
        try:
            await files.read(theirs, what)
        except Refusal as refusal:
            theirs.end(refusal.problem)
        else:
            theirs.end()

    serving = asyncio.create_task(serve())
    head = await mine.receive()
    assert head is not None
    data = b""
    while (part := await mine.receive()) is not None:
        data += part
        mine.taken(len(part))
    await serving
    return msgspec.msgpack.decode(head, type=wire.FileHead), data


@pytest.mark.parametrize(
    ("offset", "length", "expected"),
    [
        (0, None, slice(0, None)),
        (3, 4, slice(3, 7)),
        (999_990, 99, slice(999_990, None)),
        (2_000_000, None, slice(0, 0)),
    ],
)
async def test_any_range_of_a_file_is_read(
    files: Files, tmp_path: Path, offset: int, length: int | None, expected: slice
) -> None:
    content = os.urandom(1_000_000)
    (tmp_path / "file").write_bytes(content)
    head, data = await read(files, wire.ReadFile("file", offset, length))
    assert data == content[expected]
    assert (head.length, head.entry.size) == (len(data), 1_000_000)


async def test_a_file_that_shrinks_while_it_is_read_is_not_taken_for_whole(files: Files, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 4 * MB)
    mine, theirs = Ends().open()
    reading = asyncio.create_task(files.read(theirs, wire.ReadFile("file")))
    await mine.receive()
    os.truncate(path, 10)
    taking = asyncio.create_task(drained(mine))
    assert await refused(reading) == "file-changed"
    taking.cancel()


async def drained(pipe: Pipe) -> None:
    while (part := await pipe.receive()) is not None:
        pipe.taken(len(part))


async def test_a_large_file_is_never_held(files: Files, tmp_path: Path) -> None:
    """64 MB here, so that the suite stays quick; the memory is that of a window, whatever the size."""
    with (tmp_path / "large").open("wb") as large:
        large.truncate(64 * MB)
    mine, theirs = Ends().open()
    tracemalloc.start()
    reading = asyncio.create_task(files.read(theirs, wire.ReadFile("large")))
    got = 0
    await mine.receive()
    while got < 64 * MB:
        part = await mine.receive()
        assert part is not None
        got += len(part)
        mine.taken(len(part))
    await reading
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * PIPE_WINDOW_BYTES + 2 * MB


# --- writing -------------------------------------------------------------------------------------------------------


async def write(files: Files, what: wire.WriteFile, data: bytes, *, end: bool = True) -> wire.Entry:
    mine, theirs = Ends().open()
    writing = asyncio.create_task(files.write(theirs, what))
    await mine.send(data)
    mine.end(None if end else GONE)
    await writing
    answer = await mine.receive()
    assert answer is not None
    return msgspec.msgpack.decode(answer, type=wire.Entry)


async def test_a_file_is_replaced_as_a_whole_and_only_in_the_version_that_was_seen(
    files: Files, tmp_path: Path
) -> None:
    path = tmp_path / "script.sh"
    first = await write(files, wire.WriteFile("script.sh", 3), b"one")
    path.chmod(0o755)
    assert await refused(write(files, wire.WriteFile("script.sh", 3), b"two")) == "file-exists"
    seen = await files.ask(wire.StatFile("script.sh"))
    assert isinstance(seen, wire.Entry)
    assert seen.version == first.version
    second = await write(files, wire.WriteFile("script.sh", 3, seen.version), b"two")
    assert path.read_text() == "two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o755
    assert await refused(write(files, wire.WriteFile("script.sh", 5, seen.version), b"three")) == "file-changed"
    path.unlink()
    assert await refused(write(files, wire.WriteFile("script.sh", 5, second.version), b"three")) == "file-changed"
    await write(files, wire.WriteFile("script.sh", 5, "*"), b"three")
    assert path.read_text() == "three"
    assert [entry.name for entry in tmp_path.iterdir()] == ["script.sh"]


async def test_what_breaks_off_changes_nothing_and_leaves_nothing(files: Files, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("whole")
    with pytest.raises(PipeBroken):
        await write(files, wire.WriteFile("file", 10, "*"), b"half", end=False)
    assert await refused(write(files, wire.WriteFile("file", 10, "*"), b"half")) == "upload-incomplete"
    assert await refused(write(files, wire.WriteFile("file", 2, "*"), b"too long")) == "upload-too-long"
    async with asyncio.timeout(5):
        while len(list(tmp_path.iterdir())) > 1:
            await asyncio.sleep(0.01)
    assert (tmp_path / "file").read_text() == "whole"


async def test_a_link_at_the_files_place_is_replaced_and_not_written_through(files: Files, tmp_path: Path) -> None:
    outside = tmp_path.parent / "outside"
    outside.write_text("untouched")
    (tmp_path / "link").symlink_to(outside)
    await write(files, wire.WriteFile("link", 4, "*"), b"mine")
    assert outside.read_text() == "untouched"
    assert not (tmp_path / "link").is_symlink()
    assert (tmp_path / "link").read_text() == "mine"


# --- uploads -------------------------------------------------------------------------------------------------------


class Bringer:
    """A connection that brings bytes of an upload."""

    def __init__(self, files: Files, offset: int) -> None:
        self.pipe, theirs = Ends().open()
        self._theirs: Pipe = theirs
        self.task = asyncio.create_task(files.append(theirs, wire.AppendUpload(U1, offset)))

    async def bring(self, data: bytes) -> None:
        await self.pipe.send(data)

    async def end(self) -> None:
        self.pipe.end()
        await self.task

    async def cut(self) -> None:
        self.pipe.end(GONE)
        with pytest.raises(PipeBroken):
            await self.task


async def state(files: Files) -> wire.UploadState:
    told = await files.ask(wire.StatUpload(U1))
    assert isinstance(told, wire.UploadState)
    return told


async def test_an_upload_that_breaks_in_the_middle_goes_on_where_it_was(files: Files, tmp_path: Path) -> None:
    content = os.urandom(3_000_000)
    opened = await files.ask(wire.OpenUpload(U1, "data.bin", len(content)))
    assert opened == wire.UploadState(U1, 0, len(content))
    first = Bringer(files, 0)
    await first.bring(content[:1_000_000])
    async with asyncio.timeout(5):
        while (await state(files)).offset < 1_000_000:
            await asyncio.sleep(0.01)
    await first.cut()
    assert not (tmp_path / "data.bin").exists()
    at = (await state(files)).offset
    assert at == 1_000_000
    second = Bringer(files, at)
    await second.bring(content[at:2_000_000])
    await second.end()
    third = Bringer(files, 2_000_000)
    await third.bring(content[2_000_000:])
    await third.end()
    done = (await state(files)).done
    assert done is not None
    assert (done.path, done.size) == ("data.bin", len(content))
    assert (tmp_path / "data.bin").read_bytes() == content
    # Asked again, after an answer that was lost: it is done.
    again = await files.ask(wire.OpenUpload(U1, "data.bin", len(content)))
    assert again == await state(files)
    assert [entry.name for entry in tmp_path.iterdir()] == ["data.bin"]


async def test_bytes_for_another_place_are_refused_and_what_is_there_stays(files: Files) -> None:
    await files.ask(wire.OpenUpload(U1, "data.bin", 100))
    wrong = Bringer(files, 50)
    assert await refused(wrong.task) == "upload-offset"
    right = Bringer(files, 0)
    await right.bring(b"x" * 101)
    assert await refused(right.task) == "upload-too-long"
    assert (await state(files)).offset == 0


async def test_a_newer_connection_takes_the_place_of_one_that_does_not_know_yet_that_it_is_dead(
    files: Files, tmp_path: Path
) -> None:
    await files.ask(wire.OpenUpload(U1, "data.bin", 8))
    dead = Bringer(files, 0)
    await dead.bring(b"1234")
    async with asyncio.timeout(5):
        while (await state(files)).offset < 4:
            await asyncio.sleep(0.01)
    newer = Bringer(files, 4)
    await newer.bring(b"5678")
    await newer.end()
    with pytest.raises(asyncio.CancelledError):
        await dead.task
    assert (tmp_path / "data.bin").read_bytes() == b"12345678"


async def test_a_file_that_is_being_placed_is_not_interrupted_by_a_newer_connection(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be in its place, and nobody would know: the page would be told that there is no such upload."""
    begun, may_go_on = threading.Event(), threading.Event()
    real = placing.place

    def slow(*args: Any) -> wire.Entry:
        begun.set()
        may_go_on.wait(5)
        return real(*args)

    monkeypatch.setattr(placing, "place", slow)
    await files.ask(wire.OpenUpload(U1, "data.bin", 4))
    first = Bringer(files, 0)
    await first.bring(b"1234")
    await asyncio.to_thread(begun.wait, 5)
    newer = Bringer(files, 4)
    await asyncio.sleep(0.05)
    may_go_on.set()
    assert await refused(newer.task) == "upload-offset"
    await first.task
    assert (await state(files)).done is not None
    assert (tmp_path / "data.bin").read_bytes() == b"1234"


async def test_an_upload_that_is_opened_twice_at_once_is_one(files: Files) -> None:
    """The page asks again when an answer is late, and the first question may still be at work."""
    wish = wire.OpenUpload(U1, "data.bin", 4)
    assert await asyncio.gather(files.ask(wish), files.ask(wish)) == [wire.UploadState(U1, 0, 4)] * 2


async def test_an_upload_that_is_given_up_leaves_nothing(files: Files, tmp_path: Path) -> None:
    await files.ask(wire.OpenUpload(U1, "data.bin", 8))
    bringer = Bringer(files, 0)
    await bringer.bring(b"1234")
    await asyncio.sleep(0.05)
    await files.ask(wire.DropUpload(U1))
    await files.ask(wire.DropUpload(U1))
    assert list(tmp_path.iterdir()) == []
    assert await refused(state(files)) == "upload-not-found"


async def test_an_upload_is_refused_where_it_could_not_be_placed_or_kept(files: Files, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("x")
    (tmp_path / "folder").mkdir()
    assert await refused(files.ask(wire.OpenUpload(U1, "there", 1))) == "file-exists"
    assert await refused(files.ask(wire.OpenUpload(U1, "folder", 1, "*"))) == "file-is-folder"
    assert await refused(files.ask(wire.OpenUpload(U1, "nowhere/x", 1))) == "file-not-found"
    assert await refused(files.ask(wire.OpenUpload(U1, "huge", 10**18))) == "runtime-disk-full"
    await files.ask(wire.OpenUpload(U1, "empty", 0))
    assert (tmp_path / "empty").read_bytes() == b""


async def test_a_file_that_appears_while_one_of_its_name_is_uploaded_is_not_replaced(
    files: Files, tmp_path: Path
) -> None:
    await files.ask(wire.OpenUpload(U1, "data.bin", 4))
    (tmp_path / "data.bin").write_text("somebody else's")
    bringer = Bringer(files, 0)
    await bringer.bring(b"1234")
    bringer.pipe.end()
    assert await refused(bringer.task) == "file-exists"
    assert (tmp_path / "data.bin").read_text() == "somebody else's"


def test_a_moment_that_no_calendar_has_is_shown_as_the_last_one_that_one_has(tmp_path: Path) -> None:
    """As `touch -d @9223372036854775807` leaves it in a tmpfs: it must not make its folder unreadable."""
    (tmp_path / "x").write_text("")
    there = (tmp_path / "x").stat()
    far = SimpleNamespace(
        **{name: getattr(there, name) for name in ("st_mode", "st_size", "st_ino")}, st_mtime_ns=2**63 * 10**9
    )
    entry = folders.entry_of((b"x",), cast("Any", far), link=False)
    assert datetime.fromtimestamp(entry.modified / 1000, UTC).year == 9999
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(entry), type=wire.Entry) == entry
