"""The server's side of the agent link, spoken to by a scripted agent."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from noctule.errors import Conflict
from noctule.runtimes.link import ACK_SECONDS
from noctule.store import kernels, runtimes
from noctule_agent.wire import link
from noctule_agent.wire.files import Entry
from noctule_agent.wire.pipes import Result
from noctule_agent.wire.values import BatchId, Cause, KernelId, Millis, Problem, RuntimeId
from tests.support.runtime_world import ENCODE, NB, World, item, now, ready, said
from tests.support.virtual_time import virtual_time


@virtual_time
async def test_an_agent_is_resumed_its_kernel_started_and_its_records_applied_in_order(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    agent, kernel = await world.connected()
    await agent.told(kernel, 3, said("a"), said("b"))
    assert world.rooms.records[NB] == [*ready(), said("a"), said("b")]
    assert world.rooms.states() == ["queued", "starting", "connected"]
    row = await world.store.read(lambda tx: runtimes.get(tx, agent.spec.runtime_id))
    assert row is not None
    assert row.journal_id == agent.journal_id
    await world.close()


@virtual_time
async def test_committed_is_acknowledged_soon_and_synced_within_a_second(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    agent, kernel = await world.connected()
    await asyncio.sleep(2)
    began = asyncio.get_running_loop().time()
    await agent.tell(kernel, 3, said("a"))
    committed = await agent.until(lambda frame: isinstance(frame, link.Ack) and frame.committed == 3)
    assert asyncio.get_running_loop().time() - began <= ACK_SECONDS
    assert isinstance(committed, link.Ack)
    if committed.synced < 3:
        await agent.until(lambda frame: isinstance(frame, link.Ack) and frame.synced == 3)
    assert asyncio.get_running_loop().time() - began <= 1.0
    await world.close()


@virtual_time
async def test_records_that_come_one_by_one_are_acknowledged_together(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    agent, kernel = await world.connected()
    await asyncio.sleep(2)
    acks: list[int] = []

    def heard(frame: object) -> bool:
        if isinstance(frame, link.Ack):
            acks.append(frame.committed)
            return frame.synced == 12
        return False

    for seq in range(3, 13):
        await agent.tell(kernel, seq, said(str(seq)))
        await asyncio.sleep(ACK_SECONDS / 20)
    await agent.until(heard)
    # As committed, once, and as synced: the first, for nothing was written for a while, and the others a second later.
    assert [ack for ack in acks if ack >= 3] == [3, 12, 12]
    await world.close()


@virtual_time
async def test_what_arrives_during_a_commit_forms_the_next_batch(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    agent, kernel = await world.connected()
    before = len(world.rooms.batches)
    world.rooms.held.clear()
    for seq in range(3, 13):
        await agent.tell(kernel, seq, said(str(seq)))
        await asyncio.sleep(0)
    await asyncio.sleep(0.01)
    world.rooms.held.set()
    await agent.until(lambda frame: isinstance(frame, link.Ack) and frame.committed == 12)
    assert [len(batch.records) for batch in world.rooms.batches[before:]] == [1, 9]
    await world.close()


@virtual_time
async def test_records_that_were_applied_are_skipped_when_they_come_again(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    agent, kernel = await world.connected()
    await agent.told(kernel, 3, said("a"), said("b"))
    await agent.tell(kernel, 1, *ready(), said("a"))
    await agent.told(kernel, 4, said("b"), said("c"))
    assert world.rooms.records[NB][2:] == [said("a"), said("b"), said("c")]
    await world.close()


@virtual_time
async def test_a_missing_record_closes_the_link_and_nothing_of_it_is_applied(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    agent, kernel = await world.connected()
    await agent.tell(kernel, 4, said("b"))
    closed = await agent.closed()
    assert closed.code == link.CLOSE_PROTOCOL
    assert "3" in closed.reason
    assert world.rooms.records[NB] == ready()
    await world.close()


@pytest.mark.parametrize(
    "frame",
    [
        b"\xc1 not msgpack",
        msgspec.msgpack.encode({"t": "no-such-frame"}),
        ENCODE(link.Events(KernelId("stranger"), 1, [ENCODE(said("x"))])),
        ENCODE(link.Reply(link.CommandId("c")))[:-3],
        b"\x82\xa1t\xa5reply\xa2id\xa1\xff",
        ENCODE(Result(link.CommandId("c"), Entry("a", "a", "file", 0, Millis(0), "1\r\nset-cookie: a=b"))),
        ENCODE(Result(link.CommandId("c"), Entry("a", "a", "file", 0, Millis(0), "1\n"))),
    ],
)
@virtual_time
async def test_a_frame_that_breaks_the_protocol_closes_that_link_alone(frame: bytes, tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    agent, kernel = await world.connected()
    await agent.channel.send(frame)
    assert (await agent.closed()).code == link.CLOSE_PROTOCOL
    again = world.dial(agent.spec)
    again.sent = agent.sent
    resumed = await again.greet()
    assert isinstance(resumed, link.Resume)
    assert resumed.cursors == {kernel: 2}
    await world.close()


@virtual_time
async def test_a_record_that_cannot_be_read_is_neither_applied_nor_acknowledged(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    agent, kernel = await world.connected()
    await agent.say(link.Events(kernel, 3, [ENCODE(said("a")), b"\xc1"]))
    assert (await agent.closed()).code == link.CLOSE_PROTOCOL
    row = await world.store.read(lambda tx: kernels.get(tx, kernel))
    assert row is not None
    assert row.cursor in (2, 3)
    assert len(world.rooms.records[NB]) == row.cursor
    await world.close()


@virtual_time
async def test_a_connection_that_says_nothing_is_closed_in_time(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    await world.runtimes.ensure(NB, "python3")
    agent = await world.launched()
    closed = await agent.closed()
    assert closed.code == link.CLOSE_PROTOCOL
    assert "hello" in closed.reason
    await world.close()


@pytest.mark.parametrize(
    ("changes", "code", "close_code"),
    [
        ({"version": (2, 0)}, "version", link.CLOSE_VERSION),
        ({"token": "guessed"}, "unknown", link.CLOSE_FENCED),
        ({"runtime_id": RuntimeId("nobody")}, "unknown", link.CLOSE_FENCED),
        ({"generation": 0}, "fenced", link.CLOSE_FENCED),
        ({"generation": 7}, "unknown", link.CLOSE_FENCED),
    ],
)
@virtual_time
async def test_an_agent_that_is_not_the_right_one_is_refused_with_the_reason(
    changes: dict[str, object], code: str, close_code: int, tmp_path: Path
) -> None:
    world = await World.open(tmp_path)
    agent, _ = await world.connected()
    stranger = world.dial(agent.spec)
    answer = await stranger.greet(**changes)
    assert isinstance(answer, link.Refused)
    assert answer.code == code
    assert (await stranger.closed()).code == close_code
    assert agent.channel.closed is None
    await world.close()


@virtual_time
async def test_a_newer_minor_version_is_welcome(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    await world.runtimes.ensure(NB, "python3")
    agent = await world.launched()
    assert isinstance(await agent.greet(version=(1, 99)), link.Resume)
    await world.close()


@virtual_time
async def test_a_second_connection_takes_the_place_of_the_first_and_no_record_is_applied_twice(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    agent, kernel = await world.connected()
    world.rooms.held.clear()
    await agent.tell(kernel, 3, said("a"))
    await asyncio.sleep(0.01)
    second = world.dial(agent.spec)
    second.sent = {kernel: 3}
    greeting = asyncio.ensure_future(second.greet())
    await asyncio.sleep(1)
    # What the first brought is being committed: the second is told the cursor only after it.
    assert not greeting.done()
    world.rooms.held.set()
    resumed = await greeting
    assert isinstance(resumed, link.Resume)
    assert resumed.cursors == {kernel: 3}
    assert (await agent.closed()).code == link.CLOSE_SUPERSEDED
    await second.told(kernel, 4, said("b"))
    assert world.rooms.records[NB][2:] == [said("a"), said("b")]
    assert world.rooms.states() == ["queued", "starting", "connected"]
    await world.close()


@virtual_time
async def test_a_full_disk_loses_nothing_and_keeps_the_link(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    agent, kernel = await world.connected()
    world.rooms.full = True
    await agent.tell(kernel, 3, said("a"))
    await asyncio.sleep(60)
    assert not any(isinstance(frame, link.Ack) and frame.committed > 2 for frame in agent.inbox)
    assert agent.channel.closed is None
    world.rooms.full = False
    await agent.told(kernel, 4, said("b"))
    assert world.rooms.records[NB][2:] == [said("a"), said("b")]
    await world.close()


@virtual_time
async def test_what_was_queued_while_the_agent_was_away_is_delivered_on_resume_and_later_ones_at_once(
    tmp_path: Path,
) -> None:
    world = await World.open(tmp_path)
    world.rooms.waiting = [(BatchId("b1"), [item("e1"), item("e2")])]
    agent, kernel = await world.connected()
    first = next((frame for frame in agent.inbox if isinstance(frame, link.Enqueue)), None)
    if first is None:
        await agent.until(lambda frame: isinstance(frame, link.Enqueue))
    world.runtimes.deliver(NB, BatchId("b2"), [item("e3")])
    await agent.until(lambda frame: isinstance(frame, link.Enqueue) and frame.batch_id == "b2")
    sent = [frame for frame in agent.inbox if isinstance(frame, link.Enqueue)]
    assert [(one.batch_id, [item.execution_id for item in one.items]) for one in sent] == [
        ("b1", ["e1", "e2"]),
        ("b2", ["e3"]),
    ]
    assert {one.kernel_id for one in sent} == {kernel}
    kinds = [type(frame).__name__ for frame in agent.inbox if isinstance(frame, link.StartKernel | link.Enqueue)]
    assert kinds == ["StartKernel", "Enqueue", "Enqueue"]
    await world.close()


@virtual_time
async def test_a_large_batch_goes_in_several_frames_in_order(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    agent, _ = await world.connected()
    source = "x" * 400_000
    world.runtimes.deliver(NB, BatchId("b"), [item(f"e{n}", source) for n in range(5)])
    await agent.until(lambda frame: isinstance(frame, link.Enqueue) and frame.items[-1].execution_id == "e4")
    parts = [[one.execution_id for one in frame.items] for frame in agent.inbox if isinstance(frame, link.Enqueue)]
    assert parts == [["e0", "e1"], ["e2", "e3"], ["e4"]]
    await world.close()


@virtual_time
async def test_executions_that_an_agent_refuses_are_offered_again(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    agent, _ = await world.connected()
    world.rooms.waiting = [(BatchId("b"), [item("e")])]
    world.runtimes.deliver(NB, BatchId("b"), [item("e")])
    refused = await agent.until(lambda frame: isinstance(frame, link.Enqueue))
    assert isinstance(refused, link.Enqueue)
    await agent.say(link.Reply(refused.id, Problem("queue-full", "Full.")))
    again = await agent.until(lambda frame: isinstance(frame, link.Enqueue))
    assert isinstance(again, link.Enqueue)
    assert again.items == refused.items
    await world.close()


@virtual_time
async def test_a_command_returns_what_the_agent_answers(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    agent, kernel = await world.connected()
    asked = asyncio.ensure_future(world.runtimes.command(NB, lambda id_, kernel_id: link.Interrupt(id_, kernel_id)))
    frame = await agent.until(lambda frame: isinstance(frame, link.Interrupt))
    assert isinstance(frame, link.Interrupt)
    assert frame.kernel_id == kernel
    await agent.say(link.Reply(frame.id))
    await asked

    asked = asyncio.ensure_future(world.runtimes.command(NB, lambda id_, kernel_id: link.Interrupt(id_, kernel_id)))
    frame = await agent.until(lambda frame: isinstance(frame, link.Interrupt))
    assert isinstance(frame, link.Interrupt)
    await agent.say(link.Reply(frame.id, Problem("not-running", "Nothing runs.")))
    with pytest.raises(Conflict) as refused:
        await asked
    assert refused.value.code == "not-running"
    await world.close()


@virtual_time
async def test_a_command_does_not_overtake_the_executions_that_it_is_about(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    world.rooms.waiting = [(BatchId("b"), [item("e")])]
    world.rooms.offering.clear()
    agent, _ = await world.connected()
    asked = asyncio.ensure_future(world.runtimes.command(NB, lambda id_, kernel_id: link.Cancel(id_, kernel_id)))
    await asyncio.sleep(1)
    world.rooms.offering.set()
    cancel = await agent.until(lambda frame: isinstance(frame, link.Cancel))
    told = [type(frame) for frame in agent.inbox if isinstance(frame, link.Enqueue | link.Cancel)]
    assert told == [link.Enqueue, link.Cancel]
    assert isinstance(cancel, link.Cancel)
    await agent.say(link.Reply(cancel.id))
    await asked
    await world.close()


@virtual_time
async def test_a_command_that_waits_for_executions_fails_when_the_link_is_lost(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    world.rooms.offering.clear()
    agent, _ = await world.connected()
    asked = asyncio.ensure_future(world.runtimes.command(NB, lambda id_, kernel_id: link.Cancel(id_, kernel_id)))
    await asyncio.sleep(1)
    began = asyncio.get_running_loop().time()
    agent.channel.cut()
    with pytest.raises(Conflict, match="runtime-unreachable"):
        await asked
    assert asyncio.get_running_loop().time() - began < 1
    await world.close()


@virtual_time
async def test_a_command_without_an_answer_fails_when_the_link_is_lost_or_time_is_up(tmp_path: Path) -> None:
    world = await World.open(tmp_path)

    async def interrupt() -> str:
        with pytest.raises(Conflict) as refused:
            await world.runtimes.command(NB, lambda id_, kernel_id: link.Interrupt(id_, kernel_id))
        return refused.value.code

    assert await interrupt() == "no-runtime"
    agent, _ = await world.connected()
    assert await interrupt() == "runtime-unreachable"
    asked = asyncio.ensure_future(interrupt())
    await agent.until(lambda frame: isinstance(frame, link.Interrupt))
    agent.channel.cut()
    assert await asked == "runtime-unreachable"
    assert await interrupt() == "runtime-unreachable"
    await world.close()


@virtual_time
async def test_the_lease_is_renewed_while_connected_and_kept_in_the_row(tmp_path: Path) -> None:
    world = await World.open(tmp_path, lease_seconds=3600.0)
    agent, _ = await world.connected()
    await asyncio.sleep(61)
    lease = await agent.until(lambda frame: isinstance(frame, link.Lease))
    assert isinstance(lease, link.Lease)
    row = await world.store.read(lambda tx: runtimes.get(tx, agent.spec.runtime_id))
    assert row is not None
    assert row.lease_until == lease.lease_until
    assert Millis(now() + 3_590_000) < lease.lease_until <= now() + 3_600_000
    await world.close()


@virtual_time
async def test_figures_are_shown_at_most_every_five_seconds_and_the_newest_always(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    agent, _ = await world.connected()
    before = len(world.rooms.views)
    for n in range(18):
        # The clock of an agent may go back; what it says last counts.
        await agent.say(link.Metrics(Millis(now() - 1_000 * n), 1.0, n))
        await asyncio.sleep(1)
    await asyncio.sleep(10)
    shown = [view.rss_bytes for _, view in world.rooms.views[before:]]
    assert shown[0] == 0
    assert shown[-1] == 17
    assert 4 <= len(shown) <= 6
    await world.close()


@virtual_time
async def test_a_lost_journal_settles_and_ends_the_runtime_with_that_cause(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    agent, kernel = await world.connected()
    agent.channel.cut()
    again = world.dial(agent.spec)
    again.sent = agent.sent
    await again.say(again.hello(journal_id="another"))
    assert (await again.closed()).code == link.CLOSE_FENCED
    view = await world.until_view("ended")
    assert view.cause is not None
    assert view.cause.code == "journal-lost"
    assert [(nb, id_, cause.code) for nb, id_, cause in world.rooms.settled] == [(NB, kernel, "journal-lost")]
    await world.close()


@virtual_time
async def test_a_journal_that_lacks_records_the_server_never_got_is_a_lost_one(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    agent, kernel = await world.connected()
    agent.channel.cut()
    again = world.dial(agent.spec)
    await again.say(again.hello(kernels=[link.KernelHead(kernel, 1, 9, 12, True)]))
    await again.closed()
    view = await world.until_view("ended")
    assert view.cause is not None
    assert view.cause.code == "journal-lost"
    await world.close()


@virtual_time
async def test_a_farewell_ends_the_runtime_with_the_agents_own_cause(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    agent, kernel = await world.connected()
    ended = Cause("lease-ended", "Its time was over.")
    await agent.say(link.Bye(ended))
    assert (await agent.closed()).code == 1000
    world.exit(agent.spec)
    view = await world.until_view("ended")
    assert view.cause == ended
    assert world.rooms.settled == [(NB, kernel, ended)]
    row = await world.store.read(lambda tx: kernels.get(tx, kernel))
    assert row is not None
    assert row.retired
    await asyncio.sleep(10)
    assert world.launcher.forgotten == [agent.spec.runtime_id]
    await world.close()


@virtual_time
async def test_a_farewell_waits_for_what_was_said_before_it(tmp_path: Path) -> None:
    world = await World.open(tmp_path)
    agent, kernel = await world.connected()
    world.rooms.held.clear()
    await agent.tell(kernel, 3, said("last words"))
    await agent.say(link.Bye(Cause("done", "Done.")))
    await asyncio.sleep(1)
    assert world.runtimes.view(NB).state == "connected"  # type: ignore[union-attr]
    world.rooms.held.set()
    await world.until_view("ended")
    assert world.rooms.records[NB][2:] == [said("last words")]
    await world.close()
