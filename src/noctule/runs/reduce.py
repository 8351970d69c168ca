"""(state, record of the journal) -> Step, and (state, request) -> Step | Rejected. Pure: ids and times are arguments.

An execution: queued -> running -> ok | error, or -> aborted (never ran), or -> lost (may have run). `lost` may still become
what the agent's journal says in the end; any other final state stays. What a cell shows changes when an execution starts.
"""

from collections.abc import Callable, Collection, Iterable
from typing import assert_never

import msgspec

from noctule.runs import messages, widgets
from noctule.runs.draft import Draft
from noctule.runs.mime import content_of
from noctule.runs.state import Rejected, RunState, Step
from noctule_agent.wire import link
from noctule_agent.wire.limits import BATCH_EXECUTIONS, QUEUE_EXECUTIONS
from noctule_agent.wire.state import (
    FINAL_STATES,
    ExecutionState,
    ExecutionView,
    KernelPut,
    Output,
    PromptView,
    RuntimePut,
    SavedPut,
)
from noctule_agent.wire.values import Cause, CellId, ExecutionId, Millis, PromptId

__all__ = [
    "Rejected",
    "Step",
    "answer_prompt",
    "cancel",
    "clear_outputs",
    "page_comm",
    "queue",
    "reduce",
    "settle",
    "show",
    "show_imported",
]

FINAL: dict[str, ExecutionState] = {"ok": "ok", "error": "error", "aborted": "aborted", "lost": "lost"}


def _no_id() -> str:
    raise AssertionError("this request makes no outputs")


# --- records of the journal -----------------------------------------------------------------------------------------


def reduce(state: RunState, record: link.Record, new_id: Callable[[], str]) -> Step:
    """Apply one record. `new_id` makes the ids of the outputs that appear."""
    draft = Draft(state, new_id)
    match record:
        case link.KernelStarting():
            _kernel_starting(draft, record)
        case link.KernelReady():
            _kernel_ready(draft, record)
        case link.KernelDied():
            _kernel_died(draft, record)
        case link.ExecutionStarted():
            _started(draft, record)
        case link.Said():
            messages.said(draft, record)
        case link.PromptOpened():
            _prompt_opened(draft, record)
        case link.PromptClosed():
            draft.close_prompt(record.prompt_id, answered=record.answered)
            draft.follow()
        case link.ExecutionEnded():
            _ended(draft, record)
        case link.Gap():
            _gap(draft, record)
        case link.BatchAccepted() | link.AgentEnding():
            pass  # about the queue and the runtime: nothing that is shown here changes
        case _:
            assert_never(record)
    return draft.step()


def _kernel_starting(draft: Draft, record: link.KernelStarting) -> None:
    epoch = draft.epoch_of(record.epoch)
    cause = Cause(
        "kernel-restarted", "The kernel was restarted while this cell ran. What it did until then is not known."
    )
    _lose_running(draft, epoch - 1, cause, record.at)
    draft.cancel_prompts()
    if draft.kernel is not None:
        again = draft.kernel.epoch > draft.kernel.epoch_base
        draft.put_kernel(
            msgspec.structs.replace(
                draft.kernel,
                epoch=max(epoch, draft.kernel.epoch),
                state="restarting" if again else "starting",
                spec_name=record.spec_name,
                cause=None,
            )
        )


def _kernel_ready(draft: Draft, record: link.KernelReady) -> None:
    if draft.kernel is None or draft.epoch_of(record.epoch) < draft.kernel.epoch:
        return
    draft.put_kernel(
        msgspec.structs.replace(
            draft.kernel,
            epoch=draft.epoch_of(record.epoch),
            state=draft.activity(),
            language=record.language or draft.kernel.language,
            language_info=content_of(record.language_info) or {},
        )
    )


