"""Requests, and what the fixtures do not show."""

import json
from typing import Any

import msgspec

from noctule.runs import reduce as reducers
from noctule.runs.messages import page_request
from noctule.runs.reduce import Rejected, Step
from noctule.runs.state import Limits, RunState
from noctule.runs.view import applied
from noctule_agent.wire import link
from noctule_agent.wire.limits import BATCH_EXECUTIONS, QUEUE_EXECUTIONS
from noctule_agent.wire.state import (
    CommTaken,
    DisplayOutput,
    ErrorOutput,
    ExecutionPut,
    ExecutionView,
    Inline,
    KernelPut,
    KernelView,
    OutputPut,
    OutputsClear,
    RunSnapshot,
    RuntimePut,
    RuntimeView,
    StreamOutput,
    WidgetPatch,
    WidgetPut,
    WidgetSaid,
)
from noctule_agent.wire.values import Cause, CellId, ExecutionId, KernelId, Millis, OutputId, PromptId, RuntimeId
from tests.unit.runs.model import (
    READY,
    STARTING,
    asked,
    comm,
    comm_update,
    died,
    display,
    ended,
    ids,
    message,
    output_widget,
    said,
    start,
    started,
    stream,
    view,
)

WHY = Cause("agent-lost", "The runtime is gone.")
LATER = Millis(9_000)


class World:
    """A state, the view of a page that follows it, and what the last step said."""

    def __init__(self, snapshot: RunSnapshot, limits: Limits | None = None) -> None:
        self.state = RunState.from_snapshot(snapshot, limits)
        self.page = snapshot
        self.new_id = ids()
        self.last = Step(self.state, [])

    def hear(self, *records: link.Record) -> "World":
        for record in records:
            self.take(reducers.reduce(self.state, record, self.new_id))
        return self

    def take(self, step: Step | Rejected) -> "World":
        assert isinstance(step, Step), step
        self.state, self.last = step.state, step
        self.page = applied(self.page, self.page.rev + 1, step.ops)
        return self

    def execution(self, id_: str) -> ExecutionView:
        return next(view for view in self.page.executions if view.id == id_)

    def text(self, cell: str) -> str:
        outputs = next(shown for shown in self.page.cells if shown.cell_id == cell).outputs
        return "|".join(o.text + o.tail for o in outputs if isinstance(o, StreamOutput))

    def kernel(self) -> KernelView:
        assert self.page.kernel is not None
        return self.page.kernel


def up(*executions: tuple[str, str], limits: Limits | None = None) -> World:
    return World(start(*executions), limits).hear(STARTING, READY)


# --- queueing -------------------------------------------------------------------------------------------------------


def test_queued_executions_are_shown_in_order() -> None:
    world = up().take(reducers.queue(up().state, [view("e1", "a"), view("e2", "b")]))
    assert [execution.id for execution in world.page.executions] == ["e1", "e2"]


def test_queueing_known_ids_again_changes_nothing() -> None:
    world = up(("e1", "a"))
    step = reducers.queue(world.state, [view("e1", "a", by="somebody else")])
    assert isinstance(step, Step)
    assert (step.ops, step.state) == ([], world.state)


def test_of_a_batch_that_is_partly_known_the_rest_is_queued() -> None:
    step = reducers.queue(up(("e1", "a")).state, [view("e1", "a"), view("e2", "b")])
    assert isinstance(step, Step)
    assert step.ops == [ExecutionPut(view("e2", "b"))]


def test_a_full_queue_and_a_huge_batch_are_rejected() -> None:
    many = [view(f"e{n}", f"c{n}") for n in range(BATCH_EXECUTIONS + 1)]
    step = reducers.queue(up().state, many)
    assert isinstance(step, Rejected)
    assert step.code == "batch-too-large"
    state = up().state
    for at in range(0, QUEUE_EXECUTIONS, BATCH_EXECUTIONS):
        step = reducers.queue(state, [view(f"q{n}", f"c{n}") for n in range(at, at + BATCH_EXECUTIONS)])
        assert isinstance(step, Step)
        state = step.state
    step = reducers.queue(state, [view("one-more", "a")])
    assert isinstance(step, Rejected)
    assert step.code == "queue-full"


