"""Who keeps the rules is asked before a notebook gets a runtime, warm or new, and is told once how it ended."""

import asyncio
from collections.abc import Collection
from pathlib import Path

import pytest

from noctule.errors import Conflict
from noctule.runtimes.service import Runtimes
from noctule.store import Tx, runtimes
from noctule_agent.wire import link
from noctule_agent.wire.values import Cause, NotebookId, RuntimeId, UserId
from tests.support.runtime_world import NB, World, ready
from tests.support.virtual_time import virtual_time

ADA = UserId("ada")
STOP = Cause("stopped", "It was.")


class Noting:
    """An Overseer that notes what it is told, and refuses while it is told to."""

    def __init__(self) -> None:
        self.refuses = False
        self.started: list[tuple[RuntimeId, NotebookId, UserId | None]] = []
        self.ended: list[tuple[RuntimeId, list[NotebookId], str]] = []

    def starts(self, tx: Tx, runtime_id: RuntimeId, notebook_id: NotebookId, by: UserId | None) -> None:
        if self.refuses:
            raise Conflict("runtimes-reached", "No more.")
        self.started.append((runtime_id, notebook_id, by))

    def ends(self, tx: Tx, runtime_id: RuntimeId, notebooks: Collection[NotebookId], cause: Cause) -> None:
        self.ended.append((runtime_id, list(notebooks), cause.code))


async def world_of(tmp_path: Path, pool_size: int = 0) -> tuple[World, Noting]:
    world, noting = await World.open(tmp_path, pool_size=pool_size), Noting()
    await world.runtimes.stop()
    world.runtimes = Runtimes(world.store, world.launcher, world.settings, world.clock, world.ids, overseer=noting)
    await world.runtimes.start(world.rooms)
    return world, noting


@virtual_time
async def test_a_new_one_is_told_when_it_starts_and_once_when_it_ended(tmp_path: Path) -> None:
    world, noting = await world_of(tmp_path)
    first = await world.runtimes.ensure(NB, "python3", ADA)
    await world.runtimes.ensure(NB, "python3", UserId("bob"))
    assert noting.started == [(first.id, NB, ADA)]
    await world.runtimes.end(NB, STOP)
    await world.runtimes.end(NB, STOP)
    await world.runtimes.gone(NB)
    assert noting.ended == [(first.id, [NB], "stopped")]
    await world.close()


@virtual_time
async def test_who_is_refused_has_none_and_no_row_of_one(tmp_path: Path) -> None:
    world, noting = await world_of(tmp_path)
    noting.refuses = True
    with pytest.raises(Conflict):
        await world.runtimes.ensure(NB, "python3", ADA)
    assert await world.store.read(runtimes.list_live) == []
    assert world.runtimes.view(NB) is None
    noting.refuses = False
    assert (await world.runtimes.ensure(NB, "python3", ADA)).state == "queued"
    await world.close()


@virtual_time
async def test_a_warm_one_that_is_refused_stays_warm_and_is_nobodys(tmp_path: Path) -> None:
    world, noting = await world_of(tmp_path, pool_size=1)
    agent = await world.launched()
    await agent.greet()
    started = await agent.until(lambda frame: isinstance(frame, link.StartKernel))
    assert isinstance(started, link.StartKernel)
    await agent.told(started.kernel_id, 1, *ready())
    assert noting.started == []
    noting.refuses = True
    with pytest.raises(Conflict):
        await world.runtimes.ensure(NB, "python3", ADA)
    assert world.runtimes.of_notebooks() == []
    noting.refuses = False
    began = asyncio.get_running_loop().time()
    view = await world.runtimes.ensure(NB, "python3", ADA)
    assert asyncio.get_running_loop().time() == began
    assert (view.state, noting.started) == ("connected", [(view.id, NB, ADA)])
    assert world.runtimes.of_notebooks() == [(world.runtimes.view(NB), NB)]
    await world.close()
