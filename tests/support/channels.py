"""A pair of Channels in memory, with the faults of a network: cut at any moment, delays, a full pipe."""

import asyncio
from collections import deque

from noctule_agent.wire.ports import ChannelClosed


class _Pipe:
    """One direction. What was sent before a close is still received; what was sent before a cut may not be."""

    def __init__(self, capacity: int, delay: float) -> None:
        self.capacity = capacity
        self.delay = delay
        self.frames: deque[tuple[float, bytes]] = deque()
        self.end: ChannelClosed | None = None
        self.changed = asyncio.Event()

    def wake(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()


class MemoryChannel:
    def __init__(self, incoming: _Pipe, outgoing: _Pipe) -> None:
        self._in = incoming
        self._out = outgoing
        self.closed: tuple[int, str] | None = None
        """Code and reason, once this side has closed or has seen the end."""

    async def send(self, frame: bytes) -> None:
        while self._out.end is None and len(self._out.frames) >= self._out.capacity:
            await self._out.changed.wait()
        if self._out.end is not None:
            raise ChannelClosed(self._out.end.code, self._out.end.reason)
        self._out.frames.append((asyncio.get_running_loop().time() + self._out.delay, frame))
        self._out.wake()

    async def receive(self) -> bytes:
        while True:
            if self._in.frames:
                due, frame = self._in.frames[0]
                wait = due - asyncio.get_running_loop().time()
                if wait <= 0:
                    self._in.frames.popleft()
                    self._in.wake()
                    return frame
                await asyncio.sleep(wait)
            elif self._in.end is not None:
                self.closed = self.closed or (self._in.end.code, self._in.end.reason)
                raise ChannelClosed(self._in.end.code, self._in.end.reason)
            else:
                await self._in.changed.wait()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        if self.closed is None:
            self.closed = (code, reason)
        for pipe in (self._in, self._out):
            pipe.end = pipe.end or ChannelClosed(code, reason)
            pipe.wake()
        self._in.frames.clear()

    def cut(self) -> None:
        """The network is gone: both sides see 1006, and what was on its way is lost."""
        for pipe in (self._in, self._out):
            pipe.frames.clear()
            pipe.end = pipe.end or ChannelClosed(1006, "cut")
            pipe.wake()


def memory_channel_pair(*, capacity: int = 64, delay: float = 0.0) -> tuple[MemoryChannel, MemoryChannel]:
    """Two ends of one connection. `capacity` frames fit on the way; each takes `delay` seconds."""
    there, back = _Pipe(capacity, delay), _Pipe(capacity, delay)
    return MemoryChannel(back, there), MemoryChannel(there, back)
