"""One page's connection: frames in, replies out. It keeps order and limits; what frames mean is the room's.

A frame that breaks the protocol closes this connection with a code and a reason, and harms nothing else.
Edits and commands are read from one ordered stream: a command sees every edit that was sent before it.
"""

import asyncio
from collections.abc import Awaitable
from functools import partial
from typing import Any, assert_never

import msgspec
import structlog

from noctule.accounts import capabilities
from noctule.accounts.capabilities import Capability
from noctule.accounts.live import ACCESS_ENDED, Held
from noctule.errors import Forbidden, NoctuleError, Refused, Unavailable, problem
from noctule.rooms import commenting
from noctule.rooms.outbox import Outbox, OutboxEnded, OutboxFull
from noctule.rooms.room import Room
from noctule_agent.wire import page as wire
from noctule_agent.wire.asks import AnswerBody
from noctule_agent.wire.limits import ASKS_PER_PAGE, HELLO_SECONDS, PAGE_FRAME_BYTES, PAGES_PER_NOTEBOOK
from noctule_agent.wire.ports import Channel, ChannelClosed
from noctule_agent.wire.values import DECODE_ERRORS, CommandId, Problem, UserId

log = structlog.get_logger()

Command = (
    wire.Run
    | wire.Interrupt
    | wire.Restart
    | wire.CancelRun
    | wire.Connect
    | wire.Disconnect
    | wire.AnswerPrompt
    | wire.ClearOutputs
    | wire.Comm
    | commenting.Command
)
"""Frames with an id, which get Done or Failed."""

COMMANDS_IN_FLIGHT = 64
AGAIN_SECONDS = 1.0
"""A page that came at a bad moment (the room was just closing) tries again after this."""
CLOSE_TRY_LATER = 1013
TOO_MANY = Problem(
    "too-many-asks", "This page asks the kernel too much at once.", "Wait for an answer and ask again.", 429
)
_decoder: msgspec.msgpack.Decoder[wire.FromPage] = msgspec.msgpack.Decoder(wire.FromPage)


