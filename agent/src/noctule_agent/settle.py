"""What an earlier agent left open in the journal: it died with its kernels, so all of that has ended. Used at start."""

from .journal import Journal, KernelRow
from .wire import link
from .wire.ports import Clock
from .wire.values import Cause

AGENT_LOST = Cause(
    "agent-lost",
    "The agent of this runtime died, and its kernels with it. What ran may have run in part; its outputs are kept.",
)


def settle(journal: Journal, clock: Clock) -> None:
    """What ran is lost, what waited is aborted, what was asked is closed; in one commit a kernel."""
    for row in journal.kernels():
        records = _ends(journal, row, clock)
        if records:
            journal.append(row.kernel_id, records)


def _ends(journal: Journal, kernel: KernelRow, clock: Clock) -> list[link.Record]:
    at, kernel_id = clock.now(), kernel.kernel_id
    cause = Cause(AGENT_LOST.code, AGENT_LOST.message, {"kernel_epoch": kernel.epoch})
    records: list[link.Record] = [link.KernelDied(kernel.epoch, at, cause)] if kernel.alive else []
    records += [link.PromptClosed(prompt_id, at, answered=False) for prompt_id in journal.open_prompts(kernel_id)]
    for execution_id, state in journal.unfinished(kernel_id):
        ended = "lost" if state == "running" else "aborted"
        records.append(link.ExecutionEnded(execution_id, at, ended, cause=cause))
    return records
