"""The journal keeps its numbers, its queue and its promises over restarts, trims and a full disk."""

import asyncio
import sqlite3
from pathlib import Path

import msgspec
import pytest

from agent.tests.harness import KERNEL, CountingIds, VirtualClock, memory_journal, virtually
from noctule_agent.journal import CHECKPOINT_BYTES, Accepted, Journal, JournalUnwritable
from noctule_agent.log import silent
from noctule_agent.recorder import Recorder
from noctule_agent.wire import link
from noctule_agent.wire.values import Cause, Millis


def ready(n: int, size: int = 0) -> link.KernelReady:
    return link.KernelReady(n, Millis(n), banner="x" * size)


def decoded(records: list[bytes]) -> list[int]:
    return [msgspec.msgpack.decode(record, type=link.KernelReady).epoch for record in records]


def journal() -> Journal:
    made = memory_journal()
    made.add_kernel(KERNEL, "python3")
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def test_records_are_numbered_without_a_gap_over_reopening(path: Path):
    first = Journal.open(path, CountingIds())
    first.add_kernel(KERNEL, "python3")
    first.append(KERNEL, [ready(1), ready(2)])
    first.lease_until = Millis(77)
    journal_id = first.journal_id
    first.close()
    again = Journal.open(path, CountingIds())
    assert (again.journal_id, again.head(KERNEL), again.lease_until) == (journal_id, 2, 77)
    again.append(KERNEL, [ready(3)])
    assert decoded(again.read(KERNEL, 0, 10**6)) == [1, 2, 3]
    again.close()


def test_reading_gives_at_least_one_record_and_stays_within_the_limit():
    made = journal()
    made.append(KERNEL, [ready(n, 1000) for n in range(1, 6)])
    assert decoded(made.read(KERNEL, 0, 10)) == [1]
    assert decoded(made.read(KERNEL, 1, 2200)) == [2, 3]
    assert made.read(KERNEL, 5, 10) == []


def test_what_left_memory_is_read_from_the_disk():
    made = journal()
    for n in range(1, 11):
        made.append(KERNEL, [ready(n, 2**20)])
    assert decoded(made.read(KERNEL, 0, 2**30)) == list(range(1, 11))
    assert decoded(made.read(KERNEL, 8, 2**30)) == [9, 10]


def test_only_what_is_synced_is_forgotten_and_the_numbers_go_on():
    made = journal()
    made.append(KERNEL, [ready(n) for n in range(1, 5)])
    made.forget(KERNEL, 3)
    assert decoded(made.read(KERNEL, 3, 10**6)) == [4]
    made.forget(KERNEL, 9)
    made.append(KERNEL, [ready(5)])
    assert made.head(KERNEL) == 5
    assert made.kernels()[0].synced == 4


def test_executions_follow_their_records_and_are_known_for_ever():
    made = journal()
    accepted = [Accepted("e1", "b", "c1", "print(1)", True), Accepted("e2", "b", "c2", "2")]
    made.append(KERNEL, [link.BatchAccepted("b", Millis(1), ["e1", "e2"])], accepted)
    assert made.accepted("e1") == accepted[0]
    made.append(KERNEL, [link.ExecutionStarted("e1", 1, Millis(1))])
    assert made.unfinished(KERNEL) == [("e1", "running"), ("e2", "queued")]
    made.append(KERNEL, [link.ExecutionEnded("e1", Millis(1), "ok")])
    assert made.unfinished(KERNEL) == [("e2", "queued")]
    assert made.known(["e1", "e2", "e3"]) == {"e1", "e2"}
    assert made.accepted("e1").source == ""


def test_a_failed_append_leaves_nothing(path: Path):
    made = Journal.open(path, CountingIds())
    made.add_kernel(KERNEL, "python3")
    made._db.execute("PRAGMA max_page_count = 20")
    with pytest.raises(JournalUnwritable):
        made.append(KERNEL, [ready(1), ready(2, 10**6)])
    assert made.head(KERNEL) == 0
    assert made.read(KERNEL, 0, 10**6) == []
    made.append(KERNEL, [ready(1)])
    assert decoded(made.read(KERNEL, 0, 10**6)) == [1]
    made.close()


async def test_a_checkpoint_bounds_the_write_ahead_log(path: Path):
    made = Journal.open(path, CountingIds())
    made.add_kernel(KERNEL, "python3")
    wal = path.with_name("journal.db-wal")
    for n in range(1, 40):
        made.append(KERNEL, [ready(n, 2**20)])
        await made.checkpoint()
    assert wal.stat().st_size < 3 * CHECKPOINT_BYTES
    assert decoded(made.read(KERNEL, 0, 2**30)) == list(range(1, 40))
    made.close()


def test_a_full_disk_holds_the_kernel_and_keeps_the_order():
    async def main() -> None:
        made = journal()
        held: list[bool] = []
        done: list[str] = []
        recorder = Recorder(KERNEL, made, VirtualClock(), silent)
        recorder.follow(1, held.append)
        pages = made._db.execute("PRAGMA page_count").fetchone()[0]
        made._db.execute(f"PRAGMA max_page_count = {pages}")
        recorder.record([ready(1, 50_000)], then=lambda: done.append("first"))
        recorder.say(link.KernelMessage("stream", "e", b'{"name":"stdout","text":"x"}'))
        recorder.record([ready(2)], then=lambda: done.append("second"))
        await asyncio.sleep(5)
        assert (held, done, made.head(KERNEL)) == ([True], [], 0)
        assert isinstance(recorder.stalled, Cause)
        made._db.execute("PRAGMA max_page_count = 100000")
        await asyncio.sleep(2)
        assert (held, done, recorder.stalled, recorder.settled) == ([True, False], ["first", "second"], None, True)
        kinds = [msgspec.msgpack.decode(record)["t"] for record in made.read(KERNEL, 0, 10**6)]
        assert kinds == ["kernel-ready", "said", "kernel-ready"]

    virtually(main)


def test_what_a_kernel_says_in_the_moment_it_is_let_go_is_journaled():
    async def main() -> None:
        made = journal()
        recorder = Recorder(KERNEL, made, VirtualClock(), silent)
        recorder.follow(1, lambda held: None if held else recorder.record([ready(2)]))
        pages = made._db.execute("PRAGMA page_count").fetchone()[0]
        made._db.execute(f"PRAGMA max_page_count = {pages}")
        recorder.record([ready(1, 50_000)])
        assert not recorder.settled
        made._db.execute("PRAGMA max_page_count = 100000")
        await asyncio.sleep(2)
        assert (decoded(made.read(KERNEL, 0, 10**6)), recorder.settled) == ([1, 2], True)

    virtually(main)


def test_an_error_of_sqlite_that_is_not_the_disk_is_not_hidden():
    made = journal()
    accepted = [Accepted("e1", "b", "c", "x")]
    made.append(KERNEL, [ready(1)], accepted)
    with pytest.raises(sqlite3.IntegrityError):
        made.append(KERNEL, [ready(2)], accepted)
    assert made.head(KERNEL) == 1
