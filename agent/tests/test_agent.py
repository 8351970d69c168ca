"""The agent's core among fakes, in virtual time: what is said arrives once and in order, and every end has a cause."""

import asyncio
import random
from typing import Any

import pytest

from agent.tests.harness import (
    FOREVER,
    KERNEL,
    Fakes,
    MemoryServer,
    VirtualClock,
    memory_journal,
    virtually,
)
from noctule_agent.journal import Accepted
from noctule_agent.kernels.fake import Comm
from noctule_agent.wire import link
from noctule_agent.wire.limits import LINK_FRAME_BYTES, LINK_WINDOW_BYTES
from noctule_agent.wire.values import BatchId, Cause, CellId, CommandId, ExecutionId, Millis, PromptId

STOP = Cause("stopped", "Stopped by a test.")


def order(server: MemoryServer, *kinds: type) -> list[str]:
    return [type(record).__name__ for record in server.records[KERNEL] if isinstance(record, kinds)]


def test_a_batch_runs_in_order_and_everything_said_comes_before_the_end():
    async def main() -> None:
        async with Fakes() as fakes:
            await fakes.server.start()
            await fakes.server.run("print one", "print two\nresult 2")
            assert (await fakes.server.end_of("b1-1")).state == "ok"
            assert fakes.server.text("b1-0") == "one\n"
            assert fakes.server.text("b1-1") == "two\n"
            kinds = (link.BatchAccepted, link.ExecutionStarted, link.ExecutionEnded, link.KernelReady)
            assert order(fakes.server, *kinds) == [
                "BatchAccepted",
                "KernelReady",
                "ExecutionStarted",
                "ExecutionEnded",
                "ExecutionStarted",
                "ExecutionEnded",
            ]
            records = fakes.server.records[KERNEL]
            said = max(
                n for n, r in enumerate(records) if isinstance(r, link.Said) and r.messages[0].parent_id == "b1-0"
            )
            assert said < records.index(fakes.server.ended("b1-0"))

    virtually(main)


def test_a_run_goes_on_without_the_server_and_is_told_when_it_is_back():
    async def main() -> None:
        async with Fakes() as fakes:
            await fakes.server.start()
            await fakes.server.run("sleep 5\nprint during\nsleep 5", "print after")
            await fakes.server.until(lambda: fakes.server.all(link.ExecutionStarted))
            fakes.server.up = False
            await fakes.server.cut()
            await asyncio.sleep(60)
            assert fakes.server.states() == {}
            fakes.server.up = True
            back = asyncio.get_running_loop().time()
            await fakes.server.end_of("b1-1")
            assert asyncio.get_running_loop().time() - back < 2
            assert fakes.server.text("b1-0") == "during\n"
            assert fakes.server.text("b1-1") == "after\n"

    virtually(main)


@pytest.mark.parametrize("seed", range(20))
def test_cuts_at_any_moment_neither_lose_nor_repeat_a_record(seed: int):
    """The server asserts on every frame that it continues exactly where its records end."""

    async def main() -> None:
        chance = random.Random(seed)
        async with Fakes() as fakes:
            server = fakes.server
            server.sync = chance.random() < 0.5
            await server.start()
            await server.run(*["\n".join(f"print {n}\nsleep 0.01" for n in range(40))] * 3)
            while server.ended("b1-2") is None:
                await asyncio.sleep(chance.random() * 0.3)
                server.acks = chance.random() < 0.8
                server.up = chance.random() < 0.7
                if server._channel is not None and chance.random() < 0.7:
                    await server.cut()
                server.check()
                if not server.up:
                    await asyncio.sleep(chance.random())
                    server.up = True
            for n in range(3):
                assert server.text(f"b1-{n}") == "".join(f"{i}\n" for i in range(40))

    virtually(main)


