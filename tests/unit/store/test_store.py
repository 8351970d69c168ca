"""Group commit, its failures, reads and syncs: the promises of the Store, on both databases where they have one."""

import asyncio
import errno
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from noctule.errors import NoctuleError, StorageFull, StorageUnavailable
from noctule.store import Store, Tx, notebooks
from noctule.store.engine import writer_engine
from tests.support.notebook_rows import OWNER, add_notebook


def create(name: str) -> Callable[[Tx], str]:
    def work(tx: Tx) -> str:
        add_notebook(tx, name, name)
        return name

    return work


def create_then_fail(name: str, error: Exception) -> Callable[[Tx], str]:
    def work(tx: Tx) -> str:
        create(name)(tx)
        raise error

    return work


async def names(store: Store) -> set[str]:
    return {row.name for row in await store.read(lambda tx: notebooks.list_all(tx, OWNER))}


class Gate:
    """A work that holds the writer's thread until it is opened, so that what is written meanwhile forms one group."""

    def __init__(self) -> None:
        self._open = threading.Event()
        self.reached = threading.Event()

    def __call__(self, tx: Tx) -> None:
        self.reached.set()
        assert self._open.wait(10)

    def open(self) -> None:
        self._open.set()


async def hold(store: Store, gate: Gate) -> "asyncio.Future[None]":
    """The writer is in the gate, alone, when this returns."""
    held = asyncio.ensure_future(store.write(gate))
    await asyncio.to_thread(gate.reached.wait)
    return held