def test_cancelling_aborts_what_waits_and_nothing_else() -> None:
    world = up(("e1", "a"), ("e2", "b"), ("e3", "c")).hear(started("e1"))
    world.take(reducers.cancel(world.state, [ExecutionId("e1"), ExecutionId("e2"), ExecutionId("gone")], LATER, WHY))
    assert [world.execution(id_).state for id_ in ("e1", "e2", "e3")] == ["running", "aborted", "queued"]
    world.take(reducers.cancel(world.state, None, LATER, WHY))
    assert world.execution("e3").cause == WHY


# --- ends -----------------------------------------------------------------------------------------------------------


def test_settling_loses_what_may_have_run_and_aborts_what_certainly_did_not() -> None:
    world = up(("e1", "a"), ("e2", "b"), ("e3", "c")).hear(started("e1"), asked("e1"))
    world.take(reducers.settle(world.state, WHY, LATER, never_offered=[ExecutionId("e3")]))
    assert [world.execution(id_).state for id_ in ("e1", "e2", "e3")] == ["lost", "lost", "aborted"]
    assert all(world.execution(id_).cause == WHY for id_ in ("e1", "e2", "e3"))
    assert world.page.prompts == []
    assert (world.kernel().state, world.kernel().cause) == ("dead", WHY)


def test_a_lost_execution_becomes_what_the_journal_says_in_the_end() -> None:
    world = up(("e1", "a")).hear(started("e1"), said(stream("e1", "one ")))
    world.take(reducers.settle(world.state, WHY, LATER))
    world.hear(said(stream("e1", "two")), ended("e1", "ok", execution_count=3))
    assert (world.execution("e1").state, world.execution("e1").cause) == ("ok", None)
    assert world.text("a") == "one two"


def test_other_ends_are_final() -> None:
    world = up(("e1", "a")).hear(started("e1"), ended("e1", "ok"))
    for record in (ended("e1", "lost"), started("e1"), died()):
        world.hear(record)
        assert world.execution("e1").state == "ok"


def test_the_state_of_an_end_that_nobody_knows_is_ignored() -> None:
    assert up(("e1", "a")).hear(ended("e1", "exploded")).last.ignored == 1


def test_a_kernel_that_died_early_loses_only_its_own_epoch() -> None:
    world = up(("e1", "a"), ("e2", "b")).hear(started("e1"), died(1), link.KernelStarting(2, LATER, "python3"))
    world.hear(link.KernelReady(2, LATER), started("e2", epoch=2), died(1))
    assert (world.execution("e1").state, world.execution("e2").state) == ("lost", "running")
    assert world.kernel().state == "busy"


# --- the kernel -----------------------------------------------------------------------------------------------------


def test_the_kernel_is_idle_busy_and_waiting_as_its_cells_are() -> None:
    world = World(start(("e1", "a")))
    closed = link.PromptClosed(PromptId("p1"), LATER, True)
    records = (STARTING, READY, started("e1"), asked("e1"), closed, ended("e1"), died())
    seen = [world.hear(record).kernel().state for record in records]
    assert seen == ["starting", "idle", "busy", "waiting", "busy", "idle", "dead"]


def test_a_new_kernel_gets_epochs_above_those_of_the_one_before() -> None:
    world = up(("e1", "a"), ("e2", "b")).hear(started("e1"), said(display("e1", "old", "d"), output_widget("w1")))
    new = KernelView(id=KernelId("k2"), epoch=1, state="idle")
    world.take(reducers.show(world.state, KernelPut(new)))
    assert (world.kernel().epoch_base, world.kernel().epoch) == (2, 3)
    world.hear(started("e2"), said(display("e2", "new", "d", "update_display_data"), comm_update("w1", value=1)))
    assert world.last.ops == []
    assert world.execution("e2").epoch == 3