def test_enqueue_is_idempotent_by_execution_id():
    async def main() -> None:
        async with Fakes() as fakes:
            await fakes.server.start()
            await fakes.server.run("print once")
            await fakes.server.run("print once")
            await fakes.server.end_of("b1-0")
            await fakes.server.run("print once")
            await fakes.server.run("print x", batch="b2")
            await fakes.server.end_of("b2-0")
            assert [r.source for r in fakes.kernels.started[0].executed] == ["print once", "print x"]

    virtually(main)


def test_an_error_aborts_the_rest_of_its_batch_and_no_other():
    async def main() -> None:
        async with Fakes() as fakes:
            await fakes.server.start()
            await fakes.server.run("error", "print no")
            await fakes.server.run("print yes", batch="b2")
            await fakes.server.end_of("b2-0")
            assert fakes.server.states() == {"b1-0": "error", "b1-1": "aborted", "b2-0": "ok"}
            await fakes.server.run("error", "print yes", batch="b3", tag=True)
            assert (await fakes.server.end_of("b3-1")).state == "ok"

    virtually(main)


def test_a_kernel_that_dies_is_explained_and_replaced_by_a_new_epoch():
    async def main() -> None:
        async with Fakes() as fakes:
            await fakes.server.start()
            await fakes.server.run("print last words\ndie", "print never")
            end = await fakes.server.end_of("b1-0")
            assert (end.state, end.cause.code) == ("lost", "kernel-died")
            assert fakes.server.text("b1-0") == "last words\n"
            assert (await fakes.server.end_of("b1-1")).state == "aborted"
            await fakes.server.run("print alive", batch="b2")
            assert (await fakes.server.end_of("b2-0")).state == "ok"
            assert [start.epoch for start in fakes.server.all(link.KernelStarting)] == [1, 2]

    virtually(main)


def test_a_kernel_that_keeps_dying_stays_dead_until_it_is_restarted():
    async def main() -> None:
        async with Fakes() as fakes:
            await fakes.server.start()
            for n in range(5):
                await fakes.server.run("die", batch=f"d{n}")
                await fakes.server.end_of(f"d{n}-0")
            await fakes.server.until(lambda: fakes.server.all(link.KernelDied)[-1].cause.code == "kernel-keeps-dying")
            await fakes.server.run("print no", batch="b2")
            assert (await fakes.server.end_of("b2-0")).cause.code == "kernel-keeps-dying"
            await fakes.server.asked(lambda id_: link.RestartKernel(id_, KERNEL))
            await fakes.server.run("print yes", batch="b3")
            assert (await fakes.server.end_of("b3-0")).state == "ok"

    virtually(main)


def test_an_interrupt_stops_the_cell_and_aborts_the_queue():
    async def main() -> None:
        async with Fakes() as fakes:
            await fakes.server.start()
            await fakes.server.run("sleep 1000", "print no")
            await fakes.server.until(lambda: fakes.server.messages("b1-0"))
            reply = await fakes.server.asked(lambda id_: link.Interrupt(id_, KERNEL))
            assert reply.problem is None
            await fakes.server.end_of("b1-0")
            assert fakes.server.states() == {"b1-0": "error", "b1-1": "aborted"}
            assert fakes.server.ended("b1-0").cause.code == "interrupted"

    virtually(main)


def test_a_cell_that_ignores_interrupts_is_reported_and_not_killed():
    async def main() -> None:
        async with Fakes() as fakes:
            await fakes.server.start()
            await fakes.server.run("hang 30\nprint done")
            await fakes.server.until(lambda: fakes.server.messages("b1-0"))
            reply = await fakes.server.asked(lambda id_: link.Interrupt(id_, KERNEL))
            assert reply.problem.code == "interrupt-ignored"
            assert (await fakes.server.end_of("b1-0", 100)).state == "ok"

    virtually(main)


