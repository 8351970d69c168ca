"""The fake launcher behaves as a launcher does."""

import asyncio

import pytest

from noctule.launchers.base import Alive, Exited, LaunchError, LaunchSpec
from noctule.launchers.fake import FakeLauncher
from noctule_agent.wire.values import Cause, Millis, RuntimeId
from tests.support.virtual_time import virtual_time


def spec(generation: int = 1) -> LaunchSpec:
    return LaunchSpec(RuntimeId("r"), generation, "t", "memory", "python3", Millis(1))


async def sleeper(spec: LaunchSpec) -> int:
    await asyncio.sleep(100)
    return 7


@virtual_time
async def test_an_agent_runs_and_its_exit_code_is_told() -> None:
    launcher = FakeLauncher(sleeper)
    handle = await launcher.launch(spec())
    assert isinstance(await launcher.inspect(handle), Alive)
    assert (await launcher.wait(handle)).cause.evidence == {"exit_code": 7}
    assert isinstance(await launcher.inspect(handle), Exited)


@virtual_time
async def test_an_agent_can_be_killed_before_its_first_step() -> None:
    launcher = FakeLauncher(sleeper)
    handle = await launcher.launch(spec())
    await launcher.kill(RuntimeId("r"))
    assert (await launcher.wait(handle)).cause.evidence == {"signal": "SIGKILL"}
    assert launcher.running() == []


@virtual_time
async def test_launches_can_be_slow_or_fail_and_a_new_one_ends_the_old() -> None:
    launcher = FakeLauncher(sleeper, launch_seconds=5.0)
    first = await launcher.launch(spec())
    assert asyncio.get_running_loop().time() == 5.0
    second = await launcher.launch(spec(2))
    assert isinstance(await launcher.inspect(first), Exited)
    assert await launcher.list() == [(RuntimeId("r"), second)]
    launcher.fail_next(Cause("full", "Full."))
    with pytest.raises(LaunchError):
        await launcher.launch(spec(3))
    assert launcher.running() == []
