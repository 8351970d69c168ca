"""Pipes of one connection of the link, as both its ends use them: credit each way, one frame of each pipe at a time.

A pipe's next frame waits until its last one was handed to the channel, so the queue of frames holds one of each pipe: they
take turns, and the queue is bounded by their number. Knows neither channel nor journal: `post` puts a small frame that must
go out, `bulk` queues a frame of data and says when it has gone.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from .wire.limits import PIPE_FRAME_BYTES, PIPE_WINDOW_BYTES
from .wire.pipes import PipeCredit, PipeData, PipeEnd, PipeFrame
from .wire.values import Problem

Post = Callable[[PipeCredit | PipeEnd], None]
Bulk = Callable[[PipeData, Callable[[], None]], None]

OVERRUN = Problem("pipe-overrun", "More was sent than there was room for.", "The transfer was broken off.", 400)


class PipeBroken(Exception):
    """The other side gave it up, or the connection is gone. Carries why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.code}: {problem.title}")
        self.problem = problem


class Pipe:
    """One end. One task sends, one task receives; they may be the same."""

    def __init__(self, number: int, credit: int, post: Post, bulk: Bulk, over: Callable[[int], None]) -> None:
        self.number = number
        self._credit = credit
        self._post = post
        self._bulk = bulk
        self._over = over
        self._room = PIPE_WINDOW_BYTES
        self._owed = 0
        self._arrived: deque[bytes] = deque()
        self._moved = asyncio.Event()
        self._ended = False
        self._ended_there = False
        self._problem: Problem | None = None

    async def send(self, data: bytes) -> None:
        """Returns when it was handed over; a message up to PIPE_FRAME_BYTES arrives as one. Raises PipeBroken."""
        for start in range(0, max(1, len(data)), PIPE_FRAME_BYTES):
            part = data[start : start + PIPE_FRAME_BYTES]
            await self._until(lambda: self._credit > 0)
            self._credit -= len(part)
            gone = asyncio.Event()
            self._bulk(PipeData(self.number, part), gone.set)
            await self._gone(gone)

    @property
    def credit(self) -> int:
        """What may be sent without waiting for the receiver."""
        return self._credit

    async def receive(self) -> bytes | None:
        """The next message; None when the other side has ended in order. Raises PipeBroken. Call `taken` for what it used."""
        await self._until(lambda: bool(self._arrived) or self._ended_there)
        return self._arrived.popleft() if self._arrived else None

    def taken(self, size: int) -> None:
        """So much of what was received needs no room any more."""
        self._room += size
        self._owed += size
        if self._owed >= PIPE_WINDOW_BYTES // 4:
            self.welcome()

    def welcome(self) -> None:
        """Tell the other side how much more it may send."""
        if self._owed and not self._ended_there and self._problem is None:
            self._post(PipeCredit(self.number, self._owed))
            self._owed = 0

    def begin(self) -> None:
        """The opened side: the other one may send a whole window."""
        self._owed = PIPE_WINDOW_BYTES
        self.welcome()

    def end(self, problem: Problem | None = None) -> None:
        """No more from here; with a problem, all is over. Idempotent."""
        if self._ended or self._problem is not None:
            return
        self._ended = True
        self._post(PipeEnd(self.number, problem))
        if problem is not None:
            self.broken(problem)
        elif self._ended_there:
            self._over(self.number)

    # --- what the other side says ---

    def told(self, frame: PipeFrame) -> None:
        match frame:
            case PipeData(data=data):
                self._took(data)
            case PipeCredit(size=size):
                self._credit += size
            case PipeEnd(problem=None):
                self._ended_there = True
                if self._ended:
                    self._over(self.number)
            case PipeEnd(problem=problem):
                assert problem is not None
                self.broken(problem)
        self._moved.set()

    def _took(self, data: bytes) -> None:
        if self._ended_there or not data:
            # Nothing takes no room, so no credit would ever bound how much of it waits.
            return
        self._room -= len(data)
        if self._room < -PIPE_FRAME_BYTES:
            self.end(OVERRUN)
        else:
            self._arrived.append(data)

    def broken(self, problem: Problem) -> None:
        """All is over: whoever waits is told why."""
        self._problem = self._problem or problem
        self._arrived.clear()
        self._over(self.number)
        self._moved.set()

    async def _until(self, ready: Callable[[], bool]) -> None:
        while True:
            if self._problem is not None:
                raise PipeBroken(self._problem)
            if ready():
                return
            self._moved.clear()
            await self._moved.wait()

    async def _gone(self, gone: asyncio.Event) -> None:
        if self._problem is None:
            await gone.wait()
        if self._problem is not None:
            raise PipeBroken(self._problem)


class Pipes:
    """All pipes of one connection. A frame of a pipe that is over is ignored: it may have crossed the end."""

    def __init__(self, post: Post, bulk: Bulk) -> None:
        self._post = post
        self._bulk = bulk
        self._open: dict[int, Pipe] = {}
        self._waiting: set[Callable[[], None]] = set()
        self._last = 0
        self._closed: Problem | None = None

    def __len__(self) -> int:
        return len(self._open)

    def make(self) -> Pipe:
        """A new pipe of the side that opens."""
        self._last += 1
        return self.add(self._last, 0)

    def add(self, number: int, credit: int) -> Pipe:
        pipe = Pipe(number, credit, self._post, self._queue, self._over)
        self._open[number] = pipe
        if self._closed is not None:
            pipe.broken(self._closed)
        return pipe

    def told(self, frame: PipeFrame) -> None:
        pipe = self._open.get(frame.pipe)
        if pipe is not None:
            pipe.told(frame)

    def close(self, problem: Problem) -> None:
        """The connection is gone, and every pipe with it."""
        self._closed = problem
        for pipe in [*self._open.values()]:
            pipe.broken(problem)
        waiting, self._waiting = self._waiting, set()
        for gone in waiting:
            gone()

    def _queue(self, frame: PipeData, gone: Callable[[], None]) -> None:
        def went() -> None:
            self._waiting.discard(went)
            gone()

        if self._closed is not None:
            gone()
            return
        self._waiting.add(went)
        self._bulk(frame, went)

    def _over(self, number: int) -> None:
        self._open.pop(number, None)