class ProtocolBroken(Exception):
    """The page sent what the protocol does not allow; carries the close code and the reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Page:
    """A connected page. The room puts frames into its outbox and calls nothing else."""

    def __init__(self, channel: Channel, room: Room, user: UserId, held: Held, owner: str) -> None:
        loop = asyncio.get_running_loop()
        self.user = user
        self.owner = owner
        self._held = held
        self.client_id = 0
        self.outbox = Outbox(loop.time)
        self._channel = channel
        self._room = room
        self._tasks: set[asyncio.Future[Any]] = set()
        self._asks = 0
        self._room_left = asyncio.Semaphore(COMMANDS_IN_FLIGHT)

    @property
    def capabilities(self) -> list[str]:
        return sorted(self._held.now)

    @property
    def comments(self) -> bool:
        return Capability.COMMENT in self._held.now

    async def serve(self) -> None:
        """Until the connection ends, from either side. Never raises for what a page did."""
        self._held.told = self._may
        try:
            opening = await self._opening()
            await self._room.join(self, opening)
        except ProtocolBroken as broken:
            await self._channel.close(broken.code, broken.reason)
            return
        except NoctuleError as error:
            await self._refuse(problem(error), AGAIN_SECONDS if isinstance(error, Unavailable) else None)
            return
        except (ChannelClosed, TimeoutError):
            await self._channel.close(wire.CLOSE_PROTOCOL, "no opening frame came in time")
            return
        if Capability.VIEW not in self._held.now:
            # It ended while the page was welcomed, of which nothing is sent.
            self._room.leave(self)
            await self._channel.close(wire.CLOSE_ACCESS_ENDED, ACCESS_ENDED)
            return
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._send())
                await self._read()
        except ExceptionGroup as group:
            await self._close_for(group.exceptions[0])
        finally:
            self._room.leave(self)
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _opening(self) -> wire.Open:
        async with asyncio.timeout(HELLO_SECONDS):
            frame = self._decode(await self._channel.receive())
        if not isinstance(frame, wire.Open):
            raise ProtocolBroken(wire.CLOSE_PROTOCOL, "the first frame must be `open`")
        if frame.version[0] != wire.VERSION[0]:
            raise Refused(
                "protocol-version",
                "This page is of another version than the server.",
                "Reload the page.",
            )
        if self._room.page_count >= PAGES_PER_NOTEBOOK:
            raise Refused(
                "too-many-pages",
                f"{PAGES_PER_NOTEBOOK} pages have this notebook open.",
                "Close one that is not needed and try again.",
            )
        self.client_id = frame.client_id
        return frame

    async def _refuse(self, why: Problem, again: float | None) -> None:
        try:
            await self._channel.send(msgspec.msgpack.encode(wire.Refused(problem=why, again=again)))
        except ChannelClosed:
            return
        if again is not None:
            code = CLOSE_TRY_LATER
        else:
            code = wire.CLOSE_VERSION if why.code == "protocol-version" else wire.CLOSE_PROTOCOL
        await self._channel.close(code, why.title[:120])

    async def _close_for(self, error: Exception) -> None:
        """Close with the code that fits."""
        match error:
            case ProtocolBroken():
                log.warning("page broke the protocol", notebook=self._room.notebook_id, reason=error.reason)
                await self._channel.close(error.code, error.reason)
            case OutboxFull():
                await self._channel.close(wire.CLOSE_SLOW, "the page does not take what it is sent; open anew")
            case OutboxEnded():
                await self._channel.close(wire.CLOSE_SERVER_STOPS, "the server closes this notebook; open anew")
            case ChannelClosed():
                await self._channel.close()
            case _:
                log.error("page connection failed", notebook=self._room.notebook_id, exc_info=error)
                await self._channel.close(1011, "the server failed; open anew")

    def _may(self) -> None:
        """What it may is not what it was. Who may not see this any more is told nothing more; who closes it is another's."""
        if Capability.VIEW not in self._held.now:
            self._room.leave(self)
        elif self._room.has(self):
            self.outbox.put(wire.Rights(capabilities=self.capabilities))

    # --- out ------------------------------------------------------------------------------------------------------

    async def _send(self) -> None:
        while True:
            for frame in await self.outbox.next():
                await self._channel.send(frame)

    # --- in -------------------------------------------------------------------------------------------------------

    def _decode(self, data: bytes) -> wire.FromPage:
        if len(data) > PAGE_FRAME_BYTES:
            raise ProtocolBroken(1009, f"a frame may have {PAGE_FRAME_BYTES} bytes, this one has {len(data)}")
        try:
            return _decoder.decode(data)
        except DECODE_ERRORS as error:
            raise ProtocolBroken(wire.CLOSE_PROTOCOL, f"not a frame of this protocol: {error}"[:120]) from None

    async def _read(self) -> None:
        while True:
            frame = self._decode(await self._channel.receive())
            if self.outbox.ended:
                # The sender may not have seen it yet: a page that does not read holds it up.
                raise OutboxEnded
            try:
                capabilities.check(capabilities.of_frame(frame), self._held.now)
            except Forbidden as error:
                self._forbid(frame, error)
            else:
                if isinstance(frame, Command | wire.Need):
                    await self._room_left.acquire()
                self._handle(frame)

    def _forbid(self, frame: wire.FromPage, error: Forbidden) -> None:
        """A command is answered with the refusal; an edit cannot be, so it ends the connection."""
        if not isinstance(frame, Command | wire.Ask):
            raise ProtocolBroken(wire.CLOSE_UNAUTHORIZED, f"{error.code}: {error.title}")
        self.outbox.put(wire.Failed(id=CommandId(frame.id), problem=problem(error)))

    def _handle(self, frame: wire.FromPage) -> None:  # noqa: C901 - one arm a frame
        room = self._room
        match frame:
            case wire.Update():
                try:
                    room.update(self, frame)
                except Refused as error:
                    raise ProtocolBroken(wire.CLOSE_PROTOCOL, f"{error.code}: {error.title}"[:120]) from None
            case wire.Presence():
                room.peers.moved(self, frame.place)
            case wire.Run():
                # The source is read now, before any later edit of this stream; the commit is awaited aside.
                self._command(frame.id, room.running.run(frame.batch_id, frame.executions, self.user, "page"))
            case wire.Interrupt():
                self._command(frame.id, room.running.interrupt(self.user))
            case wire.Restart():
                self._command(frame.id, room.running.restart(self.user))
            case wire.CancelRun():
                self._command(frame.id, room.running.cancel(frame.execution_ids, self.user))
            case wire.Connect():
                self._command(frame.id, room.running.connect())
            case wire.Disconnect():
                self._command(frame.id, room.running.disconnect(self.user))
            case wire.AnswerPrompt():
                self._command(frame.id, room.running.answer(frame.prompt_id, frame.value, self.user))
            case wire.ClearOutputs():
                self._command(frame.id, room.running.clear_outputs(frame.cell_ids))
            case wire.Comm():
                self._command(frame.id, room.running.comm(frame))
            case wire.Ask():
                self._ask(frame)
            case wire.StartThread() | wire.Reply() | wire.EditComment() | wire.DeleteComment() | wire.ResolveThread():
                self._command(frame.id, room.commenting.do(frame, self.user))
            case wire.Ping():
                self.outbox.put(wire.Pong())
            case wire.Need():
                self._aside(room.need(self, frame.cell_ids)).add_done_callback(self._answered)
            case wire.Open():
                raise ProtocolBroken(wire.CLOSE_PROTOCOL, "`open` was sent twice")
            case _:
                assert_never(frame)

    def _ask(self, frame: wire.Ask) -> None:
        """Answer it aside. An ask has no place among commands, which would else wait for a kernel that is slow to answer."""
        if self._asks >= ASKS_PER_PAGE:
            self.outbox.put(wire.Failed(id=CommandId(frame.id), problem=TOO_MANY))
            return
        self._asks += 1
        task = asyncio.ensure_future(self._room.asking.ask(frame.ask))
        self._tasks.add(task)
        task.add_done_callback(partial(self._told, CommandId(frame.id)))

    def _told(self, ask_id: CommandId, task: "asyncio.Future[AnswerBody]") -> None:
        self._asks -= 1
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            self.outbox.put(wire.Answer(id=ask_id, answer=task.result()))
        else:
            self._failed(ask_id, error, "ask failed")

    def _command(self, command_id: str, work: Awaitable[None]) -> None:
        """Do it aside and reply with its id."""
        self._aside(work).add_done_callback(partial(self._reply, command_id))

    def _aside(self, work: Awaitable[None]) -> asyncio.Future[None]:
        """Start it; it has one of COMMANDS_IN_FLIGHT until it is done."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: self._room_left.release())
        return task

    def _reply(self, command_id: str, task: asyncio.Future[None]) -> None:
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            self.outbox.put(wire.Done(id=CommandId(command_id)))
        else:
            self._failed(CommandId(command_id), error, "command failed")

    def _failed(self, id_: CommandId, error: BaseException, event: str) -> None:
        if not isinstance(error, NoctuleError):
            log.error(event, notebook=self._room.notebook_id, exc_info=error)
        self.outbox.put(wire.Failed(id=id_, problem=problem(error)))

    def _answered(self, task: asyncio.Future[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            log.error("request failed", notebook=self._room.notebook_id, exc_info=task.exception())
