"""One reduction under way: the tables that it touches are copied, what it says is collected. Nobody outside sees it.

Every change of the run state is made by a method here, which changes the tables and appends the operations that say so:
the two cannot part. Which message or request causes which change is for messages.py, widgets.py and reduce.py.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

import msgspec

from noctule.runs.fold import Screen, fold
from noctule.runs.mime import size_of
from noctule.runs.state import (
    CellFacts,
    Cut,
    Kept,
    OpenStream,
    Place,
    RunState,
    Slot,
    Step,
    Widget,
    remembered,
)
from noctule_agent.wire.state import (
    FINAL_STATES,
    BundleReplace,
    CellShows,
    ClearNext,
    CutOutput,
    DisplayOutput,
    ErrorOutput,
    ExecutionPut,
    ExecutionView,
    KernelPut,
    KernelState,
    KernelView,
    MimeBundle,
    Op,
    Output,
    OutputPut,
    OutputsClear,
    PromptPut,
    PromptView,
    StreamName,
    StreamOutput,
    TextAppend,
)
from noctule_agent.wire.values import Cause, CellId, ExecutionId, OutputId, PromptId

K = TypeVar("K")
V = TypeVar("V")

SPARE_OUTPUTS = 8
"""Errors and streams that an execution may still put after OUTPUTS_PER_EXECUTION was met."""


class Table(Generic[K, V]):
    """A dict that is copied at the first change."""

    __slots__ = ("_copied", "_rows")

    def __init__(self, rows: dict[K, V]) -> None:
        self._rows = rows
        self._copied = False

    def __iter__(self) -> Iterator[K]:
        return iter(self._rows)

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def __getitem__(self, key: K) -> V:
        return self._rows[key]

    def get(self, key: K) -> V | None:
        return self._rows.get(key)

    def items(self) -> Iterable[tuple[K, V]]:
        return self._rows.items()

    def put(self, key: K, value: V) -> None:
        self._own()[key] = value

    def drop(self, key: K) -> None:
        if key in self._rows:
            del self._own()[key]

    def rows(self) -> dict[K, V]:
        return self._rows

    def _own(self) -> dict[K, V]:
        if not self._copied:
            self._rows, self._copied = dict(self._rows), True
        return self._rows


class Draft:
    """See the module."""

    def __init__(self, state: RunState, new_id: Callable[[], str]) -> None:
        self._limits = state.limits
        self._discussion = state.discussion
        self._new_id = new_id
        self.kernel = state.kernel
        self.executions = Table(state.executions)
        self.running = state.running
        self.queued = state.queued
        self.cells = Table(state.cells)
        self.outputs = Table(state.outputs)
        self.displays = Table(state.displays)
        self.prompts = Table(state.prompts)
        self.widgets: Table[str, Widget] = Table(state.widgets)
        self.captures = Table(state.captures)
        self.captured_limit = state.limits.captured
        self.ops: list[Op] = []
        self.ignored = 0
        self.dropped = 0

    def step(self) -> Step:
        state = RunState(
            kernel=self.kernel,
            executions=self.executions.rows(),
            running=self.running,
            queued=self.queued,
            cells=self.cells.rows(),
            outputs=self.outputs.rows(),
            displays=self.displays.rows(),
            prompts=self.prompts.rows(),
            widgets=self.widgets.rows(),
            captures=self.captures.rows(),
            discussion=self._discussion,
            limits=self._limits,
        )
        return Step(state, self.ops, self.ignored, self.dropped)

    # --- executions -----------------------------------------------------------------------------------------------

    def put_execution(self, view: ExecutionView) -> None:
        """Insert or replace; the earlier ones of its cell that nothing needs any more are forgotten."""
        before = self.executions.get(view.id)
        self.executions.put(view.id, view)
        self.running = self.running | {view.id} if view.state == "running" else self.running - {view.id}
        self.queued += (view.state == "queued") - (before is not None and before.state == "queued")
        self.ops.append(ExecutionPut(view))
        if before is None:
            facts = self.cells.get(view.cell_id) or CellFacts()
            self.cells.put(view.cell_id, CellFacts(facts.shown, view.id))
            if facts.latest is not None:
                self._forget_execution(facts.latest)
        elif view.state in FINAL_STATES:
            self._forget_execution(view.id)

    def show(self, cell_id: CellId, execution_id: ExecutionId | None, count: int | None = None) -> None:
        """The cell shows this execution from now on. Outputs that no late message can reach any more are cleared.

        `count` is for what came with a file.
        """
        facts = self.cells.get(cell_id) or CellFacts()
        shown = remembered((*facts.shown, execution_id))
        self.cells.put(cell_id, CellFacts(shown, facts.latest))
        for old in facts.shown:
            if old not in shown:
                self._supersede((cell_id, old))
        self._unplace((cell_id, execution_id))
        self.outputs.put((cell_id, execution_id), Kept())
        self.ops.append(CellShows(cell_id, execution_id, count))

    def _supersede(self, slot: Slot) -> None:
        kept = self.outputs.get(slot)
        self._unplace(slot)
        self.outputs.drop(slot)
        if slot[1] is not None:
            self._forget_execution(slot[1])
            if kept is not None and kept.count:
                self.ops.append(OutputsClear(*slot))

    def _forget_execution(self, id_: ExecutionId) -> None:
        view = self.executions.get(id_)
        if view is None or view.state not in FINAL_STATES:
            return
        facts = self.cells[view.cell_id]
        if id_ != facts.latest and id_ not in facts.shown:
            self.executions.drop(id_)

    def slot(self, execution_id: str) -> Slot | None:
        """Where the outputs of a request go; None when its cell never showed it, or has forgotten it."""
        view = self.executions.get(ExecutionId(execution_id))
        if view is None or view.id not in self.cells[view.cell_id].shown:
            return None
        return view.cell_id, view.id

    # --- outputs --------------------------------------------------------------------------------------------------

    def clear(self, slot: Slot) -> None:
        """All outputs are gone, at once."""
        self._unplace(slot)
        self.outputs.put(slot, Kept())
        self.ops.append(OutputsClear(*slot))
        self.clear_before_next(slot, False)

    def clear_before_next(self, slot: Slot, pending: bool) -> None:
        view = self.executions.get(slot[1]) if slot[1] is not None else None
        if view is not None and view.clear_next != pending:
            self.executions.put(view.id, msgspec.structs.replace(view, clear_next=pending))
            self.ops.append(ClearNext(*slot, pending))

    def write(self, slot: Slot, name: StreamName, text: str) -> None:
        """Text of a stream: it goes on where the last output is the same stream."""
        kept = self._ready(slot)
        stream = kept.streams.get(name)
        if stream is None:
            self._open_stream(slot, name, text)
            return
        if kept.bytes >= self._limits.bytes:
            self._admit(slot)
            return
        finished, screen = fold(stream.screen, text)
        self._keep_stream(slot, name, OpenStream(stream.id, screen, stream.chars + len(finished)))
        self.ops.append(TextAppend(*slot, stream.id, finished, screen.tail, 0, screen.cursor, screen.terminal))

    def _open_stream(self, slot: Slot, name: StreamName, text: str) -> None:
        if not self._admit(slot):
            return
        finished, screen = fold(Screen(), text)
        output = StreamOutput(
            id=self._id(),
            name=name,
            text=finished,
            tail=screen.tail,
            chars=len(finished),
            cursor=screen.cursor,
            terminal=screen.terminal,
        )
        self._put(slot, output, 0)
        self._keep_stream(slot, name, OpenStream(output.id, screen, len(finished)))

    def _keep_stream(self, slot: Slot, name: StreamName, stream: OpenStream) -> None:
        kept = self.outputs[slot]
        before = kept.streams.get(name)
        grown = stream.size - (before.size if before is not None else 0)
        streams = {**kept.streams, name: stream}
        self.outputs.put(slot, msgspec.structs.replace(kept, streams=streams, bytes=kept.bytes + grown))

    def display(
        self,
        slot: Slot,
        data: MimeBundle,
        metadata: dict[str, Any],
        *,
        result: bool = False,
        count: int | None = None,
        display_id: str | None = None,
    ) -> None:
        self._ready(slot)
        if not self._admit(slot, spare=False):
            return
        output = DisplayOutput(self._id(), data, metadata, result, count, display_id)
        self._put(slot, output, size_of(data))
        if display_id:
            self._place(display_id, Place(output.id, slot))

    def error(self, slot: Slot, ename: str, evalue: str, traceback: list[str]) -> None:
        self._ready(slot)
        if self._admit(slot):
            self._put(slot, ErrorOutput(self._id(), ename, evalue, traceback), sum(map(len, traceback)) + len(evalue))

    def mark(self, slot: Slot, cause: Cause) -> None:
        """Something was not kept, visibly."""
        if self._admit(slot):
            self._put(slot, CutOutput(self._id(), cause), 0)

    def update_displays(self, display_id: str, data: MimeBundle, metadata: dict[str, Any]) -> None:
        """Wherever this kernel shows the display, also in other cells."""
        for place in sorted(self.displays.get(display_id) or ()):
            self.ops.append(BundleReplace(*place.slot, place.output_id, data, metadata))

    def _id(self) -> OutputId:
        return OutputId(self._new_id())

    def _ready(self, slot: Slot) -> Kept:
        """An output is about to come: a pending clear happens now."""
        view = self.executions.get(slot[1]) if slot[1] is not None else None
        if view is not None and view.clear_next:
            self.clear(slot)
        return self.outputs.get(slot) or Kept()

    def _admit(self, slot: Slot, *, spare: bool = True) -> bool:
        """Whether one more output may be put; the first that may not leaves a mark. `spare`: it may use SPARE_OUTPUTS."""
        kept = self.outputs.get(slot) or Kept()
        if kept.cut != "too-much-output" and kept.bytes >= self._limits.bytes:
            kept = self._cut(slot, "too-much-output")
        elif kept.cut == "" and kept.count >= self._limits.outputs:
            kept = self._cut(slot, "too-many-outputs")
        room = spare and kept.count < self._limits.outputs + SPARE_OUTPUTS
        admitted = kept.cut == "" or (kept.cut == "too-many-outputs" and room)
        self.dropped += not admitted
        return admitted

    def _cut(self, slot: Slot, cut: Cut) -> Kept:
        cause = _too_many(self._limits.outputs) if cut == "too-many-outputs" else _too_much(self._limits.bytes)
        self._put(slot, CutOutput(self._id(), cause), 0)
        kept = msgspec.structs.replace(self.outputs[slot], cut=cut, streams={})
        self.outputs.put(slot, kept)
        return kept

    def _put(self, slot: Slot, output: Output, size: int) -> None:
        kept = self.outputs.get(slot) or Kept()
        self.outputs.put(
            slot,
            msgspec.structs.replace(
                kept,
                count=kept.count + 1,
                bytes=kept.bytes + size,
                streams=kept.streams if kept.cut else {},
            ),
        )
        self.ops.append(OutputPut(*slot, output))

    def put_imported(self, slot: Slot, output: Output) -> None:
        """An output that no kernel of ours said: it never grows."""
        self._put(slot, output, 0)

    # --- displays -------------------------------------------------------------------------------------------------

    def _place(self, display_id: str, place: Place) -> None:
        view = self.executions.get(place.slot[1]) if place.slot[1] is not None else None
        if view is None or view.epoch != self.epoch:
            return
        self.displays.put(display_id, (*(self.displays.get(display_id) or ()), place))
        kept = self.outputs[place.slot]
        self.outputs.put(place.slot, msgspec.structs.replace(kept, displays=kept.displays | {display_id}))

    def _unplace(self, slot: Slot) -> None:
        kept = self.outputs.get(slot)
        for display_id in kept.displays if kept is not None else ():
            places = tuple(place for place in self.displays.get(display_id) or () if place.slot != slot)
            if places:
                self.displays.put(display_id, places)
            else:
                self.displays.drop(display_id)

    # --- kernel and prompts ---------------------------------------------------------------------------------------

    @property
    def epoch(self) -> int:
        return self.kernel.epoch if self.kernel is not None else 0

    def epoch_of(self, agents: int) -> int:
        """The notebook's number of an epoch that the agent counts per kernel."""
        return agents + (self.kernel.epoch_base if self.kernel is not None else 0)

    def put_kernel(self, kernel: KernelView) -> None:
        if kernel != self.kernel:
            if kernel.epoch != self.epoch:
                self.displays = Table({})
                self.captures = Table({})
            self.kernel = kernel
            self.ops.append(KernelPut(kernel))

    def follow(self) -> None:
        """A kernel that is up is waiting, busy or idle as its prompts and executions say."""
        if self.kernel is not None and self.kernel.state in ("idle", "busy", "waiting"):
            self.put_kernel(msgspec.structs.replace(self.kernel, state=self.activity()))

    def activity(self) -> KernelState:
        """What a kernel that is up does."""
        if self.prompts.rows():
            return "waiting"
        return "busy" if self.running else "idle"

    def open_prompt(self, prompt: PromptView) -> None:
        self.prompts.put(prompt.id, prompt)
        self.ops.append(PromptPut(prompt))

    def close_prompt(self, id_: PromptId, *, answered: bool, by: str = "") -> None:
        prompt = self.prompts.get(id_)
        if prompt is not None:
            self.prompts.drop(id_)
            state = "answered" if answered else "cancelled"
            self.ops.append(PromptPut(msgspec.structs.replace(prompt, state=state, answered_by=by)))

    def cancel_prompts(self, execution_id: ExecutionId | None = None) -> None:
        """Those of an execution, or all."""
        for prompt in list(self.prompts.rows().values()):
            if execution_id is None or prompt.execution_id == execution_id:
                self.close_prompt(prompt.id, answered=False)


def _too_many(limit: int) -> Cause:
    return Cause(
        "too-many-outputs",
        f"This cell showed {limit:,} outputs; later displays are not kept. Text goes on below. "
        "Use clear_output() or update a display in place to show more.",
        {"limit": limit},
    )


def _too_much(limit: int) -> Cause:
    return Cause(
        "too-much-output",
        f"This cell's outputs reached {limit:,} bytes; what it says after this is not kept. "
        "Write large results to a file.",
        {"limit": limit},
    )
