"""Uploads: whatever breaks, and at any moment, they go on where they were, or are in their place; never half, never twice."""

import errno
import hashlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from noctule.drive import uploading
from noctule.drive.places import Place
from noctule.drive.tree import Tree
from noctule.drive.uploading import Elsewhere, Uploads, Wanted
from noctule.errors import Conflict, Forbidden, Invalid, NotFound, StorageFull
from noctule_agent.wire.values import Millis

DATA = bytes(range(256)) * 40
SHA256 = hashlib.sha256(DATA).hexdigest()
TARGET = Place("ada", (b"file",))


def wanted(size: int = len(DATA), sha256: str | None = SHA256, who: str = "ada", made_at: int = 1000) -> Wanted:
    return Wanted(size, "file", who, "item", Millis(made_at), sha256=sha256)


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
def uploads(tree: Tree) -> Uploads:
    return Uploads(tree)


def send(uploads: Uploads, id_: str = "up", at: int = 0, data: bytes = DATA, step: int = 1000) -> None:
    while at < len(data):
        began, part = at, data[at : at + step]
        at = uploads.append(id_, began, part)
        uploads.digest(id_, began, [part])


def own(disk: Path) -> set[str]:
    return {path.name for path in (disk / ".noctule" / "uploads").iterdir()}


def test_what_came_in_parts_is_placed_as_a_whole(disk: Path, tree: Tree, uploads: Uploads) -> None:
    assert uploads.begin("up", wanted()) == 0
    send(uploads)
    assert tree.look(TARGET) is None
    assert uploads.whole("up") == SHA256
    placed = uploads.place("up", TARGET, None)
    assert placed is not None
    assert placed == tree.look(TARGET)
    assert tree.read(TARGET, 100_000) == DATA
    state = uploads.state("up")
    assert (state.offset, state.placed) == (len(DATA), uploading.Placed(TARGET, placed.mark, SHA256))
    uploads.forget("up")
    uploads.forget("up")
    assert own(disk) == set()
    assert tree.read(TARGET, 100_000) == DATA
    with pytest.raises(NotFound, match="upload-not-found"):
        uploads.state("up")


def test_an_empty_file_is_uploaded_too(tree: Tree, uploads: Uploads) -> None:
    assert uploads.begin("up", wanted(0, None)) == 0
    assert uploads.append("up", 0, b"") == 0
    assert uploads.place("up", TARGET, None) == tree.look(TARGET)
    assert tree.read(TARGET, 10) == b""


def test_beginning_again_says_how_far_it_is(uploads: Uploads) -> None:
    uploads.begin("up", wanted())
    uploads.append("up", 0, DATA[:1000])
    assert uploads.begin("up", wanted(made_at=9999)) == 1000
    with pytest.raises(Conflict, match="upload-differs"):
        uploads.begin("up", wanted(size=5))


def test_what_was_placed_stays_placed_when_the_sender_heard_nothing(disk: Path, tree: Tree, uploads: Uploads) -> None:
    uploads.begin("up", wanted())
    send(uploads)
    uploads.place("up", TARGET, None)
    for again in (uploads, Uploads(tree)):
        assert again.begin("up", wanted()) == len(DATA)
        assert again.append("up", len(DATA), b"") == len(DATA)
        assert again.whole("up") == SHA256
        assert again.place("up", Place("ada", (b"other",)), None) == tree.look(TARGET)
    assert {path.name for path in (disk / "ada").iterdir()} == {"file"}


def test_a_part_at_another_place_is_refused_with_the_right_one(uploads: Uploads) -> None:
    uploads.begin("up", wanted())
    uploads.append("up", 0, DATA[:1000])
    for offset in (0, 999, 1001, -1):
        with pytest.raises(Elsewhere, match="goes on at 1000") as refused:
            uploads.append("up", offset, b"x")
        assert (refused.value.code, refused.value.offset) == ("upload-offset", 1000)


