"""Connections in memory: delays, cuts at any point, frames that come twice. Knows Channels, not what frames mean.

A cut is not seen at once, nor at the same moment by both ends: until an end sees it, what it sends vanishes, as in a real
network. What was on its way when it was cut arrives up to a random point. Frames never overtake each other.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable

import msgspec

from noctule_agent.wire.ports import ChannelClosed
from tests.sim.loop import Process, VirtualLoop

WINDOW_FRAMES = 64
"""Frames on their way in one direction before `send` waits."""
NOTICE_SECONDS = 30.0
"""A peer that vanished without a word is noticed by then (the ping of a real socket)."""


class Weather(msgspec.Struct):
    """How bad the network is at this moment."""

    latency: float = 0.002
    jitter: float = 0.003
    slow_chance: float = 0.03
    slow_seconds: float = 0.4
    duplicates: float = 0.0


class End:
    """One end of a connection: a Channel of the process that owns it."""

    def __init__(self, network: "Network", name: str, weather: Weather) -> None:
        self.name = name
        self.peer: End
        self.sees_cut = False
        self._network = network
        self._weather = weather
        self._inbox: deque[bytes] = deque()
        self._flying = 0
        self._last_arrival = 0.0
        self._closed: ChannelClosed | None = None
        self._changed = asyncio.Event()
        self.severed = False
        """What this end sends does not arrive any more."""

    # --- Channel -----------------------------------------------------------------------------------------------------

    async def send(self, frame: bytes) -> None:
        while self._closed is None and self._flying >= WINDOW_FRAMES:
            await self._wait()
        if self._closed is not None:
            raise ChannelClosed(self._closed.code, self._closed.reason)
        self._dispatch(frame)
        if self._weather.duplicates and self._network.repeatable(frame) and self._chance() < self._weather.duplicates:
            self._dispatch(frame)

    async def receive(self) -> bytes:
        while not self._inbox:
            if self._closed is not None:
                raise ChannelClosed(self._closed.code, self._closed.reason)
            await self._wait()
        return self._inbox.popleft()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        if self._closed is None:
            self._end(ChannelClosed(code, reason))
            self._inbox.clear()
            if not self.severed:
                self._later(lambda: self.peer._end(ChannelClosed(code, reason)))

    # --- the world ---------------------------------------------------------------------------------------------------

    @property
    def open(self) -> bool:
        return self._closed is None

    def vanish(self) -> None:
        """The process of this end died: the system resets the connection."""
        if self._closed is None:
            self._closed = ChannelClosed()
            self._inbox.clear()
            if not self.severed:
                self._later(lambda: self.peer._end(ChannelClosed()))

    def _end(self, why: ChannelClosed) -> None:
        if self._closed is None:
            self._closed = why
            self._notify()

    def _dispatch(self, frame: bytes) -> None:
        self._network.sent(self, frame)
        if self.severed:
            return
        self._flying += 1
        self._later(lambda: self._arrive(frame))

    def _arrive(self, frame: bytes) -> None:
        self._flying -= 1
        self._notify()
        if not self.severed and self.peer._closed is None:
            self.peer._inbox.append(frame)
            self.peer._notify()

    def _later(self, deliver: Callable[[], None]) -> None:
        """In the order of the calls, each after its own delay."""
        loop = self._network.loop
        weather = self._weather
        delay = weather.latency + weather.jitter * self._chance()
        if self._chance() < weather.slow_chance:
            delay += weather.slow_seconds * self._chance()
        self._last_arrival = max(self._last_arrival + 1e-6, loop.time() + delay)
        loop.call_at(self._last_arrival, deliver, context=loop.outside.copy())

    def _chance(self) -> float:
        return self._network.chance.random()

    def _notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _wait(self) -> None:
        await self._changed.wait()


class Network:
    """All connections. `sent` sees every frame; `repeatable` says which may come twice."""

    def __init__(
        self,
        loop: VirtualLoop,
        chance: random.Random,
        repeatable: Callable[[bytes], bool],
        sent: Callable[[End, bytes], None],
    ) -> None:
        self.loop = loop
        self.chance = chance
        self.repeatable = repeatable
        self.sent = sent
        self.weather = Weather()
        self._connections: list[tuple[End, End]] = []

    def connect(self, name: str, dialler: Process, listener: Process) -> tuple[End, End]:
        """(the dialler's end, the listener's end)."""
        near, far = End(self, f"{name}>", self.weather), End(self, f"{name}<", self.weather)
        near.peer, far.peer = far, near
        dialler.on_kill.append(near.vanish)
        listener.on_kill.append(far.vanish)
        self._connections = [pair for pair in self._connections if pair[0].open or pair[1].open]
        self._connections.append((near, far))
        return near, far

    def live(self, prefix: str = "") -> list[End]:
        """The diallers' ends of connections that stand, by the beginning of their names."""
        return [
            near for near, _ in self._connections if near.name.startswith(prefix) and near.open and not near.severed
        ]

    def cut(self, near: End) -> None:
        """Nothing more arrives in either direction, save for what the moment of the cut in each direction lets through."""
        for end in (near, near.peer):
            if self.chance.random() < 0.5:
                self._sever(end)
            else:
                end._later(lambda end=end: self._sever(end))  # type: ignore[misc]
            notice = 0.0 if self.chance.random() < 0.6 else self.chance.random() * NOTICE_SECONDS
            self.loop.call_later(notice, end._end, ChannelClosed(), context=self.loop.outside.copy())

    @staticmethod
    def _sever(end: End) -> None:
        end.severed = True
