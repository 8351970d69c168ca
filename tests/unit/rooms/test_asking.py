"""What pages ask of the kernel: nothing is started or changed by it, and a page that asks much holds up nobody."""

from collections.abc import AsyncIterator

import pytest

from noctule.accounts.capabilities import Capability
from noctule.rooms.page import COMMANDS_IN_FLIGHT
from noctule.runtimes.ports import KernelBatch
from noctule.store import kernels, runtimes
from noctule.store.rows import KernelRow, RuntimeRow
from noctule_agent.wire import link
from noctule_agent.wire import page as wire
from noctule_agent.wire.asks import CompleteAsk, Inspected, LookAsk, Named, Shown, VariablesAsk
from noctule_agent.wire.limits import ASK_CODE_CHARS, ASKS_PER_PAGE
from noctule_agent.wire.state import KernelView
from noctule_agent.wire.values import CellId, ExecutionId, KernelId, Millis, NotebookId, Problem
from tests.support.notebooks import ipynb
from tests.support.rooms import USER, RawPage, RoomsWorld

KERNEL = KernelId("k")


@pytest.fixture
async def notebook(rooms_world: RoomsWorld) -> NotebookId:
    return (await rooms_world.library.create("n.ipynb", USER, ipynb("df"))).id


@pytest.fixture
async def page(rooms_world: RoomsWorld, notebook: NotebookId) -> AsyncIterator[RawPage]:
    opened = rooms_world.dial(notebook)
    await opened.open()
    yield opened
    await opened.channel.close()


async def refusal(page: RawPage, ask: object) -> Problem:
    await page.send(wire.Ask(id="a", ask=ask))  # type: ignore[arg-type]
    failed = await page.next(wire.Failed)
    assert failed.id == "a"
    return failed.problem


async def test_the_kernel_answers_and_no_runtime_is_started(rooms_world: RoomsWorld, page: RawPage) -> None:
    assert (await refusal(page, VariablesAsk())).code == "no-runtime"
    assert rooms_world.runtimes.ensured == []
    rooms_world.runtimes.connected = True
    await page.send(wire.Ask(id="b", ask=CompleteAsk("x", 1)))
    assert await page.next(wire.Answer) == wire.Answer(id="b", answer=Inspected(found=False))  # type: ignore[arg-type]
    assert rooms_world.runtimes.asked == [CompleteAsk("x", 1)]
    assert rooms_world.runtimes.told == []


async def test_who_may_not_run_may_not_ask(rooms_world: RoomsWorld, notebook: NotebookId) -> None:
    rooms_world.runtimes.connected = True
    viewer = rooms_world.dial(notebook, frozenset({Capability.VIEW, Capability.EDIT}))
    await viewer.open()
    assert (await refusal(viewer, CompleteAsk("x", 1))).code == "capability-refused"
    assert rooms_world.runtimes.asked == []


async def test_code_that_is_too_long_is_refused_unasked(rooms_world: RoomsWorld, page: RawPage) -> None:
    rooms_world.runtimes.connected = True
    assert (await refusal(page, CompleteAsk("x" * (ASK_CODE_CHARS + 1), 0))).code == "ask-too-large"
    assert rooms_world.runtimes.asked == []


async def test_a_kernel_that_is_slow_to_answer_holds_up_no_command(rooms_world: RoomsWorld, page: RawPage) -> None:
    rooms_world.runtimes.connected = True
    rooms_world.runtimes.answering.clear()
    for number in range(2 * COMMANDS_IN_FLIGHT):
        await page.send(wire.Ask(id=f"a{number}", ask=VariablesAsk()))
    await page.send(wire.Connect(id="c"))
    assert (await page.next(wire.Done)).id == "c"
    assert len(rooms_world.runtimes.asked) == ASKS_PER_PAGE
    rooms_world.runtimes.answering.set()
    answered = [(await page.next(wire.Answer)).id for _ in range(ASKS_PER_PAGE)]
    assert answered == [f"a{number}" for number in range(ASKS_PER_PAGE)]
    await page.send(wire.Ask(id="next", ask=VariablesAsk()))
    assert (await page.next(wire.Answer)).id == "next"


async def test_asks_over_the_limit_are_refused_and_those_before_are_answered(
    rooms_world: RoomsWorld, page: RawPage
) -> None:
    rooms_world.runtimes.connected = True
    rooms_world.runtimes.answering.clear()
    for number in range(ASKS_PER_PAGE + 1):
        await page.send(wire.Ask(id=f"a{number}", ask=VariablesAsk()))
    failed = await page.next(wire.Failed)
    assert (failed.id, failed.problem.code) == (f"a{ASKS_PER_PAGE}", "too-many-asks")
    rooms_world.runtimes.answering.set()
    assert (await page.next(wire.Answer)).id == "a0"


async def test_what_an_output_showed_is_asked_for_by_the_count_of_the_kernel_that_showed_it(
    rooms_world: RoomsWorld, notebook: NotebookId, page: RawPage
) -> None:
    rooms_world.runtimes.connected = True
    shown = LookAsk(Shown(ExecutionId("x"), result=True, execution_count=99))
    assert (await refusal(page, shown)).code == "output-value-gone"
    await ran(rooms_world, notebook, page)
    await page.send(wire.Ask(id="b", ask=shown))
    await page.next(wire.Answer)
    assert rooms_world.runtimes.asked == [LookAsk(Shown(ExecutionId("x"), result=True, execution_count=7))]
    room = await rooms_world.rooms.open(notebook)
    again: list[link.Record] = [link.KernelStarting(2, Millis(9), "python3"), link.KernelReady(2, Millis(9), "python")]
    await room.following.ingest(KernelBatch(KERNEL, notebook, 5, again))
    assert (await refusal(page, shown)).code == "output-value-gone"
    await page.send(wire.Ask(id="c", ask=LookAsk(Named("df"))))
    await page.next(wire.Answer)


async def ran(world: RoomsWorld, notebook: NotebookId, page: RawPage) -> None:
    """The notebook's cell ran as execution x, the seventh of its kernel."""
    runtime = RuntimeRow(world.runtimes._view().id, "cpu", "fake", "python3", "connected", Millis(0))

    def write(tx: object) -> None:
        runtimes.create(tx, runtime)  # type: ignore[arg-type]
        kernels.create(tx, KernelRow(KERNEL, runtime.id, "python3", Millis(0), notebook))  # type: ignore[arg-type]

    await world.store.write(write)
    room = await world.rooms.open(notebook)
    await room.following.kernel_bound(KernelView(KERNEL, 1, "starting"))
    await page.send(wire.Run(id="r", batch_id="b", executions=[wire.RunItem(ExecutionId("x"), CellId("cell-0"))]))
    assert (await page.next(wire.Done)).id == "r"
    records: list[link.Record] = [
        link.KernelStarting(1, Millis(1), "python3"),
        link.KernelReady(1, Millis(1), "python"),
        link.ExecutionStarted(ExecutionId("x"), 1, Millis(2)),
        link.ExecutionEnded(ExecutionId("x"), Millis(3), "ok", 7),
    ]
    await room.following.ingest(KernelBatch(KERNEL, notebook, 1, records))