def _kernel_died(draft: Draft, record: link.KernelDied) -> None:
    epoch = draft.epoch_of(record.epoch)
    _lose_running(draft, epoch, record.cause, record.at)
    if draft.kernel is not None and epoch >= draft.kernel.epoch:
        draft.cancel_prompts()
        draft.put_kernel(msgspec.structs.replace(draft.kernel, epoch=epoch, state="dead", cause=record.cause))


def _lose_running(draft: Draft, up_to: int, cause: Cause, at: Millis) -> None:
    """What ran in these epochs has no known end."""
    for id_ in sorted(draft.running):
        view = draft.executions[id_]
        if view.epoch is None or view.epoch <= up_to:
            draft.put_execution(msgspec.structs.replace(view, state="lost", finished_at=at, cause=cause))
            draft.cancel_prompts(id_)


def _started(draft: Draft, record: link.ExecutionStarted) -> None:
    view = draft.executions.get(record.execution_id)
    if view is None or view.state in ("running", "ok", "error"):
        draft.ignored += 1
        return
    draft.put_execution(
        msgspec.structs.replace(
            view,
            state="running",
            started_at=record.at,
            finished_at=None,
            cause=None,
            epoch=draft.epoch_of(record.epoch),
        )
    )
    if draft.cells[view.cell_id].shown[-1:] != (view.id,):
        draft.show(view.cell_id, view.id)
    draft.follow()


def _ended(draft: Draft, record: link.ExecutionEnded) -> None:
    view = draft.executions.get(record.execution_id)
    ended = FINAL.get(record.state)
    if view is None or ended is None:
        draft.ignored += 1
        return
    if view.state in FINAL_STATES and (view.state != "lost" or ended == "lost"):
        return
    draft.cancel_prompts(view.id)
    draft.put_execution(
        msgspec.structs.replace(
            view,
            state=ended,
            finished_at=record.at,
            execution_count=view.execution_count if record.execution_count is None else record.execution_count,
            cause=record.cause,
        )
    )
    draft.follow()


def _prompt_opened(draft: Draft, record: link.PromptOpened) -> None:
    view = draft.executions.get(record.execution_id)
    if view is None:
        draft.ignored += 1
        return
    draft.open_prompt(
        PromptView(
            id=record.prompt_id,
            execution_id=view.id,
            cell_id=view.cell_id,
            kind="password" if record.password else "text",
            text=record.text,
            state="open",
            opened_at=record.at,
        )
    )
    draft.follow()


def _gap(draft: Draft, record: link.Gap) -> None:
    if not draft.running:
        draft.ignored += 1
    for id_ in sorted(draft.running):
        draft.mark((draft.executions[id_].cell_id, id_), record.cause)


# --- requests -------------------------------------------------------------------------------------------------------


def queue(state: RunState, views: list[ExecutionView]) -> Step | Rejected:
    """Queue executions; those whose ids are known were queued before and are left as they are."""
    draft = Draft(state, _no_id)
    fresh = [view for view in views if view.id not in state.executions]
    if len(fresh) > BATCH_EXECUTIONS:
        return Rejected("batch-too-large", f"One run may have at most {BATCH_EXECUTIONS:,} cells.")
    if state.queued + len(fresh) > QUEUE_EXECUTIONS:
        return Rejected("queue-full", f"{QUEUE_EXECUTIONS:,} cells wait already. Let some finish, or cancel them.")
    for view in fresh:
        draft.put_execution(view)
    return draft.step()


def cancel(state: RunState, execution_ids: Iterable[ExecutionId] | None, at: Millis, cause: Cause) -> Step:
    """Abort what waits: the named executions, or all. Only for those that no agent was ever offered."""
    draft = Draft(state, _no_id)
    for id_ in list(state.executions) if execution_ids is None else execution_ids:
        view = draft.executions.get(id_)
        if view is not None and view.state == "queued":
            draft.put_execution(msgspec.structs.replace(view, state="aborted", finished_at=at, cause=cause))
    return draft.step()