def test_a_restart_loses_what_runs_and_aborts_what_waits():
    async def main() -> None:
        async with Fakes() as fakes:
            await fakes.server.start()
            await fakes.server.run("sleep 1000", "print no")
            await fakes.server.until(lambda: fakes.server.all(link.ExecutionStarted))
            await fakes.server.asked(lambda id_: link.RestartKernel(id_, KERNEL))
            await fakes.server.until(lambda: len(fakes.server.all(link.KernelReady)) == 2)
            assert fakes.server.states() == {"b1-0": "lost", "b1-1": "aborted"}
            assert {end.cause.code for end in fakes.server.all(link.ExecutionEnded)} == {"restarted"}

    virtually(main)


def test_cancel_takes_named_cells_out_of_the_queue():
    async def main() -> None:
        async with Fakes() as fakes:
            await fakes.server.start()
            await fakes.server.run("sleep 3", "print a", "print b")
            gone = [ExecutionId("b1-1")]
            await fakes.server.asked(lambda id_: link.Cancel(id_, KERNEL, gone))
            await fakes.server.end_of("b1-2")
            assert fakes.server.states() == {"b1-0": "ok", "b1-1": "aborted", "b1-2": "ok"}

    virtually(main)


def test_a_question_is_answered_after_the_server_was_away():
    async def main() -> None:
        async with Fakes() as fakes:
            server = fakes.server
            await server.start()
            await server.run("print before\ninput name?")
            opened = (await server.until(lambda: server.all(link.PromptOpened)))[0]
            assert (opened.text, opened.password, opened.execution_id) == ("name?", False, "b1-0")
            await server.cut()
            await server.linked()
            await server.asked(lambda id_: link.Answer(id_, KERNEL, opened.prompt_id, "Ada"))
            assert (await server.end_of("b1-0")).state == "ok"
            assert server.text("b1-0") == "before\nname?Ada\nAda\n"
            assert server.all(link.PromptClosed) == [
                link.PromptClosed(opened.prompt_id, server.all(link.PromptClosed)[0].at, answered=True)
            ]
            late = await server.asked(lambda id_: link.Answer(id_, KERNEL, opened.prompt_id, "Bob"))
            assert late.problem.code == "prompt-closed"

    virtually(main)


def test_a_password_is_in_no_output_and_its_question_is():
    async def main() -> None:
        async with Fakes() as fakes:
            server = fakes.server
            await server.start()
            await server.run("secret password?")
            opened = (await server.until(lambda: server.all(link.PromptOpened)))[0]
            await server.asked(lambda id_: link.Answer(id_, KERNEL, opened.prompt_id, "hunter22"))
            await server.end_of("b1-0")
            assert server.text("b1-0") == "password?········\n8\n"

    virtually(main)


def test_the_record_of_an_answer_says_what_it_was():
    """Both or neither: an answer that is known was shown, and one that is shown was given."""

    async def main() -> None:
        async with Fakes() as fakes:
            server = fakes.server
            await server.start()
            await server.run("input name?\nsleep 60")
            opened = (await server.until(lambda: server.all(link.PromptOpened)))[0]
            appended: list[list[str]] = []
            append = fakes.journal.append

            def noted(kernel_id: Any, records: Any, *rest: Any) -> None:
                appended.append([type(record).__name__ for record in records])
                append(kernel_id, records, *rest)

            fakes.journal.append = noted  # type: ignore[method-assign]
            await server.asked(lambda id_: link.Answer(id_, KERNEL, opened.prompt_id, "Ada"))
            assert appended[0] == ["Said", "PromptClosed"]

    virtually(main)


def test_an_interrupt_closes_an_open_question():
    async def main() -> None:
        async with Fakes() as fakes:
            await fakes.server.start()
            await fakes.server.run("secret password?")
            await fakes.server.until(lambda: fakes.server.all(link.PromptOpened))
            assert (await fakes.server.asked(lambda id_: link.Interrupt(id_, KERNEL))).problem is None
            await fakes.server.end_of("b1-0")
            assert [closed.answered for closed in fakes.server.all(link.PromptClosed)] == [False]
            assert fakes.server.ended("b1-0").state == "error"

    virtually(main)