def test_of_a_known_kernel_only_the_journal_moves_the_epoch() -> None:
    world = up()
    world.take(reducers.show(world.state, KernelPut(KernelView(id=KernelId("k1"), epoch=7, state="busy"))))
    assert (world.kernel().epoch, world.kernel().state) == (1, "idle")


def test_facts_of_others_are_shown_as_they_are() -> None:
    runtime = RuntimePut(RuntimeView(id=RuntimeId("r"), state="starting", launcher="process", since=LATER))
    world = up()
    step = reducers.show(world.state, runtime)
    assert (step.ops, step.state) == ([runtime], world.state)


# --- prompts --------------------------------------------------------------------------------------------------------


def test_the_first_answer_wins() -> None:
    world = up(("e1", "a")).hear(started("e1"), asked("e1"))
    world.take(reducers.answer_prompt(world.state, PromptId("p1"), "ann"))
    assert world.page.prompts == []
    late = reducers.answer_prompt(world.state, PromptId("p1"), "bob")
    assert isinstance(late, Rejected)
    assert late.code == "prompt-closed"
    assert world.hear(link.PromptClosed(PromptId("p1"), LATER, True)).last.ops == []


def test_a_question_of_an_unknown_execution_is_ignored() -> None:
    assert up().hear(asked("nobody")).last.ignored == 1


# --- outputs --------------------------------------------------------------------------------------------------------


def test_clearing_removes_what_cells_show_and_later_text_is_shown_again() -> None:
    world = up(("e1", "a"), ("e2", "b"))
    world.hear(started("e1"), said(stream("e1", "one")), ended("e1"), started("e2"), said(stream("e2", "two")))
    world.take(reducers.clear_outputs(world.state, [CellId("a"), CellId("nowhere")]))
    assert (world.text("a"), world.text("b")) == ("", "two")
    world.take(reducers.clear_outputs(world.state, None)).hear(said(stream("e2", "three")))
    assert world.text("b") == "three"
    assert reducers.clear_outputs(world.state, [CellId("a")]).ops == []


def test_imported_outputs_are_shown_until_the_cell_runs() -> None:
    world = up(("e1", "a"))
    world.take(
        reducers.show_imported(world.state, CellId("a"), [StreamOutput(OutputId("i1"), "stdout", "from a file")], 3)
    )
    assert world.text("a") == "from a file"
    assert world.hear(started("e1")).text("a") == ""


def test_outputs_that_no_late_message_can_reach_are_cleared() -> None:
    world = up(("e1", "a"), ("e2", "a"), ("e3", "a"))
    world.hear(started("e1"), said(stream("e1", "x")), ended("e1"), started("e2"), ended("e2"), started("e3"))
    assert OutputsClear(CellId("a"), ExecutionId("e1")) in world.last.ops
    assert world.hear(said(stream("e1", "too late"))).last.ignored == 1
    assert "e1" not in world.state.executions


def test_messages_without_a_known_parent_are_counted_and_ignored() -> None:
    world = up(("e1", "a")).hear(said(stream("", "x"), stream("unknown", "x"), stream("e1", "not started")))
    assert (world.last.ignored, world.last.ops) == (3, [])


def test_errors_and_text_find_room_after_the_limit_of_outputs() -> None:
    world = up(("e1", "a"), limits=Limits(outputs=2)).hear(started("e1"))
    world.hear(said(*(display("e1", str(n)) for n in range(4))))
    assert world.last.dropped == 2
    world.hear(said(stream("e1", "log\n"), message("error", "e1", {"ename": "E", "evalue": "v", "traceback": []})))
    world.hear(said(stream("e1", "log 2\n")))
    kinds = [type(op.output).__name__ for op in world.last.ops if isinstance(op, OutputPut)]
    outputs = next(cell for cell in world.page.cells if cell.cell_id == "a").outputs
    assert kinds == []
    assert isinstance(outputs[-1], ErrorOutput)
    assert world.text("a") == "log\nlog 2\n"


