"""Builders of records, and a model of the store: rows that operations change, from which a reducer can go on."""

import json
from collections.abc import Callable
from itertools import count
from typing import Any

import msgspec

from noctule.runs.mime import size_of
from noctule.runs.reduce import reduce
from noctule.runs.state import Limits, RunState, Step
from noctule_agent.wire import link
from noctule_agent.wire.limits import SUPERSEDED_PER_CELL
from noctule_agent.wire.state import (
    BundleReplace,
    CellOutputs,
    CellShows,
    ClearNext,
    DisplayOutput,
    ErrorOutput,
    ExecutionPut,
    ExecutionView,
    KernelPut,
    KernelView,
    Op,
    Output,
    OutputPut,
    OutputsClear,
    PromptPut,
    RunSnapshot,
    StreamOutput,
    TextAppend,
    WidgetGone,
    WidgetPatch,
    WidgetPut,
)
from noctule_agent.wire.values import BatchId, Cause, CellId, ExecutionId, KernelId, Millis, PromptId

AT = Millis(1_000)
STARTING = link.KernelStarting(epoch=1, at=AT, spec_name="python3")
READY = link.KernelReady(epoch=1, at=AT, language="python")


def ids() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"o{next(numbers):04}"


def view(execution: str, cell: str, **fields: Any) -> ExecutionView:
    return ExecutionView(
        id=ExecutionId(execution),
        cell_id=CellId(cell),
        batch_id=BatchId("b1"),
        **({"state": "queued", "queued_at": AT} | fields),
    )


def start(*executions: tuple[str, str]) -> RunSnapshot:
    """A kernel that is bound and not started, and executions that wait: (execution, cell)."""
    return RunSnapshot(
        rev=0,
        kernel=KernelView(id=KernelId("k1"), epoch=0, state="starting"),
        executions=[view(*execution) for execution in executions],
    )


def started(execution: str, epoch: int = 1) -> link.ExecutionStarted:
    return link.ExecutionStarted(execution_id=ExecutionId(execution), epoch=epoch, at=AT)


def ended(execution: str, state: str = "ok", **fields: Any) -> link.ExecutionEnded:
    return link.ExecutionEnded(execution_id=ExecutionId(execution), at=Millis(2_000), state=state, **fields)


def died(epoch: int = 1) -> link.KernelDied:
    return link.KernelDied(
        epoch=epoch, at=Millis(3_000), cause=Cause("kernel-died", "The kernel was killed.", {"signal": 9})
    )


def asked(execution: str, prompt: str = "p1", **fields: Any) -> link.PromptOpened:
    return link.PromptOpened(
        prompt_id=PromptId(prompt), execution_id=ExecutionId(execution), epoch=1, at=AT, text="name? ", **fields
    )


def said(*messages: link.KernelMessage, epoch: int = 1) -> link.Said:
    return link.Said(epoch=epoch, at=AT, messages=list(messages))


def message(msg_type: str, parent: str, content: Any, buffers: list[bytes] | None = None) -> link.KernelMessage:
    raw = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
    return link.KernelMessage(msg_type=msg_type, parent_id=parent, content=raw, buffers=buffers or [])


def stream(parent: str, text: str, name: str = "stdout") -> link.KernelMessage:
    return message("stream", parent, {"name": name, "text": text})


def display(parent: str, text: str, display_id: str | None = None, kind: str = "display_data") -> link.KernelMessage:
    content: dict[str, Any] = {"data": {"text/plain": text}, "metadata": {}}
    if kind == "execute_result":
        content["execution_count"] = 7
    if display_id is not None:
        content["transient"] = {"display_id": display_id}
    return message(kind, parent, content)


def clear(parent: str, *, wait: bool = False) -> link.KernelMessage:
    return message("clear_output", parent, {"wait": wait})


def error(parent: str) -> link.KernelMessage:
    return message(
        "error", parent, {"ename": "ZeroDivisionError", "evalue": "division by zero", "traceback": ["a", "b"]}
    )


def output_widget(id_: str, msg_id: str = "") -> link.KernelMessage:
    state = {"_model_name": "OutputModel", "_model_module": "@jupyter-widgets/output", "msg_id": msg_id, "outputs": []}
    return comm("comm_open", id_, state=state, target_name="jupyter.widget")


def comm_update(id_: str, **state: Any) -> link.KernelMessage:
    return comm("comm_msg", id_, method="update", state=state)


def comm(msg_type: str, id_: str, buffers: list[bytes] | None = None, **fields: Any) -> link.KernelMessage:
    target = {"target_name": fields.pop("target_name")} if "target_name" in fields else {}
    return message(msg_type, "", {"comm_id": id_, **target, "data": fields}, buffers)


