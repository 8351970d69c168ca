"""The reconcile loop over real rows, with a fake launcher: launches, losses, drains, adoption, orphans."""

import asyncio
from pathlib import Path

from noctule.launchers.base import LaunchSpec
from noctule.runtimes.lifecycle import DRAIN_LAUNCHES
from noctule.runtimes.settings import RuntimeSettings
from noctule.store import runtimes
from noctule_agent.wire import link
from noctule_agent.wire.values import Cause, NotebookId, RuntimeId
from tests.support.notebook_rows import add_notebook as add_row
from tests.support.runtime_world import NB, World, now, ready, said
from tests.support.virtual_time import virtual_time

STOPPED = Cause("stopped", "Stopped by Ada.")


async def add_notebook(world: World, name: str) -> NotebookId:
    notebook_id = NotebookId(name)
    await world.store.write(lambda tx: add_row(tx, notebook_id, f"{name}.ipynb", now()))
    return notebook_id


@virtual_time
async def test_a_notebook_gets_one_runtime_however_often_it_asks(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    views = await asyncio.gather(*(world.runtimes.ensure(NB, "python3") for _ in range(5)))
    assert len({view.id for view in views}) == 1
    assert views[0].state == "queued"
    await world.launched()
    await asyncio.sleep(30)
    assert len(world.launcher.launched) == 1
    assert [notebook for notebook, _ in world.rooms.kernels] == [NB]
    await world.close()


@virtual_time
async def test_a_launch_that_fails_ends_the_runtime_with_the_launchers_cause(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    world.launcher.fail_next(Cause("image-missing", "There is no such image."))
    await world.runtimes.ensure(NB, "python3")
    view = await world.until_view("ended")
    assert view.cause is not None
    assert view.cause.code == "image-missing"
    assert world.rooms.states() == ["queued", "starting", "ended"]
    again = await world.runtimes.ensure(NB, "python3")
    assert again.id != view.id
    await world.close()


@virtual_time
async def test_an_agent_that_never_dials_is_given_up_with_its_log_as_evidence(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    await world.runtimes.ensure(NB, "python3")
    spec = await world.specs.get()
    began = asyncio.get_running_loop().time()
    view = await world.until_view("ended")
    assert 60 <= asyncio.get_running_loop().time() - began < 70
    assert view.cause is not None
    assert view.cause.code == "launcher-failed"
    assert "agent_log" in view.cause.evidence
    await asyncio.sleep(10)
    assert world.launcher.running() == []
    assert world.launcher.forgotten == [spec.runtime_id]
    await world.close()


@virtual_time
async def test_a_slow_launch_is_not_held_against_the_agent(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    world.launcher.launch_seconds = 100.0
    await world.runtimes.ensure(NB, "python3")
    agent = await world.launched()
    await asyncio.sleep(5)
    assert isinstance(await agent.greet(), link.Resume)
    await world.until_view("connected")
    await world.close()


@virtual_time
async def test_a_short_loss_of_the_link_is_not_worth_a_word(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    agent, kernel = await world.connected()
    agent.channel.cut()
    await asyncio.sleep(1)
    again = world.dial(agent.spec)
    again.sent = agent.sent
    assert isinstance(await again.greet(), link.Resume)
    await asyncio.sleep(20)
    assert world.rooms.states() == ["queued", "starting", "connected"]
    await again.told(kernel, 3, said("a"))
    await world.close()


@virtual_time
async def test_a_longer_loss_is_shown_and_the_agent_is_left_alone(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    agent, kernel = await world.connected()
    agent.channel.cut()
    view = await world.until_view("unreachable")
    assert view.cause is not None
    assert view.cause.code == "link-lost"
    await asyncio.sleep(3600)
    assert len(world.launcher.running()) == 1
    again = world.dial(agent.spec)
    again.sent = agent.sent
    await again.greet()
    await again.told(kernel, 3, said("still here"))
    await world.until_view("connected")
    assert len(world.launcher.launched) == 1
    await world.close()


@virtual_time
async def test_a_killed_agent_is_seen_at_once_drained_once_and_its_records_are_not_lost(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    agent, kernel = await world.connected()
    began = asyncio.get_running_loop().time()
    await world.launcher.kill(agent.spec.runtime_id)
    agent.channel.cut()
    drain = await world.launched()
    assert asyncio.get_running_loop().time() - began < 1
    assert drain.spec.drain
    assert not drain.spec.warm
    assert drain.spec.generation == agent.spec.generation + 1
    assert drain.spec.token != agent.spec.token

    old = world.dial(agent.spec)
    answer = await old.greet()
    assert isinstance(answer, link.Refused)
    assert answer.code == "fenced"

    drain.journal_id = agent.journal_id
    drain.sent = {kernel: 4}
    resumed = await drain.greet()
    assert isinstance(resumed, link.Resume)
    assert resumed.cursors == {kernel: 2}
    await drain.told(kernel, 3, said("last words"), link.KernelDied(1, now(), Cause("agent-lost", "x")))
    await drain.say(link.Bye(Cause("drained", "Drained.")))
    world.exit(drain.spec)
    view = await world.until_view("ended")
    assert view.cause is not None
    assert view.cause.code == "agent-lost"
    assert view.cause.evidence["signal"] == "SIGKILL"
    assert said("last words") in world.rooms.records[NB]
    assert not any(isinstance(frame, link.StartKernel | link.Enqueue) for frame in drain.inbox)
    assert world.rooms.states() == ["queued", "starting", "connected", "unreachable", "ended"]
    await asyncio.sleep(30)
    assert len(world.launcher.launched) == 2
    await world.close()


@virtual_time
async def test_when_draining_fails_too_the_server_settles_and_keeps_the_journal(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    agent, kernel = await world.connected()
    await world.launcher.kill(agent.spec.runtime_id)
    agent.channel.cut()
    for _ in range(DRAIN_LAUNCHES):
        drain = await world.launched()
        world.exit(drain.spec, 1)
    view = await world.until_view("ended")
    assert view.cause is not None
    assert view.cause.code == "agent-lost"
    assert [(nb, id_) for nb, id_, _ in world.rooms.settled] == [(NB, kernel)]
    await asyncio.sleep(30)
    assert len(world.launcher.launched) == 1 + DRAIN_LAUNCHES
    assert world.launcher.forgotten == []
    await world.close()


@virtual_time
async def test_an_agent_that_ended_by_its_lease_while_the_server_was_away_says_so(tmp_path: Path) -> None:
    world = await World.open(tmp_path, lease_seconds=600.0)
    agent, kernel = await world.connected()
    agent.channel.cut()
    await asyncio.sleep(700)
    world.exit(agent.spec)
    drain = await world.launched()
    drain.journal_id, drain.sent = agent.journal_id, {kernel: 2}
    await drain.greet()
    await drain.say(link.Bye(Cause("drained", "Drained.")))
    view = await world.until_view("ended")
    assert view.cause is not None
    assert view.cause.code == "lease-ended"
    await world.close()


@virtual_time
async def test_a_person_ends_a_runtime_over_its_link(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    agent, _ = await world.connected()
    await world.runtimes.end(NB, STOPPED)
    stop = await agent.until(lambda frame: isinstance(frame, link.StopAgent))
    assert isinstance(stop, link.StopAgent)
    assert stop.cause == STOPPED
    assert world.runtimes.view(NB).state == "unreachable"  # type: ignore[union-attr]
    waiting = asyncio.ensure_future(world.runtimes.ensure(NB, "python3"))
    await asyncio.sleep(1)
    assert not waiting.done()
    await agent.say(link.Bye(STOPPED))
    world.exit(agent.spec)
    view = await waiting
    assert view.id != agent.spec.runtime_id
    assert [cause for _, _, cause in world.rooms.settled] == [STOPPED]
    await world.close()


@virtual_time
async def test_an_agent_that_does_not_obey_is_stopped_by_its_launcher_and_drained(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    agent, kernel = await world.connected()
    await world.runtimes.end(NB, STOPPED)
    await agent.until(lambda frame: isinstance(frame, link.StopAgent))
    await asyncio.sleep(30)
    agent.channel.cut()
    drain = await world.launched()
    assert drain.spec.drain
    drain.journal_id, drain.sent = agent.journal_id, {kernel: 2}
    await drain.greet()
    await drain.say(link.Bye(Cause("drained", "Drained.")))
    view = await world.until_view("ended")
    assert view.cause == STOPPED
    await world.close()


@virtual_time
async def test_a_runtime_that_is_ended_before_it_connects_is_not_drained(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    await world.runtimes.ensure(NB, "python3")
    await world.specs.get()
    await world.runtimes.end(NB, STOPPED)
    view = await world.until_view("ended")
    assert view.cause == STOPPED
    assert len(world.launcher.launched) == 1
    assert world.launcher.running() == []
    await world.close()


@virtual_time
async def test_a_restarted_server_adopts_what_runs_and_goes_on_where_it_was(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    agent, kernel = await world.connected()
    await agent.told(kernel, 3, said("a"))
    await world.restart()
    assert (await agent.closed()).code == 1001
    assert world.runtimes.view(NB).state == "connected"  # type: ignore[union-attr]
    again = world.dial(agent.spec)
    again.sent = {kernel: 4}
    resumed = await again.greet()
    assert isinstance(resumed, link.Resume)
    assert resumed.cursors == {kernel: 3}
    await again.told(kernel, 3, said("a"), said("b"))
    assert world.rooms.records[NB][2:] == [said("a"), said("b")]
    assert (await world.runtimes.ensure(NB, "python3")).id == agent.spec.runtime_id
    assert len(world.launcher.launched) == 1
    # Its death is seen by the server that did not start it, too.
    await world.launcher.kill(agent.spec.runtime_id)
    again.channel.cut()
    assert (await world.launched()).spec.drain
    await world.close()


@virtual_time
async def test_an_agent_that_died_while_the_server_was_away_is_drained_by_the_next(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    agent, kernel = await world.connected()
    await world.runtimes.stop()
    await world.launcher.kill(agent.spec.runtime_id)
    await world.restart()
    drain = await world.launched()
    assert drain.spec.drain
    drain.journal_id, drain.sent = agent.journal_id, {kernel: 3}
    await drain.greet()
    await drain.told(kernel, 3, said("said while away"))
    await drain.say(link.Bye(Cause("drained", "Drained.")))
    await world.until_view("ended")
    assert said("said while away") in world.rooms.records[NB]
    await world.close()


@virtual_time
async def test_a_server_killed_in_the_middle_of_a_drain_ends_it_after_all(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    agent, kernel = await world.connected()
    await world.launcher.kill(agent.spec.runtime_id)
    agent.channel.cut()
    drain = await world.launched()
    drain.journal_id, drain.sent = agent.journal_id, {kernel: 3}
    await drain.greet()
    await world.restart()
    again = world.dial(drain.spec)
    again.journal_id, again.sent = drain.journal_id, drain.sent
    assert isinstance(await again.greet(), link.Resume)
    await again.told(kernel, 3, said("last words"))
    await again.say(link.Bye(Cause("drained", "Drained.")))
    view = await world.until_view("ended")
    assert view.cause is not None
    assert view.cause.code == "agent-lost"
    assert len(world.launcher.launched) == 2
    await world.close()


@virtual_time
async def test_an_agent_without_a_living_row_is_stopped_as_an_orphan(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    orphan = LaunchSpec(RuntimeId("orphan"), 1, "t", "memory", "python3", now())
    await world.launcher.launch(orphan)
    assert world.launcher.running() == ["orphan"]
    # No event tells of it: the next round of a server at rest finds it.
    await asyncio.sleep(RuntimeSettings(server="").rest_seconds + 1)
    assert world.launcher.running() == []
    await world.close()


@virtual_time
async def test_stopping_all_ends_every_runtime_and_starts_no_other(tmp_path: Path) -> None:
    world = await World.open(tmp_path, pool_size=1, pool_delay_seconds=3.0)
    agent, _ = await world.connected()
    other = await add_notebook(world, "other")
    await world.runtimes.ensure(other, "python3")
    await world.specs.get()
    cause = Cause("server-stopped", "noctule stop --runtimes")
    stopping = asyncio.ensure_future(world.runtimes.stop_all(cause))
    await agent.until(lambda frame: isinstance(frame, link.StopAgent))
    await agent.say(link.Bye(cause))
    await stopping
    assert world.launcher.running() == []
    await asyncio.sleep(60)
    assert await world.store.read(runtimes.list_live) == []
    assert len(world.launcher.launched) == 2
    await world.close()


# --- warm runtimes -------------------------------------------------------------------------------------------------


async def warm_one(world: World) -> tuple[object, object]:
    agent = await world.launched()
    await agent.greet()
    started = await agent.until(lambda frame: isinstance(frame, link.StartKernel))
    assert isinstance(started, link.StartKernel)
    await agent.told(started.kernel_id, 1, *ready())
    return agent, started.kernel_id


@virtual_time
async def test_a_warm_runtime_is_claimed_at_once_and_the_pool_is_filled_again(tmp_path: Path) -> None:
    world = await World.open(tmp_path, pool_size=1)
    agent, kernel = await warm_one(world)
    assert world.rooms.records == {}
    began = asyncio.get_running_loop().time()
    view = await world.runtimes.ensure(NB, "python3")
    assert asyncio.get_running_loop().time() == began
    assert view.state == "connected"
    await agent.told(kernel, 3, said("first"))  # type: ignore[attr-defined]
    assert world.rooms.records[NB] == [said("first")]
    [(notebook, bound)] = world.rooms.kernels
    assert (notebook, bound.id, bound.state, bound.epoch, bound.language) == (NB, kernel, "idle", 1, "python")
    assert (await world.launched()).spec.runtime_id != view.id
    await world.close()


@virtual_time
async def test_two_notebooks_never_get_the_same_warm_runtime(tmp_path: Path) -> None:
    world = await World.open(tmp_path, pool_size=1)
    await warm_one(world)
    other = await add_notebook(world, "other")
    views = await asyncio.gather(world.runtimes.ensure(NB, "python3"), world.runtimes.ensure(other, "python3"))
    assert sorted(view.state for view in views) == ["connected", "queued"]
    await world.close()


@virtual_time
async def test_a_warm_runtime_of_another_kernelspec_is_not_claimed(tmp_path: Path) -> None:
    world = await World.open(tmp_path, pool_size=1)
    await warm_one(world)
    assert (await world.runtimes.ensure(NB, "ir")).state == "queued"
    await world.close()


@virtual_time
async def test_a_restarted_server_finds_its_warm_runtimes_again(tmp_path: Path) -> None:
    world = await World.open(tmp_path, pool_size=1)
    agent, kernel = await warm_one(world)
    await world.restart()
    again = world.dial(agent.spec)  # type: ignore[attr-defined]
    again.sent = {kernel: 2}
    await again.greet()
    await asyncio.sleep(30)
    assert len(world.launcher.launched) == 1
    assert (await world.runtimes.ensure(NB, "python3")).state == "connected"
    await world.close()


@virtual_time
async def test_a_warm_runtime_whose_kernel_dies_is_replaced(tmp_path: Path) -> None:
    world = await World.open(tmp_path, pool_size=1)
    agent, kernel = await warm_one(world)
    await agent.tell(kernel, 3, link.KernelDied(1, now(), Cause("kernel-died", "Killed.")))  # type: ignore[attr-defined]
    await agent.until(lambda frame: isinstance(frame, link.StopAgent))  # type: ignore[attr-defined]
    await agent.say(link.Bye(Cause("kernel-died", "Killed.")))  # type: ignore[attr-defined]
    assert (await world.launched()).spec.runtime_id != agent.spec.runtime_id  # type: ignore[attr-defined]
    await world.close()


@virtual_time
async def test_warm_runtimes_that_fail_to_start_are_tried_less_and_less_often(tmp_path: Path) -> None:
    world = await World.open(tmp_path, pool_size=1)
    for _ in range(100):
        world.launcher.fail_next(Cause("launcher-failed", "No."))
    await asyncio.sleep(600)
    tried = 100 - len(world.launcher._failures)
    assert 4 <= tried <= 10
    await world.close()


@virtual_time
async def test_a_pool_that_was_made_smaller_lets_its_warm_runtimes_go(tmp_path: Path) -> None:
    world = await World.open(tmp_path, pool_size=1)
    agent, kernel = await warm_one(world)
    world.settings = type(world.settings)(server="memory", pool_size=0)
    await world.restart()
    again = world.dial(agent.spec)  # type: ignore[attr-defined]
    again.sent = {kernel: 2}
    await again.greet()
    await again.until(lambda frame: isinstance(frame, link.StopAgent))
    await world.close()