def test_strange_content_is_shown_as_well_as_it_can_be() -> None:
    world = up(("e1", "a")).hear(started("e1"))
    world.hear(
        said(
            message("stream", "e1", {"name": "weird", "text": ["a", "b"]}),
            message("error", "e1", {"ename": None, "traceback": "no list"}),
            message("display_data", "e1", {"data": None, "metadata": 3, "transient": None}),
            message("execute_result", "e1", {"data": {"text/plain": 5}, "execution_count": "x"}),
            message("clear_output", "e1", {}),
            message("comm_open", "e1", {"comm_id": 3}),
            message("comm_msg", "e1", {"comm_id": "w", "data": "x"}),
            message("display_data", "e1", b"[1]"),
            message("display_data", "e1", b"[" * 100_000),
        )
    )
    assert [op.output for op in world.last.ops if isinstance(op, OutputPut)][:4] == [
        StreamOutput(OutputId("o0001"), "stdout", tail="ab"),
        ErrorOutput(OutputId("o0002"), "", "", []),
        DisplayOutput(OutputId("o0003"), {}),
        DisplayOutput(OutputId("o0004"), {"text/plain": Inline("5")}, result=True),
    ]
    assert json.loads(msgspec.json.encode(world.page))


def test_a_long_log_costs_no_memory_in_the_state() -> None:
    world = up(("e1", "a")).hear(started("e1"), said(stream("e1", "line\n" * 100_000)))
    assert len(msgspec.json.encode(world.state.outputs[CellId("a"), ExecutionId("e1")])) < 2_000


# --- widgets --------------------------------------------------------------------------------------------------------


def comm_content(id_: str, **data: Any) -> bytes:
    return json.dumps({"comm_id": id_, "data": data}).encode()


def test_a_page_changes_a_widgets_state_for_all_pages() -> None:
    world = up().hear(said(comm("comm_open", "w1", state={"value": 1, "min": 0}, target_name="jupyter.widget")))
    world.take(
        reducers.page_comm(world.state, "m1", "comm_msg", comm_content("w1", method="update", state={"value": 5}), [])
    )
    assert world.page.widgets[0].state == {"value": 5, "min": 0}


def test_buffers_are_told_as_they_came() -> None:
    opened = comm(
        "comm_open", "w1", [b"png"], state={"f": 1}, buffer_paths=[["value"], ["missing"]], target_name="jupyter.widget"
    )
    world = up().hear(said(opened))
    assert isinstance(world.last.ops[0], WidgetPut)
    assert world.last.ops[0].raw_buffers == [(["value"], b"png")]
    content = comm_content("w1", method="update", state={}, buffer_paths=[["value"]])
    world.take(reducers.page_comm(world.state, "m1", "comm_msg", content, [b"new"]))
    assert world.last.ops == [WidgetPatch("w1", 1, {}, raw_buffers=[(["value"], b"new")], by="m1")]


def test_a_custom_message_of_the_kernel_is_passed_on_and_changes_nothing() -> None:
    world = up().hear(said(output_widget("w1")))
    before = world.state
    custom = comm("comm_msg", "w1", [b"\x00"], method="custom", content={"event": "drawn", "at": float("nan")})
    world.hear(said(custom, comm("comm_msg", "unknown", method="custom", content=1)))
    assert world.last.ops == [WidgetSaid("w1", 1, {"event": "drawn", "at": None}, [b"\x00"])]
    assert world.state.widgets == before.widgets
    content = comm_content("w1", method="custom", content={"event": "click"})
    world.take(reducers.page_comm(world.state, "m1", "comm_msg", content, []))
    assert world.last.ops == [], "what a page says is for the kernel alone"


def test_a_page_is_told_when_the_kernel_has_dealt_with_what_its_widget_said() -> None:
    def status(parent: str, state: str) -> link.KernelMessage:
        return message("status", parent, {"execution_state": state})

    world = up(("e1", "a")).hear(started("e1"))
    request = page_request("m1", ExecutionId("e1"))
    world.hear(said(status(request, "busy"), stream(request, "called back"), status(request, "idle")))
    assert CommTaken("m1") in world.last.ops
    assert world.text("a") == "called back", "what a callback prints belongs to the cell that shows its widget"
    world.hear(said(status("e1", "idle"), status("comm.", "idle"), status("", "idle"), status(request, "busy")))
    assert world.last.ops == []