def test_more_than_was_announced_is_refused_and_less_is_not_placed(tree: Tree, uploads: Uploads) -> None:
    uploads.begin("up", wanted())
    with pytest.raises(Conflict, match="upload-too-long"):
        uploads.append("up", 0, DATA + b"x")
    assert uploads.state("up").offset == 0
    send(uploads, data=DATA[:-1])
    for work in (lambda: uploads.whole("up"), lambda: uploads.place("up", TARGET, None)):
        with pytest.raises(Conflict, match="upload-incomplete"):
            work()
    assert tree.look(TARGET) is None


def test_what_was_changed_on_its_way_is_refused_and_gone(disk: Path, tree: Tree, uploads: Uploads) -> None:
    uploads.begin("up", wanted(sha256="0" * 64))
    send(uploads)
    with pytest.raises(Invalid, match="upload-checksum"):
        uploads.place("up", TARGET, None)
    assert own(disk) == set()
    assert tree.look(TARGET) is None
    for size, sha256 in ((-1, None), (1, "zz"), (1, "A" * 64)):
        with pytest.raises(Invalid, match="upload-invalid"):
            uploads.begin("up", wanted(size, sha256))


def test_the_sum_is_kept_while_it_comes_and_read_again_only_after_a_restart(
    tree: Tree, uploads: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_again, reads = uploading._read_again, []

    def counted(folder: int, key: bytes) -> object:
        reads.append(key)
        return read_again(folder, key)

    monkeypatch.setattr(uploading, "_read_again", counted)
    for id_ in ("one", "two"):
        uploads.begin(id_, wanted())
    send(uploads, "one")
    send(uploads, "two", data=DATA[:5000])
    assert uploads.whole("one") == SHA256
    assert reads == []
    after = Uploads(tree)
    send(after, "two", at=after.begin("two", wanted()))
    assert after.whole("two") == SHA256
    assert after.whole("two") == SHA256
    assert reads == [b"two"]


@pytest.mark.parametrize("digested", [[], [0], [5000], [5000, 0]])
def test_a_sum_that_was_not_told_of_each_part_in_its_order_is_made_of_the_file(
    uploads: Uploads, digested: list[int]
) -> None:
    uploads.begin("up", wanted())
    for at in (0, 5000):
        uploads.append("up", at, DATA[at : at + 5000])
    uploads.append("up", 10_000, DATA[10_000:])
    for at in digested:
        uploads.digest("up", at, [DATA[at : at + 5000]])
    assert uploads.whole("up") == SHA256


def test_it_is_placed_over_nothing_or_over_the_version_that_was_seen(disk: Path, tree: Tree, uploads: Uploads) -> None:
    (disk / "ada" / "file").write_text("old")
    seen = tree.look(TARGET)
    uploads.begin("up", wanted())
    send(uploads)
    assert uploads.place("up", TARGET, None) is None
    (disk / "ada" / "file").write_text("somebody else's")
    assert uploads.place("up", TARGET, seen) is None
    assert uploads.state("up").placed is None
    (disk / "ada" / "file").unlink()
    (disk / "ada" / "file").symlink_to("/etc/passwd")
    assert uploads.place("up", TARGET, None) is None
    (disk / "ada" / "file").unlink()
    (disk / "ada" / "file").write_text("seen")
    assert uploads.place("up", TARGET, tree.look(TARGET)) == tree.look(TARGET)
    assert tree.read(TARGET, 100_000) == DATA


def test_it_is_placed_nowhere_else(disk: Path, tree: Tree, uploads: Uploads) -> None:
    (disk / "ada" / "out").symlink_to("/tmp")
    uploads.begin("up", wanted())
    send(uploads)
    with pytest.raises(Forbidden, match="link-refused"):
        uploads.place("up", Place("ada", (b"out", b"file")), None)
    with pytest.raises(Invalid):
        uploads.place("up", Place("ada", (b"..", b"file")), None)
    with pytest.raises(NotFound):
        uploads.place("up", Place("ada", (b"nothing", b"file")), None)
    assert uploads.state("up") == uploading.Upload(wanted(), len(DATA), None)
    assert uploads.place("up", TARGET, None) is not None


@pytest.mark.parametrize("id_", ["", "..", "a/b", "up.json", "a\0b", "x" * 101])
def test_an_id_is_no_path(uploads: Uploads, id_: str) -> None:
    for work in (
        lambda: uploads.begin(id_, wanted()),
        lambda: uploads.append(id_, 0, b"x"),
        lambda: uploads.place(id_, TARGET, None),
        lambda: uploads.forget(id_),
    ):
        with pytest.raises(Invalid, match="id-invalid"):
            work()


def test_a_full_disk_keeps_what_was_there_and_nothing_else(uploads: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
    uploads.begin("up", wanted())
    uploads.append("up", 0, DATA[:1000])
    pwritev, calls = os.pwritev, []

    def full(opened: int, parts: list[memoryview], at: int) -> int:
        calls.append(at)
        if len(calls) == 1:
            return pwritev(opened, [parts[0][:10]], at)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("noctule.drive.uploading.os.pwritev", full)
        with pytest.raises(StorageFull):
            uploads.append("up", 1000, DATA[1000:2000])
    assert uploads.state("up").offset == 1000
    send(uploads, at=1000)
    assert uploads.whole("up") == SHA256


def test_parts_are_written_one_after_another_however_little_the_disk_takes(
    disk: Path, uploads: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    pwritev = os.pwritev

    def little(opened: int, parts: list[memoryview], at: int) -> int:
        """Ends within the first part, at its end, or within the second."""
        first, *more = parts
        both = [first, *more[:1]]
        keep = (len(first) // 2 or 1, len(first), sum(map(len, both)) - 1)[at % 3]
        return os.pwrite(opened, b"".join(both)[: max(1, keep)], at)

    uploads.begin("up", wanted())
    monkeypatch.setattr("noctule.drive.uploading._WRITE_PARTS", 7)
    monkeypatch.setattr("noctule.drive.uploading._WRITE_BYTES", 2000)
    monkeypatch.setattr("noctule.drive.uploading.os.pwritev", little)
    parts = [DATA[at : at + 1 + at % 997] for at in _starts()]
    assert uploads.append("up", 0, *parts) == len(DATA)
    monkeypatch.setattr("noctule.drive.uploading.os.pwritev", pwritev)
    assert uploads.whole("up") == SHA256
    uploads.place("up", TARGET, None)
    assert (disk / "ada" / "file").read_bytes() == DATA


def _starts() -> list[int]:
    starts, at = [], 0
    while at < len(DATA):
        starts.append(at)
        at += 1 + at % 997
    return starts


def test_what_is_cut_away_did_not_come(uploads: Uploads) -> None:
    uploads.begin("up", wanted())
    uploads.append("up", 0, DATA[:2000])
    uploads.cut("up", 1000)
    uploads.cut("up", 1500)
    assert uploads.state("up").offset == 1000
    send(uploads, at=1000)
    assert uploads.whole("up") == SHA256


def test_what_has_no_room_is_refused_at_once(disk: Path, uploads: Uploads) -> None:
    with pytest.raises(StorageFull):
        uploads.begin("up", wanted(size=1 << 60))
    assert own(disk) == set()


def test_unfinished_ones_are_promised_and_old_ones_swept(disk: Path, tree: Tree, uploads: Uploads) -> None:
    for id_, who, made_at in (("a", "ada", 1000), ("b", "ada", 3000), ("c", "bob", 3000), ("d", "ada", 1000)):
        uploads.begin(id_, wanted(who=who, made_at=made_at))
    send(uploads, "d")
    uploads.place("d", TARGET, None)
    assert (uploads.promised("ada"), uploads.promised("bob"), uploads.promised("eve")) == (2 * len(DATA), len(DATA), 0)
    # Into a folder that somebody shared, it takes their room.
    uploads.begin("shared", msgspec.structs.replace(wanted(who="bob", made_at=1000), tree="eve"))
    assert (uploads.promised("bob"), uploads.promised("eve")) == (len(DATA), len(DATA))
    # Of a begin that was broken off.
    (disk / ".noctule" / "uploads" / "e").write_bytes(b"")
    (disk / ".noctule" / "uploads" / "f.json.new").write_bytes(b"{")
    assert uploads.sweep(2000) == 3
    assert own(disk) == {"b", "b.json", "c", "c.json", "e", "f.json.new"}
    assert uploads.sweep((time.time_ns() // 1_000_000) + 60_000) == 4
    assert own(disk) == set()


# --- kill -9 ---


def killed_at(number: int, work: Callable[[], None]) -> bool:
    """Do it in a child that is killed at its call `number` of the disk. False: it had no so many."""
    child = os.fork()
    if child == 0:
        left = number

        def before(call: Callable[..., object]) -> Callable[..., object]:
            def made(*given: object, **named: object) -> object:
                nonlocal left
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return call(*given, **named)

            return made

        for name in ("open", "pwrite", "fsync", "rename", "close"):
            setattr(os, name, before(getattr(os, name)))
        uploading.put.__globals__["rename_new"] = before(uploading.put.__globals__["rename_new"])
        try:
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def test_killed_anywhere_an_upload_goes_on_or_is_in_its_place(disk: Path, tree: Tree) -> None:
    """Every step of begin, two parts and place, one after the other."""

    def work() -> None:
        uploads = Uploads(tree)
        uploads.begin(id_, wanted())
        uploads.append(id_, 0, DATA[:5000])
        uploads.append(id_, 5000, DATA[5000:])
        uploads.place(id_, target, None)

    outcomes: set[str] = set()
    number = 0
    while True:
        id_, target = f"up{number}", Place("ada", (b"%d" % number,))
        if not killed_at(number, work):
            break
        uploads = Uploads(tree)
        offset = uploads.begin(id_, wanted())
        state = uploads.state(id_)
        if state.placed is None:
            assert tree.look(target) is None
            assert offset in (0, 5000, len(DATA))
            outcomes.add(f"at {offset}")
            send(uploads, id_, at=offset)
            assert uploads.place(id_, target, None) is not None
        else:
            assert offset == len(DATA)
            outcomes.add("placed")
        assert tree.read(target, 100_000) == DATA
        assert tree.look(target).mark == uploads.state(id_).placed.mark  # type: ignore[union-attr]
        uploads.forget(id_)
        number += 1
    assert outcomes == {"at 0", "at 5000", f"at {len(DATA)}", "placed"}
    assert own(disk) == {f"{id_}.json"}


def test_killed_from_outside_nothing_that_was_acknowledged_is_missing(tree: Tree) -> None:
    data = os.urandom(1_000_000)
    sha256 = hashlib.sha256(data).hexdigest()
    asked, told = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            uploads = Uploads(tree)
            uploads.begin("up", wanted(len(data), sha256))
            at = 0
            while at < len(data):
                at = uploads.append("up", at, data[at : at + 1000])
                os.write(told, b".")
        finally:
            os._exit(0)
    os.close(told)
    acknowledged = len(os.read(asked, 20)) * 1000
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(asked, 10_000):
        acknowledged += len(more) * 1000
    os.close(asked)
    uploads = Uploads(tree)
    at = uploads.begin("up", wanted(len(data), sha256))
    assert acknowledged <= at <= len(data)
    send(uploads, at=at, data=data, step=100_000)
    assert uploads.place("up", TARGET, None) is not None
    assert tree.read(TARGET, len(data)) == data
