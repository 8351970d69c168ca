"""A runtime whose agent was started ahead of its launch: it is the first that is wanted of its spec, and like any other."""

from pathlib import Path

from noctule.launchers.base import Ahead
from noctule.runtimes.service import Runtimes
from noctule.store import runtimes
from noctule_agent.wire.values import KernelId, NotebookId, RuntimeId
from tests.support.notebook_rows import add_notebook
from tests.support.runtime_world import NB, World
from tests.support.virtual_time import virtual_time

AHEAD = Ahead(RuntimeId("r-ahead"), KernelId("k-ahead"), "python3")


async def world_of(tmp_path: Path) -> World:
    world = await World.open(tmp_path)
    await world.runtimes.stop()
    world.runtimes = Runtimes(world.store, world.launcher, world.settings, world.clock, world.ids, AHEAD)
    await world.runtimes.start(world.rooms)
    return world


@virtual_time
async def test_the_first_notebook_that_wants_its_spec_gets_it_and_its_row_comes_before_its_launch(
    tmp_path: Path,
) -> None:
    world = await world_of(tmp_path)
    assert world.runtimes.live() == []
    assert (await world.runtimes.ensure(NB, "python3")).id == AHEAD.runtime_id
    spec = await world.specs.get()
    row = await world.store.read(lambda tx: runtimes.get(tx, AHEAD.runtime_id))
    assert row is not None
    assert row.generation == 1
    assert (spec.runtime_id, spec.kernel_id, spec.generation) == (AHEAD.runtime_id, AHEAD.kernel_id, 1)
    assert spec.token
    await world.close()


@virtual_time
async def test_another_spec_gets_a_runtime_of_its_own(tmp_path: Path) -> None:
    world = await world_of(tmp_path)
    assert (await world.runtimes.ensure(NB, "ir")).id != AHEAD.runtime_id
    await world.close()


@virtual_time
async def test_it_is_given_once(tmp_path: Path) -> None:
    world = await world_of(tmp_path)
    await world.runtimes.ensure(NB, "python3")
    other = NotebookId("other")
    await world.store.write(lambda tx: add_notebook(tx, other))
    assert (await world.runtimes.ensure(other, "python3")).id != AHEAD.runtime_id
    await world.close()
