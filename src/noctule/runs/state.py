"""What a reducer remembers of a notebook's run state. Frozen; touched tables are copied (draft.py). Holds no output text
beyond tails and no MIME values, save for what Output widgets captured.

    RunState
      kernel            KernelView, the machine's view of the kernel
      executions{id}    all that wait or run, and of each cell the shown one, the latest one and SUPERSEDED_PER_CELL
      cells{cell}       which executions the cell showed, the last one is what it shows; which is its latest
      outputs{slot}     per execution (or imported cell): how much there is, which streams can grow
      displays{id}      where a display_id of this kernel epoch is shown
      prompts{id}       open questions
      widgets{id}       models, whether and what they capture
      captures{msg_id}  Output widgets that capture what this request says, the innermost last
      discussion        what people say about cells

It is rebuilt from a bare snapshot (store.runs.bare): every cell's outputs with stream text empty but tail, cursor,
terminal and chars kept, MIME data empty but display_id kept, `count` and `bytes` filled, also of superseded executions
(`CellOutputs.superseded`), each cell's in the order shown; widgets complete; executions in the order queued.
"""

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

import msgspec

from noctule.runs.fold import Screen
from noctule.runs.mime import json_size
from noctule_agent.wire.comments import CommentView, ThreadView
from noctule_agent.wire.limits import (
    CAPTURED_CHARS,
    OUTPUT_BYTES_PER_EXECUTION,
    OUTPUTS_PER_EXECUTION,
    SUPERSEDED_PER_CELL,
)
from noctule_agent.wire.state import (
    FINAL_STATES,
    Capture,
    CellOutputs,
    CutOutput,
    DisplayOutput,
    ExecutionView,
    KernelView,
    Op,
    Output,
    PromptView,
    RunSnapshot,
    StreamName,
    StreamOutput,
    WidgetModel,
)
from noctule_agent.wire.values import CellId, CommentId, ExecutionId, OutputId, PromptId, ThreadId

Slot = tuple[CellId, ExecutionId | None]
"""Whose outputs: an execution's, or those that came with an imported cell."""

Cut = Literal["", "too-many-outputs", "too-much-output"]
"""Which limit an execution's outputs met: the code of the mark's cause."""


class Limits(NamedTuple):
    """How much one execution may show; how much one Output widget may capture."""

    outputs: int = OUTPUTS_PER_EXECUTION
    bytes: int = OUTPUT_BYTES_PER_EXECUTION
    captured: int = CAPTURED_CHARS


class OpenStream(msgspec.Struct, frozen=True):
    """A stream output that may still grow."""

    id: OutputId
    screen: Screen
    chars: int

    @property
    def size(self) -> int:
        return self.chars + len(self.screen.tail)


class Kept(msgspec.Struct, frozen=True):
    """How much is kept of a slot. `streams`: the last output if it is a stream; after a cut by count, one of each name.

    `cut`: which limit was met; its mark was put.
    """

    count: int = 0
    bytes: int = 0
    streams: dict[StreamName, OpenStream] = {}
    displays: frozenset[str] = frozenset()
    cut: Cut = ""


class Place(NamedTuple):
    """Where a display is shown."""

    output_id: OutputId
    slot: Slot


class CellFacts(msgspec.Struct, frozen=True):
    """`shown`: executions in the order in which the cell showed them; the last one it shows now. `latest`: queued last."""

    shown: tuple[ExecutionId | None, ...] = ()
    latest: ExecutionId | None = None


class Widget(msgspec.Struct, frozen=True):
    """A widget model. `msg_id` is None unless it is an Output widget; then `outputs` are nbformat outputs."""

    epoch: int
    msg_id: str | None = None
    capture: Capture = Capture()
    outputs: tuple[dict[str, Any], ...] = ()
    chars: int = 0


class Discussion(msgspec.Struct, frozen=True):
    """Threads, and their comments in the order in which they were written. A thread has one at least."""

    threads: dict[ThreadId, ThreadView] = {}
    comments: dict[CommentId, CommentView] = {}


class RunState(msgspec.Struct, frozen=True):
    """See the module."""

    kernel: KernelView | None = None
    executions: dict[ExecutionId, ExecutionView] = {}
    running: frozenset[ExecutionId] = frozenset()
    queued: int = 0
    cells: dict[CellId, CellFacts] = {}
    outputs: dict[Slot, Kept] = {}
    displays: dict[str, tuple[Place, ...]] = {}
    prompts: dict[PromptId, PromptView] = {}
    widgets: dict[str, Widget] = {}
    captures: dict[str, tuple[str, ...]] = {}
    discussion: Discussion = Discussion()
    limits: Limits = Limits()

    @classmethod
    def from_snapshot(cls, bare: RunSnapshot, limits: Limits | None = None) -> "RunState":
        """All that a reducer needs to go on after the server was restarted."""
        cells = _cells(bare)
        needed = {id_ for facts in cells.values() for id_ in (*facts.shown, facts.latest)}
        executions = {view.id: view for view in bare.executions if view.id in needed or view.state not in FINAL_STATES}
        kept = [cell for cell in bare.cells if cell.execution_id in cells[cell.cell_id].shown]
        epoch = bare.kernel.epoch if bare.kernel is not None else 0
        widgets = {model.id: widget_of(model) for model in bare.widgets}
        return cls(
            kernel=bare.kernel,
            executions=executions,
            running=frozenset(view.id for view in executions.values() if view.state == "running"),
            queued=sum(view.state == "queued" for view in executions.values()),
            cells=cells,
            outputs={(cell.cell_id, cell.execution_id): _kept(cell) for cell in kept},
            displays=_displays(kept, executions, epoch),
            prompts={prompt.id: prompt for prompt in bare.prompts if prompt.state == "open"},
            widgets=widgets,
            captures=_captures(widgets, epoch),
            discussion=Discussion({one.id: one for one in bare.threads}, {one.id: one for one in bare.comments}),
            limits=limits or Limits(),
        )


