"""The code that was run is read back page by page, the latest first, and nothing that did not run."""

import msgspec
import pytest

from noctule.store import Store, executions, history, runs
from noctule.store.rows import ExecutedPage
from noctule_agent.wire.state import ExecutionPut, ExecutionState
from tests.unit.store.builders import NB, batch, execution, queued

pytestmark = pytest.mark.usefixtures("notebook")


async def ran(store: Store, name: str, source: str, state: ExecutionState, cell: str = "c1") -> None:
    await store.write(
        lambda tx: executions.queue(tx, NB, batch(f"b-{name}"), [queued(name, cell, source, f"b-{name}")])
    )
    if state != "queued":
        view = execution(name, cell, state, batch=f"b-{name}")
        rev = await store.read(lambda tx: runs.bare(tx, NB).rev)
        await store.write(lambda tx: runs.apply(tx, NB, rev, [ExecutionPut(msgspec.structs.replace(view, by="ada"))]))


async def page(store: Store, before: int | None = None, most: int = 100, size: int = 10_000) -> ExecutedPage:
    return await store.read(lambda tx: history.executed(tx, NB, before, most, size))


def names(found: ExecutedPage) -> list[str]:
    return [each.view.id for each in found.executions]


async def test_every_version_that_ran_the_latest_first(store: Store) -> None:
    assert await page(store) == ExecutedPage([], None)
    await ran(store, "x1", "a = 1", "ok")
    await ran(store, "x2", "a = '𝄞'", "error")
    await ran(store, "x3", "never", "aborted")
    await ran(store, "x4", "perhaps", "lost", cell="c2")
    await ran(store, "x5", "now", "running")
    await ran(store, "x6", "soon", "queued")
    found = await page(store)
    assert [(each.view.id, each.source) for each in found.executions] == [
        *(("x5", "now"), ("x4", "perhaps"), ("x2", "a = '𝄞'"), ("x1", "a = 1")),
    ]
    assert (found.executions[2].view.by, found.before) == ("ada", None)


async def test_pages_follow_each_other_without_a_gap(store: Store) -> None:
    for number in range(7):
        await ran(store, f"x{number}", "s" * 100, "ok")
    for most, size in ((3, 10_000), (100, 250), (1, 10_000), (100, 1)):
        seen: list[str] = []
        before: int | None = None
        while True:
            found = await page(store, before, most, size)
            assert 1 <= len(found.executions) <= most
            assert len(found.executions) == 1 or sum(len(each.source) for each in found.executions) <= size
            seen += names(found)
            before = found.before
            if before is None:
                break
        assert seen == [f"x{number}" for number in reversed(range(7))]
