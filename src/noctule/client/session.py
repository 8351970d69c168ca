"""A page in Python: opens a notebook's socket, keeps what it shows, sends edits and commands, and comes back when cut.

What may be repeated is sent again after a cut: edits (from the state vector), and commands that their ids make
idempotent. Other commands fail then with Unavailable("answer-lost"): they may have been done. Nothing here reads a
clock but the event loop's, so that a simulation owns its time.
"""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import msgspec

from noctule.client.backoff import Backoff
from noctule.client.commands import Command, Commands, Pending
from noctule.client.connection import (
    Again,
    Connecting,
    Connection,
    Ended,
    Live,
    Waiting,
    after_close,
    after_failure,
    after_refusal,
)
from noctule.client.problems import as_error
from noctule.client.replica import OutOfStep, Replica
from noctule.errors import Conflict, NoctuleError, Unavailable, problem
from noctule.notebook.crdt import NotebookDoc
from noctule.notebook.ops import Op as DocumentOp
from noctule_agent.wire import page as wire
from noctule_agent.wire.comments import CommentView, ThreadView
from noctule_agent.wire.limits import HELLO_SECONDS
from noctule_agent.wire.ports import Channel, ChannelClosed, Ids
from noctule_agent.wire.state import FINAL_STATES, ExecutionView, RunSnapshot
from noctule_agent.wire.values import BatchId, Cause, CellId, CommentId, ExecutionId, Problem, PromptId, ThreadId

T = TypeVar("T")

_DECODER: Final = msgspec.msgpack.Decoder(wire.ToPage)
_ENCODER: Final = msgspec.msgpack.Encoder()