class Faults:
    """Raises once, at the n-th time from now that a step is reached."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self._at: dict[tuple[str, int], BaseException] = {}

    def at(self, step: str, error: BaseException, nth: int = 1) -> None:
        self._at[step, self.steps.count(step) + nth] = error

    def __call__(self, step: str) -> None:
        self.steps.append(step)
        error = self._at.pop((step, self.steps.count(step)), None)
        if error is not None:
            raise error


class Crash(BaseException):
    """The process is killed here."""


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
async def faulty(database_url: str, tmp_path: Path, faults: Faults) -> AsyncIterator[Store]:
    store = await Store.open(database_url, tmp_path / "blobs", fault=faults)
    yield store
    await store.close()


async def test_a_write_returns_what_the_work_returned_and_is_there(store: Store) -> None:
    assert await store.write(create("a")) == "a"
    assert await names(store) == {"a"}


async def test_a_work_that_raises_leaves_nothing_and_raises_the_same(store: Store) -> None:
    error = ValueError("mine")
    with pytest.raises(ValueError) as raised:
        await store.write(create_then_fail("a", error))
    assert raised.value is error
    assert await names(store) == set()


async def test_works_that_wait_are_committed_together_and_resolved_in_order(faulty: Store, faults: Faults) -> None:
    gate = Gate()
    resolved: list[str] = []
    first = await hold(faulty, gate)
    writes = [asyncio.ensure_future(faulty.write(create(name))) for name in "abcd"]
    for write in writes:
        write.add_done_callback(lambda done: resolved.append(done.result()))
    await asyncio.sleep(0)
    gate.open()
    await asyncio.gather(first, *writes)
    await asyncio.sleep(0)
    assert resolved == ["a", "b", "c", "d"]
    assert faults.steps.count("commit") == 2
    assert faults.steps[-6:] == ["work", "work", "work", "work", "commit", "committed"]


async def test_one_failing_work_takes_no_other_of_its_group_with_it(store: Store) -> None:
    gate = Gate()
    held = await hold(store, gate)
    works: list[Callable[[Tx], object]] = [
        create("a"),
        create_then_fail("b", ValueError("mine")),
        lambda tx: tx.conn.execute(text("SELECT nonsense")),
        create("c"),
    ]
    writes = [asyncio.ensure_future(store.write(work)) for work in works]
    await asyncio.sleep(0)
    gate.open()
    results = await asyncio.gather(*writes, return_exceptions=True)
    await held
    assert (results[0], results[3]) == ("a", "c")
    assert isinstance(results[1], ValueError)
    assert isinstance(results[2], Exception)
    assert not isinstance(results[2], NoctuleError)
    assert await names(store) == {"a", "c"}


async def test_a_cancelled_writer_does_not_disturb_the_others(store: Store) -> None:
    gate = Gate()
    blocked = await hold(store, gate)
    gone = asyncio.ensure_future(store.write(create("a")))
    stays = asyncio.ensure_future(store.write(create("b")))
    await asyncio.sleep(0)
    gone.cancel()
    gate.open()
    await blocked
    assert await stays == "b"
    assert await names(store) == {"a", "b"}


@pytest.mark.parametrize("step", ["begin", "commit"])
async def test_a_full_disk_refuses_the_whole_group_visibly_and_later_works_again(
    faulty: Store, faults: Faults, step: str
) -> None:
    gate = Gate()
    faults.at(step, OSError(errno.ENOSPC, "disk full"), nth=2)
    held = await hold(faulty, gate)
    writes = [asyncio.ensure_future(faulty.write(create(name))) for name in "ab"]
    await asyncio.sleep(0)
    gate.open()
    await held
    others = await asyncio.gather(*writes, return_exceptions=True)
    assert [type(other) for other in others] == [StorageFull, StorageFull]
    assert await names(faulty) == set()
    assert await faulty.write(create("a")) == "a"
    assert await names(faulty) == {"a"}


async def test_a_full_blob_disk_fails_only_the_work_that_met_it(store: Store) -> None:
    gate = Gate()
    full = OSError(errno.ENOSPC, "No space left on device")
    held = await hold(store, gate)
    works: list[Callable[[Tx], object]] = [create("a"), create_then_fail("b", full), create("c")]
    writes = [asyncio.ensure_future(store.write(work)) for work in works]
    await asyncio.sleep(0)
    gate.open()
    results = await asyncio.gather(*writes, return_exceptions=True)
    await held
    assert isinstance(results[1], StorageFull)
    assert await names(store) == {"a", "c"}


async def test_sqlite_that_is_really_full_says_so_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite:///{tmp_path}/small.db", tmp_path / "blobs")
    pages = await store.write(lambda tx: tx.conn.execute(text("PRAGMA page_count")).scalar_one())
    await store.write(lambda tx: tx.conn.execute(text(f"PRAGMA max_page_count = {pages + 2}")).scalar_one())
    long = "x" * 100_000
    with pytest.raises(StorageFull):
        await store.write(create(long))
    assert await names(store) == set()
    await store.write(lambda tx: tx.conn.execute(text(f"PRAGMA max_page_count = {pages + 1000}")).scalar_one())
    assert await store.write(create(long)) == long
    await store.close()


async def test_a_crash_before_the_commit_leaves_nothing_and_reports_nothing(faulty: Store, faults: Faults) -> None:
    for step in ("begin", "work", "commit"):
        faults.at(step, Crash())
        with pytest.raises(Crash):
            await faulty.write(create("a"))
        assert await names(faulty) == set()


async def test_a_crash_between_commit_and_answer_keeps_the_facts(faulty: Store, faults: Faults) -> None:
    faults.at("committed", Crash())
    with pytest.raises(Crash):
        await faulty.write(create("a"))
    assert await names(faulty) == {"a"}


async def test_a_read_sees_one_moment(store: Store) -> None:
    await store.write(create("a"))
    seen: list[set[str]] = []
    between, written = threading.Event(), threading.Event()

    def read(tx: Tx) -> None:
        seen.append({row.name for row in notebooks.list_all(tx, OWNER)})
        between.set()
        assert written.wait(10)
        seen.append({row.name for row in notebooks.list_all(tx, OWNER)})

    reading = asyncio.ensure_future(store.read(read))
    await asyncio.to_thread(between.wait)
    await store.write(create("b"))
    written.set()
    await reading
    assert seen == [{"a"}, {"a"}]
    assert await names(store) == {"a", "b"}


async def test_a_read_cannot_write(store: Store) -> None:
    with pytest.raises(Exception, match=r"(?i)read-?only"):
        await store.read(create("a"))
    assert await names(store) == set()


async def test_sync_returns_and_keeps_the_locks(store: Store) -> None:
    await store.write(create("a"))
    await store.sync()
    await store.write(create("b"))
    assert await names(store) == {"a", "b"}


async def test_a_closed_store_refuses(database_url: str, tmp_path: Path) -> None:
    store = await Store.open(database_url, tmp_path / "blobs")
    pending = asyncio.ensure_future(store.write(create("a")))
    await asyncio.sleep(0)
    await store.close()
    assert await pending == "a"
    with pytest.raises(StorageUnavailable):
        await store.write(create("b"))


async def test_a_broken_connection_is_an_answer_and_the_next_write_has_a_new_one(
    postgres_url: str, tmp_path: Path
) -> None:
    store = await Store.open(postgres_url, tmp_path / "blobs")
    killer = writer_engine(postgres_url)

    def kill_me(tx: Tx) -> None:
        process = tx.conn.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with killer.begin() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:process)"), {"process": process})
        create("a")(tx)

    with pytest.raises(StorageUnavailable):
        await store.write(kill_me)
    assert await store.write(create("b")) == "b"
    assert await names(store) == {"b"}
    await store.close()
    killer.dispose()


async def test_no_database_is_storage_unavailable(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable):
        await Store.open(f"sqlite:///{tmp_path}/nowhere/noctule.db", tmp_path / "blobs")
    with pytest.raises(StorageUnavailable):
        await Store.open(f"postgresql+psycopg://nobody@/nothing?host={tmp_path}", tmp_path / "blobs")


async def test_a_database_in_memory_must_be_inline(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="inline"):
        await Store.open("sqlite://", tmp_path)


async def test_inline_a_dropped_store_leaves_what_was_committed_to_the_next(tmp_path: Path) -> None:
    engine = writer_engine("sqlite://")
    faults = Faults()
    first = await Store.open("sqlite://", tmp_path, inline=True, engine=engine, fault=faults)
    await first.write(create("kept"))
    faults.at("commit", Crash())
    with pytest.raises(Crash):
        await first.write(create("lost"))
    second = await Store.open("sqlite://", tmp_path, inline=True, engine=engine)
    assert await names(second) == {"kept"}
    with pytest.raises(ValueError):
        await second.write(create_then_fail("b", ValueError()))
    await second.write(create("c"))
    await second.sync()
    await second.close()
    third = await Store.open("sqlite://", tmp_path, inline=True, engine=engine)
    assert await names(third) == {"kept", "c"}
    engine.dispose()