def test_a_kernel_that_never_says_idle_does_not_hold_the_queue_for_ever():
    async def main() -> None:
        async with Fakes() as fakes:
            await fakes.server.start()
            await fakes.server.run("print x\nmute", "print y")
            assert (await fakes.server.end_of("b1-1")).state == "ok"
            assert [gap.cause.code for gap in fakes.server.all(link.Gap)] == ["idle-missing"]
            assert fakes.server.text("b1-0") == "x\n"

    virtually(main)


def test_a_missing_kernelspec_is_told_and_aborts_the_queue():
    async def main() -> None:
        async with Fakes() as fakes:
            fakes.kernels._unstartable = frozenset({"python3"})
            await fakes.server.start()
            await fakes.server.run("print no")
            end = await fakes.server.end_of("b1-0")
            assert (end.state, end.cause.code) == ("aborted", "kernelspec-missing")

    virtually(main)


def test_stop_ends_kernels_delivers_all_and_says_bye():
    async def main() -> None:
        async with Fakes() as fakes:
            await fakes.server.start()
            await fakes.server.run("print x\nsleep 1000", "print no")
            await fakes.server.until(lambda: fakes.server.text("b1-0"))
            await fakes.server.command(lambda id_: link.StopAgent(id_, STOP))
            assert await fakes.ended() == STOP
            assert fakes.agent.delivered
            await fakes.server.until(lambda: fakes.server.bye == STOP)
            assert fakes.server.states() == {"b1-0": "lost", "b1-1": "aborted"}
            assert isinstance(fakes.server.records[KERNEL][-1], link.AgentEnding)
            assert fakes.kernels.closed

    virtually(main)


def test_when_the_lease_ends_the_kernels_stop_and_the_journal_keeps_the_cause():
    async def main() -> None:
        async with Fakes() as fakes:
            fakes.server.lease_until = Millis(VirtualClock().now() + 30_000)
            await fakes.server.start()
            await fakes.server.run("sleep 1000")
            await fakes.server.until(lambda: fakes.server.all(link.ExecutionStarted))
            fakes.server.up = False
            await fakes.server.cut()
            assert (await fakes.ended()).code == "lease-ended"
            assert not fakes.agent.delivered
            journal, server = fakes.journal, fakes.server
        server.up = True
        async with Fakes(journal, server, drain=True, generation=2) as drain:
            assert (await drain.ended()).code == "drained"
            assert server.ended("b1-0").cause.code == "lease-ended"
            assert server.all(link.AgentEnding)[-1].cause.code == "lease-ended"
            assert not drain.kernels.started

    virtually(main)


def test_a_renewed_lease_lets_it_go_on():
    async def main() -> None:
        async with Fakes(lease_until=Millis(1_010_000)) as fakes:
            fakes.server.lease_until = Millis(1_020_000)
            await fakes.server.start()
            await asyncio.sleep(15)
            await fakes.server.send(link.Lease(FOREVER))
            await asyncio.sleep(100)
            assert not fakes.task.done()

    virtually(main)


@pytest.mark.parametrize("code", ["fenced", "unknown"])
def test_a_fenced_agent_kills_all_and_ends(code: str):
    async def main() -> None:
        async with Fakes(warm=True, kernel_id=KERNEL) as fakes:
            fakes.server.refusal = link.Refused(code, "no")
            assert (await fakes.ended()).code == code
            assert not fakes.kernels.started[0].alive

    virtually(main)


def test_drain_settles_what_a_killed_agent_left():
    async def main() -> None:
        async with Fakes() as fakes:
            await fakes.server.start()
            await fakes.server.run("print x\ninput ?", "print no")
            await fakes.server.until(lambda: fakes.server.all(link.PromptOpened))
            journal, server = fakes.journal, fakes.server
            fakes.kernels.crash()
        async with Fakes(journal, server, drain=True, generation=2) as drain:
            assert (await drain.ended()).code == "drained"
            assert server.states() == {"b1-0": "lost", "b1-1": "aborted"}
            assert server.ended("b1-0").cause.code == "agent-lost"
            assert [closed.answered for closed in server.all(link.PromptClosed)] == [False]
            assert server.all(link.KernelDied)[-1].cause.code == "agent-lost"
            assert server.hellos[-1].draining
            assert server.bye.code == "drained"

    virtually(main)


