"""Bytes of a runtime's files: streams between an HTTP door and a pipe to the agent. Holds a window of them, never a file."""

from collections.abc import AsyncIterator

import msgspec

from noctule.errors import of_problem
from noctule_agent.pipes import Pipe, PipeBroken
from noctule_agent.wire.files import AppendUpload, Entry, FileHead, ReadFile, WriteFile
from noctule_agent.wire.values import NotebookId, Problem

from .desk import Opener

GIVEN_UP = Problem("transfer-given-up", "The transfer was broken off.", "Nothing more comes.")


class Reading:
    """A file, or a part of it, that is being read. Whoever opened it closes it, at any moment."""

    def __init__(self, pipe: Pipe, head: FileHead) -> None:
        self._pipe = pipe
        self.head = head

    @classmethod
    async def open(cls, runtimes: Opener, notebook_id: NotebookId, what: ReadFile) -> "Reading":
        """Raises what the agent refuses, Conflict."""
        pipe = runtimes.pipe(notebook_id, what)
        try:
            first = await pipe.receive()
        except PipeBroken as broken:
            raise of_problem(broken.problem) from broken
        except BaseException:
            pipe.end(GIVEN_UP)
            raise
        return cls(pipe, msgspec.msgpack.decode(first or b"", type=FileHead))

    async def parts(self) -> AsyncIterator[bytes]:
        """Raises PipeBroken when it breaks off: what was promised has not come."""
        try:
            while (part := await self._pipe.receive()) is not None:
                yield part
                self._pipe.taken(len(part))
            self._pipe.end()
        finally:
            self.close()

    def close(self) -> None:
        self._pipe.end(GIVEN_UP)


async def bring(
    runtimes: Opener, notebook_id: NotebookId, what: WriteFile | AppendUpload, body: AsyncIterator[bytes]
) -> Entry | None:
    """Send the body; the entry when the file is whole and in its place. Raises what the agent refuses.

    When the body breaks off, what came of an upload is kept, and a file that was to be written whole is as it was.
    """
    pipe = runtimes.pipe(notebook_id, what)
    keeps = isinstance(what, AppendUpload)
    try:
        async for part in body:
            if part:
                await pipe.send(part)
        pipe.end()
        entry = None
        while (message := await pipe.receive()) is not None:
            entry = msgspec.msgpack.decode(message, type=Entry)
        return entry
    except PipeBroken as broken:
        raise of_problem(broken.problem) from broken
    finally:
        pipe.end(None if keeps else GIVEN_UP)
