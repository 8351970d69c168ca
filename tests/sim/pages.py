"""People's pages: the real client session in a process of its own, which notes what it was promised. Knows no faults."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Protocol

import msgspec

from noctule.client.connection import Connection, Ended, Live, Waiting
from noctule.client.session import PageSession
from noctule.errors import NoctuleError
from noctule.notebook.ops import Op as DocumentOp
from noctule_agent.wire import page as wire
from noctule_agent.wire.ports import Channel, Ids
from noctule_agent.wire.values import NotebookId
from tests.sim.loop import Process
from tests.sim.talk import Said


class SentRun(msgspec.Struct):
    """A Run that a page sent: what its document was when it was first said."""

    page: str
    notebook_id: str
    state_vector: bytes
    shown: dict[str, str]
    """The sources that this page had then."""
    epoch: str
    executions: list[tuple[str, str]]


class Witness(Protocol):
    """Who keeps what pages were promised, and what they show."""

    def saved(self, page: "SimPage", epoch: str, updates: list[bytes]) -> None: ...
    def done_run(self, run: SentRun) -> None: ...
    def sent(self, frame: Said) -> None: ...
    def done(self, page: "SimPage", frame: Said) -> None: ...
    def shows(self, page: "SimPage") -> None: ...
    def edited(self, page: "SimPage", epoch: str, client: int) -> None: ...
    def gave_up(self, page: "SimPage", code: str, why: str) -> None: ...
    def fail(self, text: str) -> None: ...
    def note(self, text: str) -> None: ...


class SimPage(PageSession):
    def __init__(
        self,
        name: str,
        notebook_id: NotebookId,
        process: Process,
        dial: Callable[[], Awaitable[Channel]],
        ids: Ids,
        witness: Witness,
        chance: random.Random,
    ) -> None:
        super().__init__(dial, ids, chance=chance.random)
        self.name = name
        self.notebook_id = notebook_id
        self.process = process
        self.chance = chance
        self._witness = witness
        self._updates: list[bytes] = []
        self._told_saved = 0
        self._runs: dict[str, SentRun] = {}
        self._said: dict[str, Said] = {}

    async def edit(self, *ops: DocumentOp) -> None:
        self._witness.edited(self, str(self._replica.epoch), self.doc._doc.client_id)
        await super().edit(*ops)

    # --- what it says ------------------------------------------------------------------------------------------------

    async def _put(self, channel: Channel, frame: wire.FromPage) -> None:
        if isinstance(frame, wire.Update):
            if frame.n == 1:
                self._updates, self._told_saved = [], 0
            assert frame.n == len(self._updates) + 1, "updates of a connection are numbered from 1"
            self._updates.append(frame.update)
        elif isinstance(frame, wire.Run) and frame.id not in self._runs:
            self._runs[frame.id] = SentRun(
                self.name,
                self.notebook_id,
                self.doc.state_vector(),
                {cell.id: cell.source for cell in self.doc.cells()},
                str(self._replica.epoch),
                [(item.execution_id, item.cell_id) for item in frame.executions],
            )
        elif isinstance(frame, Said):
            self._said[frame.id] = frame
            self._witness.sent(frame)
        await super()._put(channel, frame)

    # --- what it is told ---------------------------------------------------------------------------------------------

    def _take(self, frame: wire.ToPage) -> None:
        before = self.view
        rev = before.rev
        if isinstance(frame, wire.Ops) and frame.from_rev != rev:
            self._witness.fail(f"{self.name} at rev {rev} was sent operations from rev {frame.from_rev}")
        super()._take(frame)
        if self.view.rev < rev:
            self._witness.fail(f"{self.name} went back from rev {rev} to {self.view.rev} by {type(frame).__name__}")
        match frame:
            case wire.Saved():
                self._saved(frame.n)
            case wire.Done() if frame.id in self._runs:
                self._witness.done_run(self._runs[frame.id])
            case wire.Done() if frame.id in self._said:
                self._witness.done(self, self._said[frame.id])
            case _ if self.view is not before:
                self._witness.shows(self)
            case _:
                pass

    def _saved(self, n: int) -> None:
        if n > len(self._updates):
            self._witness.fail(f"{self.name} was told that update {n} is saved, but sent only {len(self._updates)}")
        new, self._told_saved = self._updates[self._told_saved : n], max(n, self._told_saved)
        self._witness.saved(self, str(self._replica.epoch), new)

    def _enter(self, connection: Connection) -> None:
        super()._enter(connection)
        match connection:
            case Live():
                self._witness.note(f"{self.name} is live at rev {self.view.rev}")
                self._witness.shows(self)
            case Waiting(cause=cause, seconds=seconds):
                self._witness.note(f"{self.name} waits {seconds:.2f} s: {cause.code} {cause.message}")
                if cause.code == "out-of-step":
                    self._witness.fail(f"{self.name}: {cause.message}")
            case Ended(problem=problem):
                self._witness.note(f"{self.name} ended: {problem.code}")
                self._witness.gave_up(self, problem.code, f"{problem.title} {problem.detail}")

    # --- use ---------------------------------------------------------------------------------------------------------

    @property
    def ready_now(self) -> bool:
        """It has a document."""
        return self._replica.doc is not None

    @property
    def live(self) -> bool:
        return isinstance(self.connection, Live)

    def open(self) -> None:
        self.process.spawn(self._stay())

    async def _stay(self) -> None:
        try:
            async with self:
                await asyncio.get_running_loop().create_future()
        except Exception as error:
            self._witness.fail(f"{self.name} failed: {error!r}")
            raise

    def do(self, what: str, act: Awaitable[object]) -> None:
        """Something that a person does and waits for, aside; what the server refuses is no failure."""
        self._witness.note(f"{self.name}: {what}")
        self.process.spawn(self._do(what, act), f"{self.name} {what}")

    async def _do(self, what: str, act: Awaitable[object]) -> None:
        try:
            await act
        except NoctuleError as error:
            self._witness.note(f"{self.name}: {what} -> {error.code}")
            if error.code == "internal-error":
                self._witness.fail(f"{self.name}: {what} failed in the server")
        except Exception as error:
            self._witness.fail(f"{self.name}: {what} failed: {error!r}")
            raise
