"""A page's terminal: passes frames between the page's socket and a pipe to the agent, and keeps the limits between them.

Output is passed on as it comes and is not read. The page says what it has drawn (`ack`), and only then the agent may send more:
so this side never holds more than a window. Input goes through one queue, and the page is told when it has gone on.
"""

import asyncio

import msgspec
import structlog

from noctule.errors import NoctuleError, Refused, problem
from noctule_agent.pipes import Pipe, PipeBroken
from noctule_agent.wire.limits import HELLO_SECONDS, KB, TERMINAL_INPUT_BYTES
from noctule_agent.wire.page import CLOSE_PROTOCOL, CLOSE_VERSION
from noctule_agent.wire.ports import Channel, ChannelClosed
from noctule_agent.wire.terminals import (
    TERMINAL_VERSION,
    AttachTerminal,
    FromTerminalPage,
    TermAck,
    TerminalId,
    TermInput,
    TermOpen,
    TermPing,
    TermPong,
    TermRefused,
    TermResize,
    TermTaken,
    ToTerminalPage,
)
from noctule_agent.wire.values import DECODE_ERRORS, NotebookId, Problem

from .desk import Opener

log = structlog.get_logger()

CLOSE_TRY_LATER = 1013
FRAME_BYTES = TERMINAL_INPUT_BYTES + KB
INPUT_HELD = 2 * TERMINAL_INPUT_BYTES
"""A page that sends more input than it was told it may breaks the protocol."""
PASSING = frozenset({"runtime-unreachable", "runtime-busy"})
"""What goes by itself: the page tries again."""

_FRAMES: msgspec.msgpack.Decoder[FromTerminalPage] = msgspec.msgpack.Decoder(FromTerminalPage)
_encode = msgspec.msgpack.Encoder().encode


class _Broken(Exception):
    """The page sent what the protocol does not allow."""


async def serve_terminal(runtimes: Opener, channel: Channel, notebook_id: NotebookId, terminal_id: TerminalId) -> None:
    """One page at one terminal, until either leaves. Never raises for what the page or the runtime did."""
    try:
        opening = await _opening(channel)
        pipe = runtimes.pipe(notebook_id, AttachTerminal(terminal_id, opening.cols, opening.rows, opening.after))
        await _Relay(channel, pipe).run()
    except (_Broken, TimeoutError) as broken:
        await channel.close(CLOSE_PROTOCOL, str(broken)[:120] or "no opening frame came in time")
    except NoctuleError as error:
        await _refuse(channel, problem(error))
    except ChannelClosed:
        await channel.close()


async def _opening(channel: Channel) -> TermOpen:
    async with asyncio.timeout(HELLO_SECONDS):
        frame = _decode(await channel.receive())
    if not isinstance(frame, TermOpen):
        raise _Broken("the first frame must be `open`")
    if frame.version[0] != TERMINAL_VERSION[0]:
        raise Refused("protocol-version", "This page is of another version than the server.", "Reload the page.")
    return frame


async def _refuse(channel: Channel, why: Problem) -> None:
    again = why.code in PASSING
    try:
        await channel.send(_encode(TermRefused(why, again)))
    except ChannelClosed:
        return
    code = CLOSE_TRY_LATER if again else CLOSE_VERSION if why.code == "protocol-version" else CLOSE_PROTOCOL
    await channel.close(code, why.title[:120])


def _decode(data: bytes) -> FromTerminalPage:
    if len(data) > FRAME_BYTES:
        raise _Broken(f"a frame may have {FRAME_BYTES} bytes")
    try:
        return _FRAMES.decode(data)
    except DECODE_ERRORS as error:
        raise _Broken(f"not a frame of this protocol: {error}") from None


class _Relay:
    def __init__(self, channel: Channel, pipe: Pipe) -> None:
        self._channel = channel
        self._pipe = pipe
        self._sending = asyncio.Lock()
        self._undrawn = 0
        self._input: asyncio.Queue[tuple[bytes, int]] = asyncio.Queue()
        self._held = 0

    async def run(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(work()) for work in (self._out, self._in, self._forward)]
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in tasks:
                    task.cancel()
        except ExceptionGroup as failed:
            await self._end(failed.exceptions[0])
        else:
            await self._channel.close(1000, "the shell has ended")
        finally:
            self._pipe.end()

    async def _end(self, error: Exception) -> None:
        match error:
            case PipeBroken():
                await _refuse(self._channel, error.problem)
            case ChannelClosed() | _Broken():
                raise error
            case _:
                log.error("a terminal's connection failed", exc_info=error)
                await self._channel.close(1011, "the server failed; open anew")

    async def _send(self, frame: ToTerminalPage) -> None:
        async with self._sending:
            await self._channel.send(_encode(frame))

    async def _out(self) -> None:
        """To the agent's end of it."""
        while (message := await self._pipe.receive()) is not None:
            self._undrawn += len(message)
            async with self._sending:
                await self._channel.send(message)

    async def _in(self) -> None:
        while True:
            data = await self._channel.receive()
            frame = _decode(data)
            match frame:
                case TermAck(size=size):
                    drawn = min(size, self._undrawn)
                    self._undrawn -= drawn
                    self._pipe.taken(drawn)
                case TermPing():
                    await self._send(TermPong())
                case TermInput():
                    self._queue(data, len(frame.data))
                case TermResize():
                    self._queue(data, 0)
                case TermOpen():
                    raise _Broken("`open` was sent twice")

    def _queue(self, data: bytes, size: int) -> None:
        self._held += len(data)
        if self._held > INPUT_HELD:
            raise _Broken("more input than there is room for")
        self._input.put_nowait((data, size))

    async def _forward(self) -> None:
        while True:
            data, size = await self._input.get()
            await self._pipe.send(data)
            self._held -= len(data)
            if size:
                await self._send(TermTaken(size))
