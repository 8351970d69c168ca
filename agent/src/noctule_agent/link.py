"""The link to the server: dials, says hello, sends the journal from the server's cursors on, and dials again.

Knows frames and the journal, not kernels. A reader task and a writer task a session; neither waits for the other.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import msgspec

from .journal import Journal, JournalUnwritable
from .log import Log
from .outbox import Outbox
from .pipes import Pipe, Pipes
from .wire import link
from .wire.limits import HELLO_SECONDS
from .wire.pipes import PipeCredit, PipeData, PipeEnd, PipeOpen, Query, Result, What
from .wire.ports import Channel, ChannelClosed
from .wire.values import Cause, KernelId, Millis, Problem

FIRST_DELAY = 0.1
COMMANDS_REMEMBERED = 1000
CUT = Problem("runtime-unreachable", "The connection to the server is gone.", "It is made anew; try again.", 409)

Dial = Callable[[], Awaitable[Channel]]
"""Raises OSError or ChannelClosed when there is nobody to talk to."""


class Fenced(Exception):
    """The server does not want this agent any more: a newer generation runs, or the runtime has ended."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause.message)
        self.cause = cause


class Backoff:
    """Seconds until the next dial: doubled from FIRST_DELAY up to `cap`, each between a half and the whole of it."""

    def __init__(self, cap: float, jitter: Callable[[], float]) -> None:
        self._cap = cap
        self._jitter = jitter
        self._failures = 0

    def reset(self) -> None:
        self._failures = 0

    def delay(self) -> float:
        whole = min(self._cap, FIRST_DELAY * float(1 << min(self._failures, 16)))
        self._failures += 1
        return whole * (0.5 + 0.5 * self._jitter())


class Handlers(msgspec.Struct, frozen=True):
    """What the agent does with what the server says. All return at once."""

    hello: Callable[[], link.Hello]
    lease: Callable[[Millis], None]
    command: Callable[[link.Command, Callable[[Problem | None], None]], None]
    ask: Callable[[link.Ask, Callable[[link.Answered], None]], None]
    """What is answered when the connection has broken is lost, and nobody waits for it."""
    alive: Callable[[], None]
    """Called whenever the server has answered or acknowledged: it is there and makes progress."""
    query: Callable[[Query, Callable[[Result], None]], None]
    pipe: Callable[[Pipe, What], None]
    """What is opened here ends by itself when the connection does."""


