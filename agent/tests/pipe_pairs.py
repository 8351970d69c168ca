"""Two ends of one connection's pipes, in memory: what one side says, the other hears on the loop's next turn."""

import asyncio
from collections.abc import Callable

from noctule_agent.pipes import Pipe, Pipes
from noctule_agent.wire.limits import PIPE_WINDOW_BYTES
from noctule_agent.wire.pipes import PipeCredit, PipeData, PipeEnd, PipeFrame


class Ends:
    """`server` opens pipes, `agent` is told of them. While `blocked`, no data goes from the agent to the server."""

    def __init__(self) -> None:
        self.sent_bytes = 0
        self.blocked = False
        self._queue: list[tuple[PipeData, Callable[[], None]]] = []
        self.server = Pipes(lambda frame: self._carry(self.agent, frame), self._bulk_of_server)
        self.agent = Pipes(lambda frame: self._carry(self.server, frame), self._bulk_of_agent)

    def open(self) -> tuple[Pipe, Pipe]:
        """(the server's end, the agent's end)."""
        mine = self.server.make()
        theirs = self.agent.add(mine.number, PIPE_WINDOW_BYTES)
        theirs.begin()
        return mine, theirs

    def unblock(self) -> None:
        self.blocked = False
        queue, self._queue = self._queue, []
        for frame, gone in queue:
            self._bulk_of_agent(frame, gone)

    def _carry(self, to: Pipes, frame: PipeFrame | PipeCredit | PipeEnd) -> None:
        asyncio.get_running_loop().call_soon(to.told, frame)

    def _bulk_of_server(self, frame: PipeData, gone: Callable[[], None]) -> None:
        self._carry(self.agent, frame)
        asyncio.get_running_loop().call_soon(gone)

    def _bulk_of_agent(self, frame: PipeData, gone: Callable[[], None]) -> None:
        if self.blocked:
            self._queue.append((frame, gone))
            return
        self.sent_bytes += len(frame.data)
        self._carry(self.server, frame)
        asyncio.get_running_loop().call_soon(gone)
