"""Noctule as benchmarks use it: a real `noctule serve`, and a page that does no more than a socket must.

`Page` keeps no view: what it costs to show something is the page's affair, and not part of a round trip.
"""

import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import httpx
import msgspec

from noctule.client.http import NoctuleClient
from noctule.ids import RandomIds
from noctule_agent.wire import page as wire
from noctule_agent.wire.ports import Channel
from noctule_agent.wire.state import FINAL_STATES, ExecutionPut, ExecutionView, Op
from noctule_agent.wire.values import BatchId, CellId, ExecutionId, NotebookId
from tests.support.notebooks import ipynb
from tests.support.server import ServerProcess

_DECODER: Final = msgspec.msgpack.Decoder(wire.ToPage)
_ENCODER: Final = msgspec.msgpack.Encoder()
_ids: Final = RandomIds()


class Noctule(ServerProcess):
    """Its own data directory; swept at the end."""

    @classmethod
    @contextlib.asynccontextmanager
    async def started(cls, directory: Path, *options: str) -> "AsyncIterator[tuple[Noctule, NoctuleClient]]":
        server = cls(directory / "data", options=options)
        try:
            await server.start()
            async with server.client() as client:
                yield server, client
        finally:
            await server.sweep()

    def http(self) -> httpx.AsyncClient:
        """For what the client has no word for."""
        return httpx.AsyncClient(
            base_url=self.url, headers={"Authorization": f"Bearer {self.token}"}, timeout=60, trust_env=False
        )


class Page:
    """A page socket after its Welcome. One reader."""

    def __init__(self, channel: Channel, welcome: wire.Welcome, welcome_bytes: int) -> None:
        self.welcome = welcome
        self.welcome_bytes = welcome_bytes
        self._channel = channel

    @classmethod
    @contextlib.asynccontextmanager
    async def opened(cls, client: NoctuleClient, notebook_id: NotebookId) -> "AsyncIterator[Page]":
        channel = await client.dial(notebook_id)
        try:
            await channel.send(_ENCODER.encode(wire.Open(version=wire.VERSION)))
            data = await channel.receive()
            welcome = _DECODER.decode(data)
            if not isinstance(welcome, wire.Welcome):
                raise AssertionError(f"no welcome: {welcome}")
            yield cls(channel, welcome, len(data))
        finally:
            await channel.close()

    async def send(self, *cells: str) -> list[ExecutionId]:
        """Run these cells."""
        items = [wire.RunItem(execution_id=ExecutionId(_ids.new()), cell_id=CellId(cell)) for cell in cells]
        await self._channel.send(
            _ENCODER.encode(wire.Run(id=_ids.new(), batch_id=BatchId(_ids.new()), executions=items))
        )
        return [item.execution_id for item in items]

    async def disconnect(self) -> None:
        """End the runtime."""
        await self._channel.send(_ENCODER.encode(wire.Disconnect(id=_ids.new())))

    async def receive(self) -> wire.ToPage:
        frame = _DECODER.decode(await self._channel.receive())
        if isinstance(frame, wire.Failed):
            raise AssertionError(f"the server refused: {frame.problem}")
        return frame

    async def run(self, *cells: str) -> "Ran":
        """Run these cells; returns when the last has ended, as committed by the server."""
        ids = await self.send(*cells)
        return await self.ended(ids)

    async def ended(self, execution_ids: list[ExecutionId]) -> "Ran":
        ran = Ran()
        missing = set(execution_ids)
        while missing:
            frame = await self.receive()
            if isinstance(frame, wire.Ops):
                ran.heard(frame)
                missing -= {one.id for one in ran.executions if one.state in FINAL_STATES}
        return ran


class Ran:
    """What a page heard of a run: all operations, and when each frame of them came."""

    def __init__(self) -> None:
        self.ops: list[Op] = []
        self.executions: list[ExecutionView] = []
        self.times: list[float] = []

    def heard(self, frame: wire.Ops) -> None:
        self.times.append(time.perf_counter())
        self.ops.extend(frame.ops)
        self.executions.extend(op.execution for op in frame.ops if isinstance(op, ExecutionPut))

    def most_in_a_second(self) -> int:
        """The most frames that came within one second."""
        return max(sum(start <= at < start + 1 for at in self.times) for start in self.times)


async def notebook(client: NoctuleClient, *sources: str) -> NotebookId:
    """A notebook with the cells cell-0, cell-1, ..."""
    return await client.create_from_file(f"{_ids.new()}.ipynb", ipynb(*sources))
