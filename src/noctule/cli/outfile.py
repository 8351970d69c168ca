"""The executed notebook as a file: written while the run goes on, so that what was said is there whatever comes, and at
its end. Always whole: the file is the old one or the new one, never a part.
"""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from noctule.cli.words import say
from noctule.client.api import Api
from noctule.client.session import PageSession
from noctule.errors import Invalid, NoctuleError
from noctule_agent.wire.state import FINAL_STATES
from noctule_agent.wire.values import BatchId, NotebookId

CELL_SECONDS: Final = 2.0
"""After a cell has ended the file is written, this often at most..."""
PRINTING_SECONDS: Final = 30.0
"""... and this often while a long one goes on printing."""
SPARING: Final = 10
"""Writing a large notebook takes a tenth of the time at most."""


def _umask() -> int:
    """It can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


_UMASK: Final = _umask()
"""Of the start of the process, when no other thread makes files."""


class OutFile:
    def __init__(self, api: Api, notebook_id: NotebookId, path: Path) -> None:
        self.path = path
        self._api = api
        self.notebook_id = notebook_id
        self._said = False

    async def fetch(self) -> bytes:
        """The notebook as it is now."""
        return await self._api.ipynb(self.notebook_id)

    async def put(self, data: bytes) -> None:
        await asyncio.to_thread(replace_file, self.path, data)

    async def write(self) -> None:
        await self.put(await self.fetch())

    async def try_write(self) -> bool:
        """The same while the run goes on, which does not end because of that: the next write may go better."""
        try:
            await self.write()
        except NoctuleError as error:
            if not self._said:
                self._said = True
                say(f"{error.title} {error.detail} The run goes on.")
            return False
        return True

    @asynccontextmanager
    async def kept(self, session: PageSession, run_id: BatchId) -> AsyncIterator[None]:
        """Within this the file follows the run. No write is under way afterwards."""
        over = asyncio.Event()
        keeping = asyncio.create_task(self._keep(session, run_id, over), name="keep the file")
        try:
            yield
        finally:
            over.set()
            await keeping

    async def _keep(self, session: PageSession, run_id: BatchId, over: asyncio.Event) -> None:
        now = asyncio.get_running_loop().time
        pause, ended, rev, at = CELL_SECONDS, 0, session.view.rev, now()
        while not await _passed(over, pause):
            ended_now = sum(each.state in FINAL_STATES for each in session.executions(run_id))
            printed = session.view.rev != rev and now() - at >= PRINTING_SECONDS
            if ended_now == ended and not printed:
                continue
            ended, rev, began = ended_now, session.view.rev, now()
            await self.try_write()
            at = now()
            pause = max(CELL_SECONDS, SPARING * (at - began))


async def _passed(event: asyncio.Event, seconds: float) -> bool:
    """Whether it comes within this time."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()


def check_writable(path: Path) -> None:
    """Before anything runs: a long run should not end with this. Raises Invalid."""
    directory = path.parent
    if not directory.is_dir() or not os.access(directory, os.W_OK) or path.is_dir():
        raise Invalid(
            "file-not-written", f"{path} cannot be written.", f"{directory} is no directory that one can write to."
        )


def replace_file(path: Path, data: bytes) -> None:
    """Atomically, and on disk when it returns. Raises Invalid; then the file is what it was."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    except OSError as error:
        raise _not_written(path, error) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            os.fchmod(file.fileno(), path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_UMASK)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise _not_written(path, error) from error


def _not_written(path: Path, error: OSError) -> Invalid:
    return Invalid("file-not-written", f"{path} cannot be written.", str(error.strerror))