class Step(msgspec.Struct, frozen=True):
    """The new state and what changes for those who look. `ignored` messages belonged to nothing that is known;
    `dropped` ones were over a limit that a visible mark names."""

    state: RunState
    ops: list[Op]
    ignored: int = 0
    dropped: int = 0


class Rejected(msgspec.Struct, frozen=True):
    """A request that is impossible now (invariant 8)."""

    code: str
    reason: str


def remembered(shown: tuple[ExecutionId | None, ...]) -> tuple[ExecutionId | None, ...]:
    """Of what a cell showed, what it shows now and the executions before it whose late messages still count.

    Outputs that came with a file are gone as soon as the cell shows something else.
    """
    superseded = tuple(id_ for id_ in shown[:-1] if id_ is not None and id_ != shown[-1])
    return (*superseded[-SUPERSEDED_PER_CELL:], *shown[-1:])


def widget_of(model: WidgetModel) -> Widget:
    """What must be remembered of a model."""
    state = model.state
    if state.get("_model_name") != "OutputModel" or state.get("_model_module") != "@jupyter-widgets/output":
        return Widget(epoch=model.epoch)
    msg_id = state.get("msg_id")
    outputs = captured_outputs(state.get("outputs"))
    return Widget(
        epoch=model.epoch,
        msg_id=msg_id if isinstance(msg_id, str) else "",
        capture=model.capture,
        outputs=outputs,
        chars=sum(json_size(output) for output in outputs),
    )


def captured_outputs(value: Any) -> tuple[dict[str, Any], ...]:
    """The outputs in an Output widget's state."""
    return tuple(item for item in value if isinstance(item, dict)) if isinstance(value, list | tuple) else ()


def _cells(bare: RunSnapshot) -> dict[CellId, CellFacts]:
    latest = {view.cell_id: view.id for view in bare.executions}
    shown: dict[CellId, tuple[ExecutionId | None, ...]] = {}
    for cell in bare.cells:
        shown[cell.cell_id] = remembered((*shown.get(cell.cell_id, ()), cell.execution_id))
    ids = dict.fromkeys((*shown, *latest))
    return {cell_id: CellFacts(shown.get(cell_id, ()), latest.get(cell_id)) for cell_id in ids}


def _kept(cell: CellOutputs) -> Kept:
    cut: Cut = ""
    since = max(0, len(cell.outputs) - 1)
    for index, output in enumerate(cell.outputs):
        if isinstance(output, CutOutput) and output.cause.code == "too-many-outputs":
            cut, since = "too-many-outputs", index
        elif isinstance(output, CutOutput) and output.cause.code == "too-much-output":
            cut, since = "too-much-output", index
    return Kept(
        count=cell.count,
        bytes=cell.bytes,
        streams={output.name: _open(output) for output in cell.outputs[since:] if isinstance(output, StreamOutput)},
        displays=frozenset(id_ for _, id_ in _display_ids(cell.outputs)),
        cut=cut,
    )


def _open(output: StreamOutput) -> OpenStream:
    return OpenStream(output.id, Screen(output.tail, output.cursor, output.terminal), output.chars)


def _display_ids(outputs: Iterable[Output]) -> Iterable[tuple[OutputId, str]]:
    for output in outputs:
        if isinstance(output, DisplayOutput) and output.display_id:
            yield output.id, output.display_id


def _displays(
    kept: list[CellOutputs], executions: dict[ExecutionId, ExecutionView], epoch: int
) -> dict[str, tuple[Place, ...]]:
    displays: dict[str, tuple[Place, ...]] = {}
    for cell in kept:
        execution = executions.get(cell.execution_id) if cell.execution_id is not None else None
        if execution is None or execution.epoch != epoch:
            continue
        for output_id, display_id in _display_ids(cell.outputs):
            place = Place(output_id, (cell.cell_id, cell.execution_id))
            displays[display_id] = (*displays.get(display_id, ()), place)
    return displays


def _captures(widgets: dict[str, Widget], epoch: int) -> dict[str, tuple[str, ...]]:
    captures: dict[str, tuple[str, ...]] = {}
    alive = {id_: widget for id_, widget in widgets.items() if widget.epoch == epoch and widget.msg_id}
    for id_, widget in sorted(alive.items(), key=lambda item: item[1].capture.depth):
        assert widget.msg_id is not None
        captures[widget.msg_id] = (*captures.get(widget.msg_id, ()), id_)
    return captures
