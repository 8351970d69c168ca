"""Frames on their way to one agent, and the commands that wait for its answer. Bounded by LINK_WINDOW_BYTES.

Frames of pipes take their turn after all others, one of each pipe at a time, so an upload never holds up a command.

A command is answered exactly once: by the agent's Reply, or, when the link closes first, by the problem UNREACHABLE - and
then nobody knows whether it was done.
"""

import asyncio
from collections import deque
from collections.abc import Callable

import msgspec

from noctule_agent.wire.limits import LINK_WINDOW_BYTES
from noctule_agent.wire.link import Command, Reply, ToAgent
from noctule_agent.wire.pipes import PipeData
from noctule_agent.wire.ports import Channel
from noctule_agent.wire.values import CommandId, Problem

UNREACHABLE = Problem(
    "runtime-unreachable",
    "The runtime cannot be reached at this moment.",
    "What runs goes on and its output is kept. Try again when it is connected.",
    409,
)

Answered = Callable[[Problem | None], None]


class OutboxFull(Exception):
    """The agent does not take frames as fast as they come."""


class Outbox:
    def __init__(self, limit: int = LINK_WINDOW_BYTES) -> None:
        self._limit = limit
        self._frames: deque[bytes] = deque()
        self._bulk: deque[tuple[PipeData, Callable[[], None]]] = deque()
        self._size = 0
        self._filled = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._asked: dict[CommandId, Answered] = {}
        self._closed = False
        self._encoder = msgspec.msgpack.Encoder()

    @property
    def full(self) -> bool:
        return not self._has_room.is_set()

    def post(self, frame: ToAgent) -> None:
        """Put a frame that must go out (acknowledgements, leases: small, and few at a time)."""
        data = self._encoder.encode(frame)
        self._frames.append(data)
        self._size += len(data)
        self._filled.set()
        if self._size > self._limit:
            self._has_room.clear()

    def bulk(self, frame: PipeData, gone: Callable[[], None]) -> None:
        """Put a frame of a pipe that has no other here; `gone` is called when it was handed over."""
        self._bulk.append((frame, gone))
        self._filled.set()

    def ask(self, command: Command, answered: Answered) -> None:
        """Put a command. Raises OutboxFull. `answered` is called once, later, never from here unless the link is closed."""
        if self._closed:
            answered(UNREACHABLE)
            return
        if self.full:
            raise OutboxFull
        self._asked[command.id] = answered
        self.post(command)

    def answer(self, reply: Reply) -> None:
        answered = self._asked.pop(reply.id, None)
        if answered is not None:
            answered(reply.problem)

    def forget(self, command_id: CommandId) -> None:
        """Nobody waits for this answer any more."""
        self._asked.pop(command_id, None)

    async def room(self) -> None:
        await self._has_room.wait()

    async def run(self, channel: Channel) -> None:
        """Send what is put, in order. Ends by ChannelClosed."""
        while True:
            await self._filled.wait()
            self._filled.clear()
            while self._frames or self._bulk:
                if self._frames:
                    data = self._frames.popleft()
                    await channel.send(data)
                    self._size -= len(data)
                    if self._size <= self._limit:
                        self._has_room.set()
                else:
                    frame, gone = self._bulk.popleft()
                    await channel.send(self._encoder.encode(frame))
                    gone()

    def close(self) -> None:
        self._closed = True
        asked, self._asked = self._asked, {}
        for answered in asked.values():
            answered(UNREACHABLE)