class PageSession:
    """An async context manager. `dial` makes one new connection each time it is called."""

    def __init__(
        self,
        dial: Callable[[], Awaitable[Channel]],
        ids: Ids,
        *,
        client_id: int = 0,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.connection: Connection = Connecting()
        self.notice: Problem | None = None
        """What keeps the server from going on with this notebook (its disk is full, ...); None when all is well."""
        self._dial = dial
        self._ids = ids
        self._client_id = client_id
        self._backoff = Backoff(chance)
        self._protocol_closes = 0
        self._replica = Replica()
        self._live: Channel | None = None
        self._writing = asyncio.Lock()
        self._commands = Commands()
        self._needed: dict[CellId, None] = {}
        self._change = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._stay_connected())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._task is not None
        self._task.cancel()
        self._commands.end(Unavailable("session-closed", "This session was closed before an answer came."))
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    # --- what it shows ---

    @property
    def view(self) -> RunSnapshot:
        """The run state; of revision 0 and empty before the first connection."""
        return self._replica.view

    @property
    def doc(self) -> NotebookDoc:
        """The document. Only after `ready`."""
        assert self._replica.doc is not None, "ready() was not awaited"
        return self._replica.doc

    @property
    def aside(self) -> Sequence[NotebookDoc]:
        """Documents of earlier epochs with edits that the server never got."""
        return self._replica.aside

    def executions(self, batch_id: BatchId) -> list[ExecutionView]:
        return [each for each in self.view.executions if each.batch_id == batch_id]

    async def until(self, look: Callable[[], T | None]) -> T:
        """What `look` gives, as soon as it gives anything but None; it is called after every change."""
        while True:
            if (found := look()) is not None:
                return found
            await self.changed()

    async def changed(self) -> None:
        """The next change of anything that is shown here. Raises why, when there will be none."""
        if isinstance(self.connection, Ended):
            raise as_error(self.connection.problem)
        await self._change.wait()

    async def ready(self) -> None:
        """Connected, and the document is here."""
        await self.until(lambda: isinstance(self.connection, Live) or None)

    async def finished(self, batch_id: BatchId) -> list[ExecutionView]:
        """The executions of a batch that this session ran, when all of them are final."""

        def look() -> list[ExecutionView] | None:
            found = self.executions(batch_id)
            return found if found and all(each.state in FINAL_STATES for each in found) else None

        return await self.until(look)

    async def need(self, *cell_ids: CellId) -> None:
        """Get the outputs of these cells that the snapshot left out; returns when they are in the view."""
        missing = _incomplete(self.view, cell_ids)
        if not missing:
            return
        self._needed.update(dict.fromkeys(missing))
        await self._send(wire.Need(cell_ids=missing))
        await self.until(lambda: not _incomplete(self.view, cell_ids) or None)

    # --- edits ---

    async def edit(self, *ops: DocumentOp) -> None:
        """Edit the document here and send it; `saved` tells when it is durable."""
        made = self._replica.edit(ops)
        if made is None:
            return
        self._notify()
        async with self._writing:
            if self._live is not None:
                await self._put(self._live, self._replica.numbered(made))

    async def saved(self) -> None:
        """Every edit so far is durable in the server. Conflict("epoch-changed"): some were put aside."""
        edits, aside = self._replica.edits, len(self._replica.aside)

        def look() -> bool | None:
            if len(self._replica.aside) > aside:
                raise Conflict("epoch-changed", "The document was replaced before these edits were saved.")
            return self._replica.saved >= edits or None

        await self.until(look)

    # --- commands; each returns when the server says it is done, and raises what the server says otherwise ---

    async def run(self, cell_ids: Sequence[CellId], batch_id: BatchId | None = None) -> BatchId:
        """Run these cells in this order, with the source that the server has when this reaches it."""
        batch = batch_id or BatchId(self._ids.new())
        items = [wire.RunItem(execution_id=ExecutionId(self._ids.new()), cell_id=cell_id) for cell_id in cell_ids]
        await self._command(wire.Run(id=self._ids.new(), batch_id=batch, executions=items))
        return batch

    async def interrupt(self) -> None:
        await self._command(wire.Interrupt(id=self._ids.new()))

    async def restart(self) -> None:
        await self._command(wire.Restart(id=self._ids.new()))

    async def cancel(self, execution_ids: list[ExecutionId] | None = None) -> None:
        await self._command(wire.CancelRun(id=self._ids.new(), execution_ids=execution_ids))

    async def connect_runtime(self) -> None:
        await self._command(wire.Connect(id=self._ids.new()))

    async def disconnect_runtime(self) -> None:
        await self._command(wire.Disconnect(id=self._ids.new()))

    async def answer(self, prompt_id: PromptId, value: str) -> None:
        await self._command(wire.AnswerPrompt(id=self._ids.new(), prompt_id=prompt_id, value=value))

    async def clear_outputs(self, cell_ids: list[CellId] | None = None) -> None:
        await self._command(wire.ClearOutputs(id=self._ids.new(), cell_ids=cell_ids))

    async def start_thread(self, cell_id: CellId, text: str) -> ThreadId:
        """Say something about a cell."""
        thread_id, comment_id = ThreadId(self._ids.new()), CommentId(self._ids.new())
        await self._command(
            wire.StartThread(id=self._ids.new(), thread_id=thread_id, comment_id=comment_id, cell_id=cell_id, text=text)
        )
        return thread_id

    async def reply(self, thread_id: ThreadId, text: str) -> CommentId:
        comment_id = CommentId(self._ids.new())
        await self._command(wire.Reply(id=self._ids.new(), thread_id=thread_id, comment_id=comment_id, text=text))
        return comment_id

    async def edit_comment(self, comment: CommentView, text: str) -> None:
        """Replace the text of one's own comment, as it was seen."""
        await self._command(
            wire.EditComment(id=self._ids.new(), comment_id=comment.id, version=comment.version, text=text)
        )

    async def delete_comment(self, comment_id: CommentId) -> None:
        await self._command(wire.DeleteComment(id=self._ids.new(), comment_id=comment_id))

    async def resolve(self, thread: ThreadView, *, resolved: bool) -> None:
        """Resolve a thread, as it was seen, or reopen it."""
        await self._command(
            wire.ResolveThread(id=self._ids.new(), thread_id=thread.id, turn=thread.turn, resolved=resolved)
        )

    async def comm(self, msg_type: str, content: dict[str, Any], buffers: Sequence[bytes] = ()) -> None:
        """A widget's message to the kernel."""
        text = msgspec.json.encode(content)
        await self._command(wire.Comm(id=self._ids.new(), msg_type=msg_type, content=text, buffers=list(buffers)))

    async def _command(self, frame: Command) -> None:
        if isinstance(self.connection, Ended):
            raise as_error(self.connection.problem)
        pending = self._commands.add(frame)
        try:
            async with self._writing:
                # The connection may have been made, with this in its first frames, while the lock was awaited.
                if self._live is not None and pending.sent_on is not self._live:
                    await self._put_pending(self._live, pending)
            await pending.answer
        finally:
            self._commands.remove(frame)

    # --- frames out; the caller holds the lock, so that they leave in the order of the calls ---

    async def _send(self, frame: wire.FromPage) -> None:
        async with self._writing:
            if self._live is not None:
                await self._put(self._live, frame)

    async def _put_pending(self, channel: Channel, pending: Pending) -> None:
        pending.sent_on = channel
        await self._put(channel, pending.frame)

    async def _put(self, channel: Channel, frame: wire.FromPage) -> None:
        # When it is cut the reader learns of it, and the next connection begins with what this one lost.
        with contextlib.suppress(ChannelClosed):
            await channel.send(_ENCODER.encode(frame))

    # --- the connection ---

    async def _stay_connected(self) -> None:
        while True:
            self._enter(Connecting())
            try:
                await self._connect()
            except Again as again:
                self._commands.cut()
                seconds = self._backoff.delay() if again.seconds is None else again.seconds
                self._enter(Waiting(again.cause, seconds))
                await asyncio.sleep(seconds)
            except NoctuleError as final:
                self._end(final)
                return
            except Exception as defect:
                self._end(Unavailable("page-failed", "This page failed.", f"{type(defect).__name__}: {defect}"))
                raise

    async def _connect(self) -> None:
        """One connection, from its dialling to its end. Ends by raising Again, or why there is to be no other."""
        channel: Channel | None = None
        try:
            channel = await self._dial()
            await self._open(channel)
            while True:
                self._take(_DECODER.decode(await channel.receive()))
        except ChannelClosed as closed:
            self._protocol_closes = self._protocol_closes + 1 if closed.code == wire.CLOSE_PROTOCOL else 0
            raise after_close(closed, self._protocol_closes) from closed
        except (Unavailable, OSError, msgspec.MsgspecError) as error:
            raise after_failure(error) from error
        except OutOfStep as error:
            raise Again(Cause("out-of-step", f"The page starts over: {error}."), 0.0) from error
        finally:
            self._live = None
            if channel is not None:
                await channel.close()

    async def _open(self, channel: Channel) -> None:
        async with asyncio.timeout(HELLO_SECONDS):
            await channel.send(_ENCODER.encode(self._replica.opening(self._client_id)))
            frame = _DECODER.decode(await channel.receive())
        if not isinstance(frame, wire.Welcome):
            self._take(frame)
            raise Unavailable("protocol", f"The server began with `{type(frame).__name__}` and not with a welcome.")
        async with self._writing:
            # The lock is held until all that the server lacks is on its way: nothing overtakes it.
            lacking = self._replica.welcome(frame)
            if lacking is not None:
                await self._put(channel, lacking)
            for pending in self._commands:
                await self._put_pending(channel, pending)
            if needed := _incomplete(self.view, self._needed):
                await self._put(channel, wire.Need(cell_ids=needed))
            self._live = channel
        self._backoff.reset()
        self._enter(Live(frame.server, frame.user))

    def _take(self, frame: wire.ToPage) -> None:
        """One frame of the server."""
        match frame:
            case wire.Done():
                self._commands.done(frame.id)
            case wire.Failed():
                self._commands.failed(frame.id, as_error(frame.problem))
            case wire.Notice():
                self.notice = frame.problem
            case wire.NewEpoch():
                raise Again(Cause("epoch-changed", "The document was replaced; the page opens it anew."), 0.0)
            case wire.Refused():
                raise after_refusal(frame)
            case _:
                self._replica.receive(frame)
        if isinstance(frame, wire.Outputs):
            for cell in frame.cells:
                self._needed.pop(cell.cell_id, None)
        self._notify()

    def _end(self, error: NoctuleError) -> None:
        self._enter(Ended(problem(error)))
        self._commands.end(error)

    def _enter(self, connection: Connection) -> None:
        self.connection = connection
        self._notify()

    def _notify(self) -> None:
        """Wake all who wait for the next change."""
        self._change.set()
        self._change = asyncio.Event()


def _incomplete(view: RunSnapshot, cell_ids: Sequence[CellId] | dict[CellId, None]) -> list[CellId]:
    return [cell.cell_id for cell in view.cells if cell.cell_id in cell_ids and not cell.complete]
