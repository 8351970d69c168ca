"""What runtimes need of the live notebooks, and of who keeps the server's rules, as Protocols. Only types, and who keeps none.

Calls come from tasks of this package, never from inside `Runtimes.ensure`, `deliver`, `command` or `end`: a room may
await those from its own apply loop. The one exception to that freedom is `command`, which awaits an answer of the agent:
the agent's events pass through the room, so a room awaits it outside of its apply loop.
"""

from collections.abc import Collection
from typing import Protocol

import msgspec

from noctule.store import Tx
from noctule_agent.wire.link import QueuedItem, Record
from noctule_agent.wire.state import KernelView, RuntimeView
from noctule_agent.wire.values import BatchId, Cause, KernelId, NotebookId, RuntimeId, UserId


class KernelBatch(msgspec.Struct, frozen=True):
    """Records first_seq, first_seq + 1, ... of one kernel's stream, decoded, in order, without a gap."""

    kernel_id: KernelId
    notebook_id: NotebookId
    first_seq: int
    records: list[Record]

    @property
    def last_seq(self) -> int:
        return self.first_seq + len(self.records) - 1


class Rooms(Protocol):
    async def ingest(self, batch: KernelBatch) -> int:
        """Apply and commit, moving the kernel's cursor in the same transaction; returns the committed cursor.

        Records at or below the cursor are skipped. StorageFull or StorageUnavailable: nothing was committed, the same
        batch comes again later.
        """

    async def outstanding(self, notebook_id: NotebookId) -> list[tuple[BatchId, list[QueuedItem]]]:
        """Executions that no agent has accepted, in the order queued; from now on only an agent can cancel them."""

    async def kernel_bound(self, notebook_id: NotebookId, kernel: KernelView) -> None:
        """This kernel (new, or a warm one) is from now on the notebook's. Always before the first batch of it."""

    async def runtime_changed(self, notebook_id: NotebookId, view: RuntimeView) -> None:
        """Show it. The row is committed (save for the measured figures, which are not kept)."""

    async def settle(self, notebook_id: NotebookId, kernel_id: KernelId, cause: Cause) -> None:
        """The kernel is gone for good: what ran or was accepted is `lost`, what waited `aborted`. Idempotent."""


class Overseer(Protocol):
    """Whose rules bound runtimes, and who notes what becomes of them. Works of the transactions that change their rows."""

    def starts(self, tx: Tx, runtime_id: RuntimeId, notebook_id: NotebookId, by: UserId | None) -> None:
        """The notebook gets this runtime, that it had none before. `by` None: nobody asked. Raises Conflict: it may not."""

    def ends(self, tx: Tx, runtime_id: RuntimeId, notebooks: Collection[NotebookId], cause: Cause) -> None:
        """It has ended; these had it."""


class NoOverseer:
    """An Overseer that has no rules."""

    def starts(self, tx: Tx, runtime_id: RuntimeId, notebook_id: NotebookId, by: UserId | None) -> None:
        """It may."""

    def ends(self, tx: Tx, runtime_id: RuntimeId, notebooks: Collection[NotebookId], cause: Cause) -> None:
        """Nobody asks."""
