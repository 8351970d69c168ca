"""Operations applied to a snapshot as a page applies them. Pure; the twin of web/src/runs/view.ts.

contract/fixtures/runs/*.json hold both to the same results. A page keeps what each cell shows and nothing of executions
that it showed before: operations on those change nothing. Of a long text it keeps head and end.
"""

from collections.abc import Callable, Iterable
from typing import assert_never

import msgspec

from noctule.runs.comments import applied as applied_comment
from noctule.runs.state import Discussion
from noctule.runs.widgets import patched
from noctule_agent.wire.comments import CommentGone, CommentPut, ThreadPut
from noctule_agent.wire.limits import TEXT_HEAD_CHARS, TEXT_TAIL_CHARS
from noctule_agent.wire.state import (
    BundleReplace,
    CellOutputs,
    CellShows,
    ClearNext,
    CommTaken,
    DisplayOutput,
    ExecutionPut,
    KernelPut,
    Op,
    Output,
    OutputPut,
    OutputsClear,
    PromptPut,
    RunSnapshot,
    RuntimePut,
    SavedPut,
    StreamOutput,
    TextAppend,
    WidgetGone,
    WidgetModel,
    WidgetPatch,
    WidgetPut,
    WidgetSaid,
)
from noctule_agent.wire.values import CellId, ExecutionId, OutputId

replace = msgspec.structs.replace


def applied(snapshot: RunSnapshot, rev: int, ops: Iterable[Op]) -> RunSnapshot:
    """The snapshot after the operations up to `rev`."""
    view = View(snapshot)
    for op in ops:
        view.apply(op)
    return view.snapshot(rev)


class View:
    """A run state that changes in place. `snapshot` gives it as a value."""

    def __init__(self, snapshot: RunSnapshot) -> None:
        self._kernel = snapshot.kernel
        self._runtime = snapshot.runtime
        self._saved = snapshot.saved
        self._executions = {view.id: view for view in snapshot.executions}
        self._cells = {cell.cell_id: cell for cell in snapshot.cells}
        self._prompts = {prompt.id: prompt for prompt in snapshot.prompts}
        self._widgets = {model.id: model for model in snapshot.widgets}
        self._discussion = Discussion(
            {thread.id: thread for thread in snapshot.threads}, {comment.id: comment for comment in snapshot.comments}
        )

    def snapshot(self, rev: int) -> RunSnapshot:
        return RunSnapshot(
            rev=rev,
            kernel=self._kernel,
            runtime=self._runtime,
            saved=self._saved,
            executions=list(self._executions.values()),
            cells=list(self._cells.values()),
            prompts=sorted(self._prompts.values(), key=lambda prompt: (prompt.opened_at, prompt.id)),
            widgets=list(self._widgets.values()),
            threads=list(self._discussion.threads.values()),
            comments=list(self._discussion.comments.values()),
        )

    def apply(self, op: Op) -> None:
        match op:
            case OutputPut() | TextAppend() | BundleReplace() | OutputsClear() | CellShows():
                self._apply_to_cell(op)
            case WidgetPut() | WidgetPatch() | WidgetGone():
                self._apply_to_widget(op)
            case ExecutionPut():
                self._executions[op.execution.id] = op.execution
            case ClearNext() | WidgetSaid() | CommTaken():
                pass  # nothing to show yet, or nothing that is kept
            case PromptPut():
                if op.prompt.state == "open":
                    self._prompts[op.prompt.id] = op.prompt
                else:
                    self._prompts.pop(op.prompt.id, None)
            case ThreadPut() | CommentPut() | CommentGone():
                self._discussion = applied_comment(self._discussion, op)
            case KernelPut():
                self._kernel = op.kernel
            case RuntimePut():
                self._runtime = op.runtime
            case SavedPut():
                self._saved = op.saved
            case _:
                assert_never(op)

    # --- outputs --------------------------------------------------------------------------------------------------

    def _apply_to_cell(self, op: OutputPut | TextAppend | BundleReplace | OutputsClear | CellShows) -> None:
        if isinstance(op, CellShows):
            self._cells[op.cell_id] = CellOutputs(op.cell_id, op.execution_id, execution_count=op.execution_count)
            return
        cell = self._shown(op.cell_id, op.execution_id)
        if cell is None:
            return
        match op:
            case OutputsClear():
                cell = CellOutputs(op.cell_id, op.execution_id, execution_count=cell.execution_count)
            case OutputPut():
                cell = replace(cell, outputs=[*cell.outputs, op.output])
            case TextAppend():
                cell = _changed(cell, op.output_id, lambda output: _grown(output, op))
            case BundleReplace():
                cell = _changed(cell, op.output_id, lambda output: _replaced(output, op))
            case _:
                assert_never(op)
        self._cells[op.cell_id] = cell

    def _shown(self, cell_id: CellId, execution_id: ExecutionId | None) -> CellOutputs | None:
        """The cell, if it shows this execution."""
        cell = self._cells.get(cell_id) or CellOutputs(cell_id, execution_id)
        return cell if cell.execution_id == execution_id else None

    # --- widgets --------------------------------------------------------------------------------------------------

    def _apply_to_widget(self, op: WidgetPut | WidgetPatch | WidgetGone) -> None:
        if isinstance(op, WidgetPut):
            self._widgets[op.model.id] = op.model
            return
        model: WidgetModel | None = self._widgets.get(op.id)
        if model is None or model.epoch != op.epoch:
            return
        if isinstance(op, WidgetGone):
            del self._widgets[op.id]
        else:
            self._widgets[op.id] = patched(model, op)


def grown(stream: StreamOutput, op: TextAppend) -> StreamOutput:
    """The stream with more text. Up to TEXT_HEAD_CHARS + TEXT_TAIL_CHARS it is whole; of more, head and end are kept."""
    text, omitted, end = stream.text, stream.omitted, stream.text_end
    if op.skipped:
        head = text[:TEXT_HEAD_CHARS]
        omitted += len(text) - len(head) + len(end) + op.skipped
        text, end = head, op.text
    elif omitted:
        end += op.text
    else:
        text += op.text
    return shortened(
        replace(
            stream,
            text=text,
            tail=op.tail,
            chars=stream.chars + op.skipped + len(op.text),
            omitted=omitted,
            text_end=end,
            cursor=op.cursor,
            terminal=op.terminal,
        )
    )


def shortened(stream: StreamOutput) -> StreamOutput:
    """Head and end of a long text."""
    text, omitted, end = stream.text, stream.omitted, stream.text_end
    if not omitted and len(text) > TEXT_HEAD_CHARS + TEXT_TAIL_CHARS:
        text, end = text[:TEXT_HEAD_CHARS], text[TEXT_HEAD_CHARS:]
    surplus = len(end) - TEXT_TAIL_CHARS
    if surplus > 0:
        omitted, end = omitted + surplus, end[surplus:]
    if end is stream.text_end:
        return stream
    return replace(stream, text=text, omitted=omitted, text_end=end)


def _grown(output: Output, op: TextAppend) -> Output:
    return grown(output, op) if isinstance(output, StreamOutput) else output


def _replaced(output: Output, op: BundleReplace) -> Output:
    return replace(output, data=op.data, metadata=op.metadata) if isinstance(output, DisplayOutput) else output


def _changed(cell: CellOutputs, output_id: OutputId, change: Callable[[Output], Output]) -> CellOutputs:
    outputs = [change(output) if output.id == output_id else output for output in cell.outputs]
    return replace(cell, outputs=outputs)
