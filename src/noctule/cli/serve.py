"""`noctule serve`: a server on a data directory, until a signal or `noctule stop`. Its runtimes go on without it."""

import asyncio
import contextlib
import errno
import gc
import os
import signal
import socket
import sys
import webbrowser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import structlog
import uvicorn
import uvloop
from litestar.types import ASGIApp
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from noctule import instance
from noctule.app import Core, open_core
from noctule.cli import logs
from noctule.cli.words import put, say
from noctule.config import Config
from noctule.errors import Conflict, Unavailable
from noctule.http.app import create_app
from noctule.http.gate import AGENT_PATH
from noctule.launchers.ladder import Standing
from noctule.store import Tx, notebooks, runtimes
from noctule_agent.wire import limits

log = structlog.get_logger()

PORTS_TRIED: Final = 50
"""When the port was not given and is taken."""
DATE_SECONDS: Final = 1
"""The header's resolution."""
DRAIN_SECONDS: Final = 5
"""For requests under way, once the server stops."""
STATIC: Final = Path(__file__).parents[1] / "http" / "static"


def serve(config: Config) -> None:
    """Returns when the server has stopped."""
    logs.configure(config)
    claim = instance.claim(config, "serve")
    try:
        with listen(config) as listener, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(config, claim, listener))
    finally:
        claim.release()


def listen(config: Config) -> socket.socket:
    """A listening socket. A port that was given is the only one tried."""
    tried = 1 if config.source("port").kind != "default" or config.port == 0 else PORTS_TRIED
    for port in range(config.port, config.port + tried):
        try:
            return _bind(config.host, port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise Unavailable(
                    "cannot-listen", f"{config.host}:{port} cannot be listened on.", str(error.strerror or error)
                ) from error
    last = f" to {config.port + tried - 1}" if tried > 1 else ""
    raise Conflict("port-taken", f"Port {config.port}{last} of {config.host} is taken.", "Choose another with --port.")


def _bind(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener


def url_of(listener: socket.socket) -> str:
    """How this machine reaches it."""
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


class Sockets(WebSocketsSansIOProtocol):
    """uvicorn's, with the limit of a frame by who is there: only agents have large ones, and what is too large is not held."""

    def handle_connect(self, event: Request) -> None:
        if event.path != AGENT_PATH:
            self.conn.max_message_size = limits.PAGE_FRAME_BYTES + limits.KB
        super().handle_connect(event)


class Server(uvicorn.Server):
    """uvicorn with our signals and a word when it listens."""

    def __init__(self, app: ASGIApp, ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="off",
                ws=Sockets,
                ws_max_size=limits.RECORD_BYTES + limits.LINK_FRAME_BYTES,
                ws_ping_interval=limits.HEARTBEAT_SECONDS,
                ws_ping_timeout=limits.UNREACHABLE_SECONDS,
                ws_per_message_deflate=False,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=DRAIN_SECONDS,
            )
        )
        self._ready = ready
        self._leaving = asyncio.Event()

    def leave(self) -> None:
        """Stop in order."""
        self.should_exit = True
        self._leaving.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def main_loop(self) -> None:
        """uvicorn's own wakes ten times a second to see whether it is to stop. This one is told, and keeps the Date true."""
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(DATE_SECONDS):
                    await self._leaving.wait()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are `_signals_set`'s: uvicorn would raise them again at the end, and the last words would be lost."""
        yield


async def _serve(config: Config, claim: instance.Claim, listener: socket.socket) -> None:
    wanted = asyncio.Event()
    _signals_set(wanted)
    async with open_core(config) as core:
        url = url_of(listener)
        link = await _link(core, url)

        def ready() -> None:
            # What is here now stays: collections need not go through it each time (50 ms of the event loop).
            gc.collect()
            gc.freeze()
            claim.announce(url)
            put(link)
            if config.browser:
                _open_browser(link)

        if not (STATIC / ".vite" / "manifest.json").exists():
            log.warning("the page is not built: run `make page`", directory=str(STATIC))
        _say_isolation(core.isolation, core.config.mode)
        server = Server(create_app(core), ready)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        stops = [asyncio.create_task(event.wait()) for event in (wanted, core.stop_wanted)]
        await asyncio.wait({serving, *stops}, return_when=asyncio.FIRST_COMPLETED)
        for task in stops:
            task.cancel()
        server.leave()
        await serving
        going_on = await core.store.read(_going_on)
    _last_words(going_on)


async def _link(core: Core, url: str) -> str:
    """What opens it: in personal mode with the token, in a team for the first admin with an invitation."""
    if core.config.mode == "personal":
        return f"{url}/?token={instance.token(core.config.data)}"
    base = core.config.public_urls[0] if core.config.public_urls else url
    secret = await core.accounts.first_invitation()
    if secret is None:
        return f"{base}/"
    say("Nobody manages this server yet: the link makes the first admin, for seven days and once.")
    return f"{base}/invitation/{secret}"


def _say_isolation(standing: Standing, mode: str) -> None:
    """Loud where it is weak: whoever reads the log has to know what a notebook can do to this machine."""
    for rejected in standing.rejected:
        log.info("a level of isolation is not used", level=rejected.level, why=rejected.why, advice=rejected.advice)
    if standing.level is None:
        log.error("no code is run: no level of isolation that the settings allow works here; see `noctule doctor`")
        return
    log.info("runtimes are kept apart", isolation=standing.level)
    for lack in standing.lacks:
        log.warning("runtimes go without", lack=lack.what, why=lack.why, advice=lack.advice)
    if standing.level == "process" and mode == "team":
        log.warning("in a team that means everybody's: give an account only to whom you trust with the whole server")


def _signals_set(wanted: asyncio.Event) -> None:
    """A first signal stops in order, a second at once."""
    loop = asyncio.get_running_loop()

    def stop(number: signal.Signals) -> None:
        if wanted.is_set():
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        wanted.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop, number)


def _going_on(tx: Tx) -> list[str]:
    """The runtimes that are left, by the names of their notebooks."""
    names = []
    for runtime in runtimes.list_live(tx):
        rows = [notebooks.get(tx, notebook_id) for notebook_id in runtimes.notebooks_of(tx, runtime.id)]
        names.append(", ".join(row.name for row in rows if row is not None) or "a warm one")
    return names


def _last_words(going_on: list[str]) -> None:
    if not going_on:
        say("The server has ended. No runtime is left.")
        return
    what = "1 runtime goes" if len(going_on) == 1 else f"{len(going_on)} runtimes go"
    names = "; ".join(going_on)
    say(f"The server has ended. {what} on: {names}. `noctule stop --runtimes` ends what is left.")


def _open_browser(url: str) -> None:
    """Where there is a screen; in a thread, for a browser may take its time to start."""
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return
    asyncio.get_running_loop().run_in_executor(None, webbrowser.open, url)
