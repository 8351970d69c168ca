"""Pipes: everything arrives once and in order, nobody sends more than there is room for, and every end is told."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.tests.pipe_pairs import Ends
from noctule_agent.pipes import OVERRUN, PipeBroken
from noctule_agent.wire.limits import PIPE_FRAME_BYTES, PIPE_WINDOW_BYTES
from noctule_agent.wire.pipes import PipeData
from noctule_agent.wire.values import Problem

GONE = Problem("gone", "It is gone.")


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 3 * PIPE_FRAME_BYTES), max_size=20))
def test_what_is_sent_arrives_once_and_in_order(sizes: list[int]) -> None:
    async def main() -> None:
        mine, theirs = Ends().open()
        parts = [bytes([n % 256]) * size for n, size in enumerate(sizes)]

        async def send() -> None:
            for part in parts:
                await theirs.send(part)
            theirs.end()

        sending = asyncio.create_task(send())
        got = b""
        while (message := await mine.receive()) is not None:
            assert len(message) <= PIPE_FRAME_BYTES
            got += message
            mine.taken(len(message))
        await sending
        assert got == b"".join(parts)

    asyncio.run(main())


async def test_a_sender_waits_for_the_receiver_and_never_has_more_on_its_way_than_the_window() -> None:
    ends = Ends()
    mine, theirs = ends.open()

    async def send() -> None:
        for _ in range(100):
            await theirs.send(b"x" * PIPE_FRAME_BYTES)

    sending = asyncio.create_task(send())
    for _ in range(1000):
        await asyncio.sleep(0)
    assert PIPE_WINDOW_BYTES <= ends.sent_bytes <= PIPE_WINDOW_BYTES + PIPE_FRAME_BYTES
    assert not sending.done()
    while ends.sent_bytes < 100 * PIPE_FRAME_BYTES:
        message = await mine.receive()
        assert message is not None
        mine.taken(len(message))
    await sending


async def test_who_sends_more_than_there_is_room_for_loses_this_pipe_and_no_other() -> None:
    ends = Ends()
    mine, theirs = ends.open()
    other, _ = ends.open()
    for _ in range(PIPE_WINDOW_BYTES // PIPE_FRAME_BYTES + 2):
        ends.server.told(PipeData(mine.number, b"x" * PIPE_FRAME_BYTES))
    with pytest.raises(PipeBroken) as broken:
        await mine.receive()
    assert broken.value.problem == OVERRUN
    await asyncio.sleep(0)
    with pytest.raises(PipeBroken):
        await theirs.send(b"more")
    await other.send(b"still fine")


async def test_empty_frames_without_end_take_no_room() -> None:
    ends = Ends()
    mine, theirs = ends.open()
    for _ in range(1_000):
        ends.server.told(PipeData(mine.number, b""))
    await theirs.send(b"first")
    assert await mine.receive() == b"first"


async def test_each_side_ends_for_itself_and_a_pipe_is_over_when_both_have() -> None:
    ends = Ends()
    mine, theirs = ends.open()
    mine.end()
    assert await theirs.receive() is None
    await theirs.send(b"a last word")
    assert await mine.receive() == b"a last word"
    theirs.end()
    assert await mine.receive() is None
    assert (len(ends.server), len(ends.agent)) == (0, 0)


async def test_a_problem_ends_both_sides_at_once() -> None:
    ends = Ends()
    mine, theirs = ends.open()
    await mine.send(b"unread")
    mine.end(GONE)
    for _ in range(3):
        await asyncio.sleep(0)
    with pytest.raises(PipeBroken) as broken:
        await theirs.receive()
    assert broken.value.problem == GONE
    assert (len(ends.server), len(ends.agent)) == (0, 0)


async def test_when_the_connection_goes_everyone_who_waits_is_told_also_who_waits_for_a_turn() -> None:
    ends = Ends()
    ends.blocked = True
    _mine, theirs = ends.open()
    await asyncio.sleep(0)
    sending = asyncio.create_task(theirs.send(b"x"))
    receiving = asyncio.create_task(theirs.receive())
    await asyncio.sleep(0)
    ends.agent.close(GONE)
    for task in (sending, receiving):
        with pytest.raises(PipeBroken):
            await task
    with pytest.raises(PipeBroken):
        await ends.agent.add(9, 0).send(b"x")
    theirs.end()
