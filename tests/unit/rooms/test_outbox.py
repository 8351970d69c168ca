"""What a page is sent keeps its order; what people wait for is not held back; a flood is conflated to a pace."""

import asyncio

import msgspec
import pytest

from noctule.rooms.outbox import Outbox, OutboxFull, size_of
from noctule_agent.wire import page as wire
from noctule_agent.wire.limits import PAGE_MESSAGES_BURST, PAGE_OUTBOX_BYTES
from noctule_agent.wire.state import ExecutionPut, ExecutionView, Op, TextAppend, WidgetPatch, WidgetSaid
from noctule_agent.wire.values import BatchId, CellId, CommandId, ExecutionId, Millis, OutputId

_decoder = msgspec.msgpack.Decoder(wire.ToPage)


class HandClock:
    """Time that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def text(value: str, tail: str = "") -> Op:
    return TextAppend(CellId("c"), ExecutionId("e"), OutputId("o"), text=value, tail=tail)


def ended() -> Op:
    return ExecutionPut(
        ExecutionView(id=ExecutionId("e"), cell_id=CellId("c"), batch_id=BatchId("b"), state="ok", queued_at=Millis(0))
    )


def put_ops(outbox: Outbox, from_rev: int, rev: int, ops: list[Op]) -> None:
    outbox.put_ops(from_rev, rev, ops, size_of(ops))


async def taken(outbox: Outbox) -> list[wire.ToPage]:
    async with asyncio.timeout(1):
        return [_decoder.decode(frame) for frame in await outbox.next()]


async def test_the_first_operations_leave_at_once() -> None:
    outbox = Outbox(HandClock())
    put_ops(outbox, 0, 1, [text("a")])
    [frame] = await taken(outbox)
    assert frame == wire.Ops(from_rev=0, rev=1, ops=[text("a")])


async def test_a_flood_waits_for_its_turn_and_arrives_as_one_frame() -> None:
    clock = HandClock()
    outbox = Outbox(clock)
    rev = 0
    for _ in range(PAGE_MESSAGES_BURST):
        put_ops(outbox, rev, rev + 1, [text("x")])
        rev += 1
        await taken(outbox)
    for _ in range(100):
        put_ops(outbox, rev, rev + 1, [text("y", tail=str(rev))])
        rev += 1
    waiting = asyncio.create_task(outbox.next())
    await asyncio.sleep(0)
    assert not waiting.done()
    clock.now += 1.0
    [frame] = [_decoder.decode(one) for one in await waiting]
    assert isinstance(frame, wire.Ops)
    assert (frame.from_rev, frame.rev) == (PAGE_MESSAGES_BURST, rev)
    assert frame.ops == [text("y" * 100, tail=str(rev - 1))]


async def test_the_end_of_an_execution_takes_everything_before_it_along_at_once() -> None:
    outbox = Outbox(HandClock())
    for rev in range(PAGE_MESSAGES_BURST):
        put_ops(outbox, rev, rev + 1, [text("x")])
        await taken(outbox)
    put_ops(outbox, PAGE_MESSAGES_BURST, PAGE_MESSAGES_BURST + 1, [text("last")])
    put_ops(outbox, PAGE_MESSAGES_BURST + 1, PAGE_MESSAGES_BURST + 2, [ended()])
    [frame] = await taken(outbox)
    assert isinstance(frame, wire.Ops)
    assert frame.ops == [text("last"), ended()]


async def test_a_frame_that_must_not_overtake_comes_after_the_operations() -> None:
    outbox = Outbox(HandClock())
    for rev in range(PAGE_MESSAGES_BURST):
        put_ops(outbox, rev, rev + 1, [text("x")])
        await taken(outbox)
    put_ops(outbox, PAGE_MESSAGES_BURST, PAGE_MESSAGES_BURST + 1, [text("before")])
    outbox.put_after_ops(wire.Outputs(rev=PAGE_MESSAGES_BURST + 1, cells=[]))
    first, second = await taken(outbox)
    assert isinstance(first, wire.Ops)
    assert isinstance(second, wire.Outputs)


async def test_a_page_that_takes_nothing_is_given_up_at_the_limit() -> None:
    outbox = Outbox(HandClock())
    half = bytes(PAGE_OUTBOX_BYTES // 2 + 1)
    outbox.put(wire.PeerUpdate(update=half))
    outbox.put(wire.PeerUpdate(update=half))
    with pytest.raises(OutboxFull):
        await outbox.next()


LARGE = bytes(PAGE_OUTBOX_BYTES // 3)


@pytest.mark.parametrize(
    "large",
    [
        WidgetSaid("w", 1, None, [LARGE]),
        WidgetPatch("w", 1, {"outputs": [{"text": LARGE.decode()}]}, by="m"),
        text(LARGE.decode()),
    ],
)
async def test_a_page_that_takes_no_operations_is_given_up_at_the_same_limit(large: Op) -> None:
    outbox = Outbox(HandClock())
    for rev in range(5):
        # Each of another page: patches of different ones are not joined.
        op = msgspec.structs.replace(large, by=f"m{rev}") if isinstance(large, WidgetPatch) else large
        put_ops(outbox, rev, rev + 1, [op])
    with pytest.raises(OutboxFull):
        await outbox.next()


async def test_large_operations_leave_at_once_and_a_page_that_takes_them_is_not_slow() -> None:
    outbox = Outbox(HandClock())
    for rev in range(PAGE_MESSAGES_BURST + 3):
        put_ops(outbox, rev, rev + 1, [WidgetSaid("w", 1, rev, [LARGE]) for _ in range(4)])
        [frame] = await taken(outbox)
        assert isinstance(frame, wire.Ops)
        assert len(frame.ops) == 4


async def test_what_is_overwritten_while_a_page_is_busy_takes_no_room() -> None:
    outbox = Outbox(HandClock())
    for rev in range(20):
        put_ops(outbox, rev, rev + 1, [WidgetPatch("w", 1, {"outputs": [LARGE.decode()]})])
    [frame] = await taken(outbox)
    assert isinstance(frame, wire.Ops)
    assert len(frame.ops) == 1


async def test_one_large_frame_is_sent_and_not_taken_for_slowness() -> None:
    outbox = Outbox(HandClock())
    outbox.put(wire.PeerUpdate(update=bytes(PAGE_OUTBOX_BYTES + 1)))
    outbox_frames = await taken(outbox)
    assert len(outbox_frames) == 1
    outbox.put(wire.Done(id=CommandId("x")))
    assert await taken(outbox) == [wire.Done(id=CommandId("x"))]
