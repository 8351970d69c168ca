"""Servers whose runtimes are sandboxes: only where those work, else the test is skipped and says why. Leaves none of theirs."""

import functools
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from noctule.config import Config
from noctule.isolation import climb, launchers_of
from noctule.launchers.ladder import Ladder
from noctule.launchers.sandbox.host import Missing
from noctule.launchers.sandbox.launcher import SandboxLauncher
from tests.support.server import ServerProcess, StartServer

OPTIONS = ("--launcher", "sandbox", "--minimum-isolation", "sandbox")


@functools.cache
def why_not() -> str:
    """Why there are no whole sandboxes here; empty where there are."""
    with tempfile.TemporaryDirectory() as data:
        standing = ladder_of(Path(data)).standing
    if standing.level is None:
        return " ".join(f"{rejected.level}: {rejected.why}" for rejected in standing.rejected)
    return " ".join(f"{lack.what}: {lack.why}" for lack in standing.lacks)


def ladder_of(data: Path) -> Ladder:
    config = Config(data=data, launcher="sandbox", minimum_isolation="sandbox")
    return climb(config, launchers_of(config))


async def sweep(data: Path) -> None:
    """End every sandbox of a data directory, and forget it."""
    launcher = launchers_of(Config(data=data)).sandbox
    if isinstance(launcher, Missing):
        return
    for runtime_id, handle in await launcher.list():
        await launcher.stop(handle)
        await launcher.forget(runtime_id)


def launcher_in(data: Path) -> SandboxLauncher:
    launcher = launchers_of(Config(data=data)).sandbox
    assert not isinstance(launcher, Missing), launcher.what
    return launcher


@pytest.fixture(scope="session")
def sandboxes() -> None:
    """They work here."""
    if why := why_not():
        pytest.skip(f"no sandboxes here: {why}")


@pytest.fixture
async def sandbox_server(sandboxes: None, start_server: StartServer) -> AsyncIterator[ServerProcess]:
    server = await start_server(options=OPTIONS)
    yield server
    if server.running:
        await server.kill()
    await sweep(server.data)
