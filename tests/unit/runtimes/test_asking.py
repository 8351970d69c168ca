"""Asks on the agent link, spoken to by a scripted agent: answered once, in time, by an agent that can be asked."""

import asyncio
from pathlib import Path

import pytest

from noctule.errors import Conflict
from noctule.runtimes.asking import PATIENCE_SECONDS
from noctule_agent.wire import link
from noctule_agent.wire.asks import AnswerBody, Inspected, VariablesAsk
from noctule_agent.wire.limits import ASKS_PER_KERNEL
from noctule_agent.wire.values import Problem
from tests.support.runtime_world import NB, ScriptedAgent, World
from tests.support.virtual_time import virtual_time

NOTHING = Inspected(found=False)


def put(world: World) -> "asyncio.Task[AnswerBody]":
    async def ask() -> AnswerBody:
        return await world.runtimes.ask(NB, VariablesAsk())

    return asyncio.create_task(ask())


async def heard(agent: ScriptedAgent) -> link.Ask:
    frame = await agent.until(lambda frame: isinstance(frame, link.Ask))
    assert isinstance(frame, link.Ask)
    return frame


async def code(asked: "asyncio.Task[AnswerBody]") -> str:
    with pytest.raises(Conflict) as refused:
        await asked
    return refused.value.code


@virtual_time
async def test_an_answer_goes_to_who_asked(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    assert await code(put(world)) == "no-runtime"
    agent, kernel = await world.connected()
    one, two = put(world), put(world)
    first, second = await heard(agent), await heard(agent)
    assert first.kernel_id == kernel
    await agent.say(link.Answered(second.id, problem=Problem("kernel-busy", "It is busy.")))
    await agent.say(link.Answered("nobody asked", NOTHING))  # type: ignore[arg-type]
    await agent.say(link.Answered(first.id, NOTHING))
    await agent.say(link.Answered(first.id, Inspected(found=True)))
    assert await one == NOTHING
    assert await code(two) == "kernel-busy"
    await world.close()


@virtual_time
async def test_no_answer_in_time_too_many_at_once_and_a_broken_link(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    agent, _ = await world.connected()
    late = put(world)
    ask = await heard(agent)
    await asyncio.sleep(PATIENCE_SECONDS + 1)
    assert await code(late) == "ask-timeout"
    await agent.say(link.Answered(ask.id, NOTHING))
    asked = [put(world) for _ in range(ASKS_PER_KERNEL)]
    await asyncio.sleep(0.1)
    assert await code(put(world)) == "too-many-asks"
    await agent.channel.close()
    assert {await code(one) for one in asked} == {"runtime-unreachable"}
    assert await code(put(world)) == "runtime-unreachable"
    await world.close()


@virtual_time
async def test_an_agent_of_before_asks_is_not_asked(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    await world.runtimes.ensure(NB, "python3")
    agent = await world.launched()
    await agent.greet(version=(1, 0))
    await agent.until(lambda frame: isinstance(frame, link.StartKernel))
    assert await code(put(world)) == "ask-unsupported"
    assert not any(isinstance(frame, link.Ask) for frame in agent.inbox)
    await world.close()