class Rows:
    """What the store keeps, and how it gives it back after a restart."""

    def __init__(self, snapshot: RunSnapshot) -> None:
        self.kernel = snapshot.kernel
        self.executions = {view.id: view for view in snapshot.executions}
        self.prompts = {prompt.id: prompt for prompt in snapshot.prompts}
        self.widgets = {model.id: model for model in snapshot.widgets}
        self.shown: dict[CellId, list[ExecutionId | None]] = {}
        self.outputs: dict[tuple[CellId, ExecutionId | None], list[Output]] = {}

    def apply(self, op: Op) -> None:
        match op:
            case ExecutionPut():
                self.executions[op.execution.id] = op.execution
            case CellShows():
                shown = self.shown.setdefault(op.cell_id, [])
                self.shown[op.cell_id] = [id_ for id_ in shown if id_ not in (None, op.execution_id)] + [
                    op.execution_id
                ]
                self.outputs[op.cell_id, op.execution_id] = []
            case OutputPut():
                self.outputs.setdefault((op.cell_id, op.execution_id), []).append(op.output)
            case TextAppend() | BundleReplace():
                self._change(op)
            case OutputsClear():
                self.outputs[op.cell_id, op.execution_id] = []
            case ClearNext():
                assert op.execution_id is not None
                before = self.executions[op.execution_id]
                self.executions[op.execution_id] = msgspec.structs.replace(before, clear_next=op.pending)
            case PromptPut():
                self.prompts[op.prompt.id] = op.prompt
            case KernelPut():
                self.kernel = op.kernel
            case WidgetPut():
                self.widgets[op.model.id] = op.model
            case WidgetPatch():
                model = self.widgets[op.id]
                capture = model.capture if op.capture is None else op.capture
                self.widgets[op.id] = msgspec.structs.replace(model, state=model.state | op.state, capture=capture)
            case WidgetGone():
                self.widgets.pop(op.id, None)

    def _change(self, op: TextAppend | BundleReplace) -> None:
        """An operation that names an output that is not there is a defect: the store refuses it, too."""
        outputs = self.outputs[op.cell_id, op.execution_id]
        at = [output.id for output in outputs].index(op.output_id)
        before = outputs[at]
        if isinstance(op, BundleReplace):
            assert isinstance(before, DisplayOutput)
            outputs[at] = msgspec.structs.replace(before, data=op.data)
            return
        assert isinstance(before, StreamOutput)
        text = before.text + op.text
        outputs[at] = StreamOutput(
            before.id, before.name, text, op.tail, chars=len(text), cursor=op.cursor, terminal=op.terminal
        )

    def bare(self) -> RunSnapshot:
        """Skeletons of what is shown, and of the executions before that late messages can reach."""
        cells = [
            self._skeletons(cell_id, id_, superseded=id_ != shown[-1])
            for cell_id, shown in self.shown.items()
            for id_ in shown[-(SUPERSEDED_PER_CELL + 1) :]
        ]
        return RunSnapshot(
            rev=0,
            kernel=self.kernel,
            executions=list(self.executions.values()),
            cells=cells,
            prompts=[prompt for prompt in self.prompts.values() if prompt.state == "open"],
            widgets=sorted(self.widgets.values(), key=lambda model: model.id),
        )

    def _skeletons(self, cell_id: CellId, id_: ExecutionId | None, *, superseded: bool) -> CellOutputs:
        outputs = self.outputs.get((cell_id, id_), [])
        return CellOutputs(
            cell_id=cell_id,
            execution_id=id_,
            outputs=[_skeleton(output) for output in outputs],
            count=len(outputs),
            bytes=sum(map(_size, outputs)),
            superseded=superseded,
        )


def _skeleton(output: Output) -> Output:
    if isinstance(output, StreamOutput):
        return msgspec.structs.replace(output, text="")
    if isinstance(output, DisplayOutput):
        return DisplayOutput(output.id, {}, display_id=output.display_id)
    return output


def _size(output: Output) -> int:
    match output:
        case StreamOutput():
            return output.chars + len(output.tail)
        case DisplayOutput():
            return size_of(output.data)
        case ErrorOutput():
            return sum(map(len, output.traceback)) + len(output.evalue)
        case _:
            return 0


def run(
    snapshot: RunSnapshot,
    records: list[link.Record],
    *,
    limits: Limits | None = None,
    cuts: frozenset[int] = frozenset(),
) -> list[Step]:
    """Reduce all records. Before those in `cuts` the server is restarted: the state comes from the rows."""
    rows, new_id, steps = Rows(snapshot), ids(), list[Step]()
    state = RunState.from_snapshot(snapshot, limits)
    for index, record in enumerate(records):
        if index in cuts:
            state = RunState.from_snapshot(rows.bare(), limits)
        step = reduce(state, record, new_id)
        state = step.state
        for op in step.ops:
            rows.apply(op)
        steps.append(step)
    return steps
