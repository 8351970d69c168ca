"""One page that looks at a terminal: brings it the screen and what follows, and its keys to the shell. To the pipe's end."""

import asyncio

import msgspec

from noctule_agent.pipes import Pipe
from noctule_agent.refusal import Refusal
from noctule_agent.wire.limits import KB, PIPE_FRAME_BYTES
from noctule_agent.wire.terminals import (
    AttachTerminal,
    TermEnded,
    TermInput,
    TermKeys,
    TermOutput,
    TermResize,
    TermSized,
    TermStart,
    ToTerminalPage,
)
from noctule_agent.wire.values import DECODE_ERRORS, Problem

from .ring import Size
from .shell import ShellGone
from .terminal import Terminal

OUTPUT_BYTES = PIPE_FRAME_BYTES - KB
GATHER_SECONDS = 0.008
"""Between two frames: what a program says letter by letter travels together. The first after a rest goes at once."""
NOT_UNDERSTOOD = Problem("frame-unknown", "The page sent what a terminal does not understand.", "Reload the page.", 400)

_KEYS: msgspec.msgpack.Decoder[TermKeys] = msgspec.msgpack.Decoder(TermKeys)
_ENCODE = msgspec.msgpack.Encoder().encode


class Viewer:
    def __init__(self, terminal: Terminal, pipe: Pipe, what: AttachTerminal) -> None:
        self._terminal = terminal
        self._pipe = pipe
        self._after = what.after
        terminal.resize(Size(what.cols, what.rows))
        self._watch = terminal.watch(terminal.ring.end)
        self._size = terminal.ring.size
        self._sent = 0.0

    async def run(self) -> None:
        """Until the page leaves, or has got the shell's end. Raises PipeBroken, Refusal."""
        showing = asyncio.create_task(self._show())
        keys = asyncio.create_task(self._take_keys())
        try:
            await asyncio.wait({showing, keys}, return_when=asyncio.FIRST_COMPLETED)
            for task in (showing, keys):
                if task.done():
                    task.result()
        finally:
            for task in (showing, keys):
                task.cancel()
            await asyncio.gather(showing, keys, return_exceptions=True)
            self._terminal.unwatch(self._watch)

    # --- out ---

    async def _show(self) -> None:
        ring = self._terminal.ring
        kept = self._after is not None and ring.start <= self._after <= ring.end
        await self._start(self._after if kept else None)
        if ring.overrun and ring.full_screen and not kept:
            self._terminal.redraw()
        while not await self._over():
            if self._watch.offset < ring.start:
                await self._start(None)
                if ring.full_screen:
                    self._terminal.redraw()
            elif not await self._output():
                await self._rest()

    async def _start(self, offset: int | None) -> None:
        ring = self._terminal.ring
        fresh = offset is None
        begin = ring.start if offset is None else offset
        self._size = ring.size_at(begin)
        self._terminal.moved(self._watch, begin)
        prelude = ring.prelude() if fresh else b""
        await self._send(TermStart(begin, ring.end, self._size.cols, self._size.rows, fresh, prelude))

    async def _output(self) -> bool:
        """One frame, if there is something to send."""
        piece = self._terminal.ring.read(self._watch.offset, OUTPUT_BYTES)
        size = self._terminal.ring.size if piece is None else piece.size
        if size != self._size:
            self._size = size
            await self._send(TermSized(size.cols, size.rows))
            return True
        if piece is None:
            return False
        place = self._watch.offset
        await self._send(TermOutput(piece.data))
        self._terminal.moved(self._watch, place + len(piece.data))
        return True

    async def _rest(self) -> None:
        if self._terminal.ring.end == self._watch.offset and self._terminal.exit is None:
            await self._terminal.changed()
        early = self._sent + GATHER_SECONDS - asyncio.get_running_loop().time()
        if early > 0:
            await asyncio.sleep(early)

    async def _over(self) -> bool:
        terminal = self._terminal
        if terminal.exit is None or self._watch.offset < terminal.ring.end:
            return False
        await self._send(TermEnded(terminal.exit))
        return True

    async def _send(self, frame: ToTerminalPage) -> None:
        await self._pipe.send(_ENCODE(frame))
        self._sent = asyncio.get_running_loop().time()

    # --- in ---

    async def _take_keys(self) -> None:
        while (message := await self._pipe.receive()) is not None:
            try:
                frame = _KEYS.decode(message)
            except DECODE_ERRORS as error:
                raise Refusal(NOT_UNDERSTOOD) from error
            match frame:
                case TermResize():
                    self._terminal.resize(Size(frame.cols, frame.rows))
                case TermInput():
                    await self._typed(frame)
            self._pipe.taken(len(message))

    async def _typed(self, frame: TermInput) -> None:
        if frame.answer and not self._terminal.leads(self._watch):
            return
        self._terminal.lead(self._watch)
        try:
            await self._terminal.write(frame.data)
        except ShellGone:
            return
