"""A start ahead of the launch: the journal is opened and the kernel started, and nothing is dialled before the launch.

Whoever started this agent holds the other end of its standard input. A byte there says that DIR/spec.json is now that of
the launch; its end without one says that there will be none, for its holder died or has no use for it: the agent ends.
"""

import asyncio
import os
from pathlib import Path
from typing import Final

from .link import Fenced
from .spec import AgentSpec
from .wire.values import Cause

NEVER_LAUNCHED: Final = Cause("never-launched", "The runtime was started ahead of its launch, which never came.")


class Ahead:
    """Made inside the event loop. `descriptor` is a pipe; it is given up for /dev/null once it has said its word."""

    def __init__(self, directory: Path, descriptor: int = 0) -> None:
        self._directory = directory
        self._descriptor = descriptor
        self._word: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().add_reader(descriptor, self._told)

    async def launch(self) -> AgentSpec:
        """The launch, when it comes. Raises Fenced when it never will."""
        if not await asyncio.shield(self._word):
            raise Fenced(NEVER_LAUNCHED)
        return AgentSpec.load(self._directory)

    def _told(self) -> None:
        word = os.read(self._descriptor, 1)
        asyncio.get_running_loop().remove_reader(self._descriptor)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, self._descriptor)
        os.close(nothing)
        self._word.set_result(word)