def test_a_journal_that_lost_its_end_in_a_power_cut_is_numbered_after_what_the_server_has():
    async def main() -> None:
        journal, server = memory_journal(), MemoryServer()
        journal.add_kernel(KERNEL, "python3")
        kept = [link.KernelStarting(1, Millis(1), "python3"), link.BatchAccepted(BatchId("b"), Millis(1), ["x", "y"])]
        accepted = [Accepted(ExecutionId(name), BatchId("b"), CellId("c"), "1") for name in "xy"]
        journal.append(KERNEL, kept, accepted)
        server.records[KERNEL] = [*kept, *(link.KernelReady(1, Millis(n)) for n in range(5))]
        async with Fakes(journal, server, drain=True) as drain:
            assert (await drain.ended()).code == "drained"
            news = [type(r).__name__ for r in server.records[KERNEL][7:]]
            assert news == ["KernelDied", "ExecutionEnded", "ExecutionEnded"]

    virtually(main)


def test_a_comm_message_reaches_the_kernel():
    async def main() -> None:
        async with Fakes(warm=True, kernel_id=KERNEL) as fakes:
            await fakes.server.until(lambda: fakes.server.all(link.KernelReady))
            make = lambda id_: link.CommSend(id_, KERNEL, "comm_msg", b'{"comm_id":"a"}', [b"x"])  # noqa: E731
            assert (await fakes.server.asked(make)).problem is None
            assert fakes.kernels.started[0].comms == [Comm("c1", "comm_msg", b'{"comm_id":"a"}', [b"x"])]

    virtually(main)


def test_a_command_for_an_unknown_kernel_is_refused_and_can_be_tried_again():
    async def main() -> None:
        async with Fakes() as fakes:
            await fakes.server.linked()
            item = link.QueuedItem(ExecutionId("e"), CellId("c"), "print x")
            enqueue = link.Enqueue(CommandId("same"), KERNEL, BatchId("b"), [item])
            await fakes.server.send(enqueue)
            refused = await fakes.server.until(lambda: fakes.server.replies.get("same"))
            assert refused.problem.code == "kernel-unknown"
            await fakes.server.start()
            await fakes.server.send(enqueue)
            assert (await fakes.server.end_of("e")).state == "ok"

    virtually(main)


def test_an_answer_to_no_question_is_refused():
    async def main() -> None:
        async with Fakes() as fakes:
            await fakes.server.start()
            reply = await fakes.server.asked(lambda id_: link.Answer(id_, KERNEL, PromptId("p"), "x"))
            assert reply.problem.code == "prompt-closed"

    virtually(main)


def test_metrics_are_sent_while_linked():
    async def main() -> None:
        async with Fakes() as fakes:
            await fakes.server.until(lambda: len(fakes.server.metrics) >= 2)

    virtually(main)


def test_unacknowledged_events_stay_within_the_window():
    async def main() -> None:
        async with Fakes() as fakes:
            server = fakes.server
            server.acks = False
            await server.start()
            await server.run("\n".join(["flood 1000 1000"] * 40))
            await asyncio.sleep(60)
            assert LINK_WINDOW_BYTES <= server.received_bytes < LINK_WINDOW_BYTES + LINK_FRAME_BYTES
            held = server.received_bytes
            await asyncio.sleep(5)
            assert server.received_bytes == held
            server.acks = True
            await server.ack(KERNEL)
            assert (await server.end_of("b1-0")).state == "ok"
            assert server.text("b1-0") == "".join(f"line {n}".ljust(1000) + "\n" for n in range(1000)) * 40

    virtually(main)