def settle(state: RunState, cause: Cause, at: Millis, never_offered: Collection[ExecutionId] = ()) -> Step:
    """The kernel is gone for good and its journal says nothing more: what ran, or may have been sent, is lost; of the
    rest it is certain that it never ran."""
    draft = Draft(state, _no_id)
    for view in list(state.executions.values()):
        if view.state in FINAL_STATES:
            continue
        ended: ExecutionState = "aborted" if view.state == "queued" and view.id in never_offered else "lost"
        draft.put_execution(msgspec.structs.replace(view, state=ended, finished_at=at, cause=cause))
    draft.cancel_prompts()
    if draft.kernel is not None:
        draft.put_kernel(msgspec.structs.replace(draft.kernel, state="dead", cause=cause))
    return draft.step()


def clear_outputs(state: RunState, cell_ids: Iterable[CellId] | None) -> Step:
    """Remove what these cells show, or all. What a running one says later is shown again."""
    draft = Draft(state, _no_id)
    for cell_id in list(state.cells) if cell_ids is None else cell_ids:
        facts = state.cells.get(cell_id)
        if facts is None or not facts.shown:
            continue
        slot = (cell_id, facts.shown[-1])
        kept = state.outputs.get(slot)
        if kept is not None and kept.count:
            draft.clear(slot)
    return draft.step()


def show_imported(state: RunState, cell_id: CellId, outputs: list[Output], count: int | None) -> Step:
    """The cell shows what came with a file; earlier outputs are superseded."""
    draft = Draft(state, _no_id)
    draft.show(cell_id, None, count)
    for output in outputs:
        draft.put_imported((cell_id, None), output)
    return draft.step()


def answer_prompt(state: RunState, prompt_id: PromptId, by: str) -> Step | Rejected:
    """The first answer wins."""
    if prompt_id not in state.prompts:
        return Rejected("prompt-closed", "This question was answered already, or its cell has ended.")
    draft = Draft(state, _no_id)
    draft.close_prompt(prompt_id, answered=True, by=by)
    draft.follow()
    return draft.step()


def page_comm(state: RunState, comm_id: str, msg_type: str, content: bytes, buffers: list[bytes]) -> Step | Rejected:
    """A widget of a page speaks to the kernel, by the page's Comm `comm_id`: its state changes for all pages."""
    if msg_type not in messages.COMMS:
        return Rejected("comm-invalid", f"{msg_type} is no comm message.")
    value = content_of(content)
    if value is None or not isinstance(value.get("comm_id"), str):
        return Rejected("comm-invalid", "The message has no comm_id, or is no JSON object.")
    if state.kernel is None or state.kernel.state == "dead":
        return Rejected("kernel-gone", "This widget's kernel is gone. Run its cell again.")
    widget = state.widgets.get(value["comm_id"])
    if widget is not None and widget.epoch != state.kernel.epoch:
        return Rejected("kernel-gone", "This widget belongs to an earlier kernel. Run its cell again.")
    draft = Draft(state, _no_id)
    widgets.comm(draft, msg_type, value, buffers, by=comm_id)
    return draft.step()


def show(state: RunState, op: KernelPut | RuntimePut | SavedPut) -> Step:
    """A fact about the notebook's kernel, runtime or file that others own.

    A new kernel is told as its agent counts (`epoch_base` 0) and gets epochs above those of the one before; of a known
    one only the journal moves the epoch.
    """
    if not isinstance(op, KernelPut):
        return Step(state, [op])
    draft = Draft(state, _no_id)
    before, kernel = state.kernel, op.kernel
    if before is not None and kernel.id == before.id:
        kernel = msgspec.structs.replace(kernel, epoch_base=before.epoch_base, epoch=before.epoch)
    elif before is not None:
        kernel = msgspec.structs.replace(kernel, epoch_base=before.epoch + 1, epoch=before.epoch + 1 + kernel.epoch)
    draft.put_kernel(kernel)
    draft.follow()
    return draft.step()