def test_echoes_and_other_comms_change_nothing() -> None:
    world = up().hear(said(output_widget("w1")))
    world.hear(
        said(
            comm("comm_msg", "w1", method="echo_update", state={"value": 1}),
            comm("comm_open", "c1", state={}, target_name="something.else"),
            comm_update("c1", value=1),
        )
    )
    assert world.last.ops == []


def test_a_widget_of_an_earlier_kernel_answers_to_nothing() -> None:
    world = up().hear(said(output_widget("w1")), link.KernelStarting(2, LATER, "python3"), link.KernelReady(2, LATER))
    for msg_type in ("comm_msg", "comm_close"):
        step = reducers.page_comm(world.state, "m1", msg_type, comm_content("w1", method="update", state={"x": 1}), [])
        assert isinstance(step, Rejected)
        assert step.code == "kernel-gone"


def test_what_is_no_comm_message_is_rejected() -> None:
    for msg_type, content in (("execute_request", comm_content("w1")), ("comm_msg", b"{"), ("comm_msg", b"{}")):
        step = reducers.page_comm(up().state, "m1", msg_type, content, [])
        assert isinstance(step, Rejected)
        assert step.code == "comm-invalid"


def captured(world: World, id_: str) -> list[dict[str, Any]]:
    model = next(model for model in world.page.widgets if model.id == id_)
    return list(model.state["outputs"])


def test_what_a_widgets_callback_says_is_captured_though_no_cell_runs() -> None:
    world = up().hear(said(output_widget("w1"), comm_update("w1", msg_id="click"), stream("click", "pressed\n")))
    assert captured(world, "w1") == [{"output_type": "stream", "name": "stdout", "text": "pressed\n"}]
    assert world.last.ignored == 0


def test_captured_text_is_folded_and_said_once_per_record() -> None:
    world = up(("e1", "a")).hear(started("e1"), said(output_widget("w1", "e1")))
    world.hear(said(stream("e1", "10%\r"), display("e1", "x"), stream("e1", "a\r"), stream("e1", "b\n")))
    assert len(world.last.ops) == 1
    assert captured(world, "w1")[0]["text"] == "10%\r"
    assert captured(world, "w1")[2]["text"] == "b\n"


def test_the_echo_of_what_the_agent_told_the_kernel_doubles_nothing() -> None:
    world = up(("e1", "a")).hear(started("e1"), said(output_widget("w1", "e1"), stream("e1", "one\n")))
    told = [{"output_type": "stream", "name": "stdout", "text": "one\n"}]
    echo = comm("comm_msg", "w1", method="echo_update", state={"outputs": told})
    busy, idle = (message("status", "told", {"execution_state": state}) for state in ("busy", "idle"))
    world.hear(said(stream("e1", "two\n")), said(busy, msgspec.structs.replace(echo, parent_id="told"), idle))
    assert world.last.ops == []
    assert world.last.ignored == 0
    assert [output["text"] for output in captured(world, "w1")] == ["one\ntwo\n"]
    world.hear(said(comm_update("w1", outputs=[*told, *told])))
    assert captured(world, "w1") == [*told, *told]
    assert world.page.cells[0].outputs == []


def test_a_full_output_widget_says_so_and_the_rest_goes_to_the_cell() -> None:
    world = up(("e1", "a"), limits=Limits(captured=200)).hear(started("e1"), said(output_widget("w1", "e1")))
    world.hear(said(stream("e1", "x" * 100)), said(stream("e1", "y" * 100)), said(stream("e1", "z" * 10)))
    assert [output["name"] for output in captured(world, "w1")] == ["stdout", "stderr"]
    assert world.text("a") == "y" * 100 + "z" * 10
    world.hear(said(message("clear_output", "e1", {"wait": True}), stream("e1", "again")))
    assert captured(world, "w1") == [{"output_type": "stream", "name": "stdout", "text": "again"}]