class Link:
    def __init__(self, dial: Dial, journal: Journal, handlers: Handlers, backoff: Backoff, log: Log) -> None:
        self.linked = False
        self.cursors: dict[KernelId, int] = {}
        """What the server said at the last Resume: kernels that it knows."""
        self._dial = dial
        self._journal = journal
        self._on = handlers
        self._backoff = backoff
        self._log = log
        self._outbox = Outbox(journal, {})
        self._pipes = Pipes(self._post, self._bulk)
        self._wake = asyncio.Event()
        self._bye: Cause | None = None
        self._resumed_once = False
        self._seen: dict[str, None] = {}
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder: msgspec.msgpack.Decoder[link.ToAgent] = msgspec.msgpack.Decoder(link.ToAgent)
        journal.watch(self._wake.set)

    def report(self, metrics: link.Metrics) -> None:
        """Sent if the link is up; only the last one matters."""
        self._outbox.metrics(metrics)
        self._wake.set()

    def finish(self, cause: Cause) -> None:
        """Once the server has everything, say Bye; then `run` returns."""
        self._bye = cause
        self._wake.set()

    async def run(self) -> None:
        """Until Bye is said. Raises Fenced."""
        while True:
            channel: Channel | None = None
            try:
                channel = await self._dial()
                if await self._session(channel):
                    return
            except (OSError, ChannelClosed, TimeoutError) as error:
                self._log("link-down", error=type(error).__name__, detail=str(error))
            finally:
                self.linked = False
                if channel is not None:
                    await channel.close()
            await asyncio.sleep(self._backoff.delay())

    async def _session(self, channel: Channel) -> bool:
        """One connection; True when Bye was said."""
        await channel.send(self._encoder.encode(self._on.hello()))
        async with asyncio.timeout(HELLO_SECONDS):
            answer = self._decode(await channel.receive())
        if isinstance(answer, link.Refused):
            self._refused(answer)
            return False
        if not isinstance(answer, link.Resume):
            raise ChannelClosed(link.CLOSE_PROTOCOL, "expected resume")
        self._resumed(answer)
        reader = asyncio.create_task(self._read(channel))
        writer = asyncio.create_task(self._write(channel))
        try:
            await asyncio.wait({reader, writer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.linked = False
            self._pipes.close(CUT)
            # Close first, so that no read is cancelled half way: both end by themselves.
            await channel.close(1000, "bye" if self._bye else "")
            writer.cancel()
            results = await asyncio.gather(reader, writer, return_exceptions=True)
        return self._outcome(*results)

    def _outcome(self, read: object, written: object) -> bool:
        for result in (read, written):
            if isinstance(result, Fenced):
                raise result
        if written is True:
            return True
        for result in (read, written):
            if isinstance(result, Exception) and not isinstance(result, ChannelClosed | OSError):
                raise result
        self._log("link-down", error="closed", detail=str(read))
        return False

    def _resumed(self, resume: link.Resume) -> None:
        if not self._resumed_once:
            for kernel_id, cursor in resume.cursors.items():
                self._journal.rebase(kernel_id, cursor)
            self._resumed_once = True
        self.cursors = dict(resume.cursors)
        self._outbox = Outbox(self._journal, self.cursors)
        self._pipes = Pipes(self._post, self._bulk)
        self._backoff.reset()
        self.linked = True
        self._on.lease(resume.lease_until)
        self._on.alive()
        self._wake.set()
        self._log("link-up", kernels=len(resume.cursors))

    def _refused(self, refused: link.Refused) -> None:
        self._log("link-refused", code=refused.code, reason=refused.reason)
        if refused.code in ("fenced", "unknown"):
            raise Fenced(Cause(refused.code, f"The server no longer wants this agent: {refused.reason}"))

    # --- reading -------------------------------------------------------------------------------------------------

    async def _read(self, channel: Channel) -> None:
        while True:
            frame = self._decode(await channel.receive())
            match frame:
                case link.Ack():
                    self._acknowledged(frame)
                case link.Lease():
                    self._on.lease(frame.lease_until)
                    self._on.alive()
                case link.Refused():
                    self._refused(frame)
                case link.Resume():
                    raise ChannelClosed(link.CLOSE_PROTOCOL, "resume twice")
                case link.Ask():
                    self._on.ask(frame, partial(self._answer, self._outbox))
                case Query():
                    self._on.query(frame, self._result)
                case PipeOpen():
                    self._on.pipe(self._pipes.add(frame.pipe, frame.credit), frame.what)
                case PipeData() | PipeCredit() | PipeEnd():
                    self._pipes.told(frame)
                case _:
                    self._command(frame)

    def _decode(self, frame: bytes) -> link.ToAgent:
        try:
            return self._decoder.decode(frame)
        except msgspec.MsgspecError as error:
            raise ChannelClosed(link.CLOSE_PROTOCOL, f"frame not understood: {error}") from error

    def _acknowledged(self, ack: link.Ack) -> None:
        self._outbox.acknowledged(ack.kernel_id, ack.committed)
        self._on.alive()
        self._wake.set()
        try:
            self._journal.forget(ack.kernel_id, ack.synced)
        except JournalUnwritable as error:
            # A full disk cannot even be cleared; the next acknowledgement tries again.
            self._log("journal-not-trimmed", error=str(error))

    def _command(self, command: link.Command) -> None:
        """Each id once; what is answered late goes to the session of then."""

        def reply(problem: Problem | None) -> None:
            if problem is not None:
                self._seen.pop(command.id, None)  # It was not done, so it may be tried again.
            self._outbox.reply(link.Reply(command.id, problem))
            self._wake.set()

        if command.id in self._seen:
            reply(None)
            return
        self._seen[command.id] = None
        if len(self._seen) > COMMANDS_REMEMBERED:
            del self._seen[next(iter(self._seen))]
        self._on.command(command, reply)

    def _answer(self, outbox: Outbox, answered: link.Answered) -> None:
        outbox.reply(answered)
        self._wake.set()

    def _result(self, result: Result) -> None:
        self._outbox.reply(result)
        self._wake.set()

    # --- pipes ---------------------------------------------------------------------------------------------------

    def _post(self, frame: PipeCredit | PipeEnd) -> None:
        self._outbox.reply(frame)
        self._wake.set()

    def _bulk(self, frame: PipeData, gone: Callable[[], None]) -> None:
        self._outbox.bulk(frame, gone)
        self._wake.set()

    # --- writing -------------------------------------------------------------------------------------------------

    async def _write(self, channel: Channel) -> bool:
        while True:
            self._wake.clear()
            for frame in self._outbox.frames(self._journal.kernel_ids()):
                await channel.send(frame)
            if self._bye is not None and self._outbox.delivered(self._journal.kernel_ids()):
                await channel.send(self._encoder.encode(link.Bye(self._bye)))
                return True
            if not self._wake.is_set():
                await self._wake.wait()
