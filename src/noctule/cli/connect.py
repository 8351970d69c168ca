"""Which Noctule answers a command: a server elsewhere, the server of a data directory, or one inside this process."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from noctule import instance
from noctule.cli.importing import importing
from noctule.cli.words import say
from noctule.client.api import Api
from noctule.config import Config
from noctule.errors import Conflict, Unavailable
from noctule.headstart import HeadStart, head_start
from noctule.instance import Reach
from noctule_agent.wire.values import NotebookId

if TYPE_CHECKING:
    from noctule.client.http import NoctuleClient

START_SECONDS: Final = 60.0
DRAIN_SECONDS: Final = 10.0
"""At its end a command lets what dead runtimes had left to say come in for so long; the rest waits for the next."""
POLL_SECONDS: Final = 0.05
LOG_TAIL: Final = 2_000
DEFAULT_SPEC: Final = "python3"
"""A notebook that names no kernel gets this one."""


class Elsewhere(msgspec.Struct, frozen=True):
    """`--server URL --token T`."""

    url: str
    token: str


class Here(msgspec.Struct, frozen=True):
    """A data directory of this machine."""

    config: Config


Place = Elsewhere | Here


class Taken(msgspec.Struct, frozen=True):
    """A data directory of this machine that this process has for itself, with a runtime on its way."""

    config: Config
    head: HeadStart


class Connected(msgspec.Struct, frozen=True):
    """`others`: runtimes of earlier commands that are still there. `runtime_gone` waits until nothing is left of the one of
    a notebook, which was told to end: where nobody but this process sees to that.
    """

    api: Api
    others: int = 0
    runtime_gone: Callable[[NotebookId], Awaitable[None]] | None = None

    @property
    def alone(self) -> bool:
        """It is in this process, and nobody else can reach it."""
        return self.runtime_gone is not None


@asynccontextmanager
async def connected(place: Place | Taken) -> AsyncIterator[Connected]:
    """The Api of that place. With no server on the data directory, one in this process, for as long as this lasts."""
    match place:
        case Elsewhere():
            url, token = place.url, place.token
        case Taken(config=config, head=head):
            async with _embedded(config, head) as here:
                yield here
            return
        case Here(config=config):
            found = await _server_or_claim(config)
            if isinstance(found, instance.Claim):
                try:
                    async with _embedded(config, None) as here:
                        yield here
                finally:
                    found.release()
                return
            url, token = found.url, found.token()
    async with remote(url, token) as client:
        yield Connected(client)


def remote(url: str, token: str) -> "NoctuleClient":
    from noctule.client.http import NoctuleClient  # httpx takes its time: only when it is needed

    return NoctuleClient(url, token)


@contextmanager
def hurried(place: Place, notebook: Path) -> Iterator[Place | Taken]:
    """The place for a run of this notebook. Where it has to be in this process its runtime starts now, in others."""
    spec_name = _spec_name(notebook)
    ahead = isinstance(place, Here) and spec_name is not None and place.config.launcher != "sandbox"
    claim = _claim_if_free(place.config) if isinstance(place, Here) and ahead else None
    if not isinstance(place, Here) or spec_name is None or claim is None:
        yield place
        return
    try:
        with head_start(place.config, spec_name) as head:
            yield Taken(place.config, head)
    finally:
        claim.release()


def _claim_if_free(config: Config) -> instance.Claim | None:
    if instance.holder(config.data) is not None:
        return None
    try:
        return instance.claim(config, "run")
    except Conflict:
        return None


class _KernelSpec(msgspec.Struct):
    name: str = ""


class _Metadata(msgspec.Struct):
    kernelspec: _KernelSpec = msgspec.field(default_factory=_KernelSpec)


class _Head(msgspec.Struct):
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)


def _spec_name(notebook: Path) -> str | None:
    """The kernel that it names; a guess, made without parsing it as a notebook. None: it will not run."""
    try:
        return msgspec.json.decode(notebook.read_bytes(), type=_Head).metadata.kernelspec.name or DEFAULT_SPEC
    except (OSError, msgspec.MsgspecError):
        return None


@asynccontextmanager
async def _embedded(config: Config, head: HeadStart | None) -> AsyncIterator[Connected]:
    with importing():
        from noctule.app import open_core  # a whole server: only when it is needed
        from noctule.cli import logs
        from noctule.embedded import EmbeddedApi
        from noctule.isolation import for_oneself

    logs.configure(config, quiet=True)
    # No warm runtime: nothing comes after this.
    ladder = await asyncio.to_thread(for_oneself, config, None if head is None else head.launcher)
    async with open_core(msgspec.structs.replace(config, pool_size=0), ladder, head) as core:
        yield Connected(EmbeddedApi(core), await core.runtimes.going_on(), core.runtimes.gone)
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                await core.runtimes.drained()


async def _server_or_claim(config: Config) -> Reach | instance.Claim:
    """The running server; or the directory for this process, once no other `noctule run` has it."""
    said = False
    deadline = time.monotonic() + START_SECONDS
    while True:
        if (reached := instance.reach(config.data)) is not None:
            return reached
        try:
            return instance.claim(config, "run")
        except Conflict:
            holder = instance.holder(config.data)
        if holder is not None and holder.kind == "serve" and time.monotonic() > deadline:
            raise Unavailable(
                "server-silent", f"The server (process {holder.pid}) holds {config.data} and is not ready."
            )
        if holder is not None and holder.kind == "run" and not said:
            said = True
            say(
                f"Another `noctule run` (process {holder.pid}) uses {config.data}; waiting for it to end. "
                "With a server (`noctule serve`) they would go on side by side."
            )
        await asyncio.sleep(POLL_SECONDS)


async def background_server(config: Config, options: list[str]) -> Reach:
    """The server of the data directory; one is started in the background, in a session of its own, if there is none."""
    if (reached := instance.reach(config.data)) is not None:
        return reached
    instance.prepare(config)
    log = config.data / "server.log"
    process = _spawn_server(options, log)
    deadline = time.monotonic() + START_SECONDS
    while (reached := instance.reach(config.data)) is None:
        # Another may have been quicker to take the directory: then ours ended, and that one is waited for.
        if (process.poll() is not None and instance.holder(config.data) is None) or time.monotonic() > deadline:
            raise Unavailable("server-not-started", "No server could be started in the background.", _tail(log))
        await asyncio.sleep(POLL_SECONDS)
    return reached


def _spawn_server(options: list[str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as file:
        return subprocess.Popen(  # noqa: S603 - our own command, and options that were checked
            [sys.executable, "-P", "-m", "noctule", "serve", "--no-browser", *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=file,
            start_new_session=True,
        )


def _tail(log: Path) -> str:
    return f"The end of {log}:\n{log.read_text(errors='replace')[-LOG_TAIL:]}"
