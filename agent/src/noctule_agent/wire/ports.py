"""What the server and the agent need of the world, as Protocols: a connection, a clock, a source of ids.

The real ones are thin (websockets, Litestar, time, secrets); the simulation in tests/sim supplies its own.
"""

from typing import Protocol

from .values import Millis


class ChannelClosed(Exception):
    """The other side is gone, or this side closed. Carries the WebSocket close code (1006 when cut) and reason."""

    def __init__(self, code: int = 1006, reason: str = "") -> None:
        super().__init__(f"{code} {reason}".strip())
        self.code = code
        self.reason = reason


class Channel(Protocol):
    """An ordered, reliable stream of binary frames, until it is cut. One reader, one writer at a time."""

    async def send(self, frame: bytes) -> None:
        """Hand over one frame; returns when there is room for more. Raises ChannelClosed."""

    async def receive(self) -> bytes:
        """The next frame. Raises ChannelClosed when there is none to come. Never loses a frame when cancelled."""

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close; idempotent, never raises."""


class Clock(Protocol):
    """The time of day. Delays are awaited on the event loop, whose time a simulation owns."""

    def now(self) -> Millis: ...


class Ids(Protocol):
    """Makes unguessable ids of at most 32 characters that fit `values.Id`."""

    def new(self) -> str: ...
