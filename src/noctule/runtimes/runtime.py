"""One live runtime as the server holds it in memory: its row, its place in the machine, its link. Does nothing by itself.

Everything here but the link, the death notice and the figures is a copy of rows; `roster.py` alone changes it.
"""

import asyncio
from typing import TYPE_CHECKING

from noctule.store.rows import KernelRow, RuntimeRow
from noctule_agent.wire.link import Metrics
from noctule_agent.wire.state import RuntimeView
from noctule_agent.wire.values import Cause, KernelId, NotebookId, RuntimeId

from .facts import view_of
from .lifecycle import Connected, Draining, Ended, State, Stopping

if TYPE_CHECKING:
    from .link import Link


class Runtime:
    """`lock` is held while a fact of it is changed. `gone`: the launcher's word that the agent of `row.handle` is dead."""

    def __init__(self, row: RuntimeRow, state: State, kernels: list[KernelRow], notebooks: list[NotebookId]) -> None:
        self.row = row
        self.state = state
        self.kernels: dict[KernelId, NotebookId | None] = {
            row.id: row.notebook_id for row in kernels if not row.retired
        }
        self.notebooks = set(notebooks)
        self.lock = asyncio.Lock()
        self.ended = asyncio.Event()
        self.link: Link | None = None
        self.arrival = asyncio.Lock()
        """Held while an agent is being admitted: one connection at a time takes the place of another."""
        self.gone: Cause | None = None
        self.told = False
        """The agent of this link has been asked to stop."""
        self.metrics: Metrics | None = None
        """The newest; pages see them at `figures_due`, on the clock of the event loop."""
        self.figures_due = 0.0
        self.showing: asyncio.TimerHandle | None = None
        loop_time = asyncio.get_running_loop().time()
        self.entered = loop_time
        self.unlinked = loop_time
        self.gone_since = loop_time

    @property
    def id(self) -> RuntimeId:
        return self.row.id

    @property
    def view(self) -> RuntimeView:
        return view_of(self.row, self.state, self.metrics)

    @property
    def warm(self) -> bool:
        """No notebook has it, and one could."""
        return not self.notebooks and isinstance(self.state, Connected) and self.link is not None

    @property
    def leaving(self) -> bool:
        """On its way out: it takes no work any more."""
        return isinstance(self.state, Stopping | Draining | Ended)

    def kernel_of(self, notebook_id: NotebookId) -> KernelId | None:
        return next((kernel for kernel, owner in self.kernels.items() if owner == notebook_id), None)
