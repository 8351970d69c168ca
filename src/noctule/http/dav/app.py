"""WsgiDAV as it is used here: no pages, no properties of its own, locks in memory, words into our log. It knows no HTTP server."""

import asyncio
import logging
import re
from collections.abc import Callable, Iterable
from typing import Any, Final, cast
from urllib.parse import urlsplit

import structlog
from a2wsgi import WSGIMiddleware
from wsgidav.error_printer import ErrorPrinter
from wsgidav.request_resolver import RequestResolver
from wsgidav.request_server import RequestServer
from wsgidav.wsgidav_app import WsgiDAVApp

from noctule.app import Core
from noctule.http.dav.calls import Calls
from noctule.http.dav.locks import Locks
from noctule.http.dav.provider import ARRIVED, KEPT, USER, DriveProvider
from noctule.http.dav.threads import Threads
from noctule.http.gate import DAV_PATH
from noctule_agent.wire.limits import DAV_THREADS, KB

log = structlog.get_logger()

BLOCK_BYTES: Final = 256 * KB
_QUEUED: Final = 2
"""Pieces of an answer that wait for a slow reader."""
_KEPT = re.compile("%3b|%3f|%23|[;]", re.IGNORECASE)

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Finite(RequestServer):  # type: ignore[misc]
    """PROPFIND of everything below is refused: one request would list the whole Drive."""

    def __init__(self, provider: DriveProvider) -> None:
        super().__init__(provider)
        self.allow_propfind_infinite = False


class Resolver(RequestResolver):  # type: ignore[misc]
    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer: Iterable[bytes] = Finite(environ["wsgidav.provider"])(environ, start_response)
        return answer


def make(core: Core) -> WSGIMiddleware:
    """An ASGI application for requests that were let in. Called on the server's loop."""
    _quiet()
    provider = DriveProvider(core, Calls(asyncio.get_running_loop()))
    inner: Wsgi = WsgiDAVApp(
        {
            "mount_path": DAV_PATH,
            "provider_mapping": {"/": provider},
            "middleware_stack": [ErrorPrinter, Resolver],
            "lock_storage": Locks(),
            "property_manager": None,
            "block_size": BLOCK_BYTES,
            "verbose": 1,
            "logging": {"enable": False},
            "suppress_version_info": True,
            "hotfixes": {"re_encode_path_info": True, "treat_root_options_as_asterisk": False},
            "http_authenticator": {"accept_basic": False, "accept_digest": False, "default_to_digest": False},
        }
    )

    def outer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        scope = environ["asgi.scope"]
        environ[USER] = environ["wsgidav.auth.user_name"] = scope["user"]
        # A connection that broke and one that is at its end look the same to WsgiDAV.
        environ[ARRIVED] = scope[ARRIVED]
        environ["wsgi.errors"] = _Errors()
        if "HTTP_DESTINATION" in environ:
            environ["HTTP_DESTINATION"] = _destination(environ["HTTP_DESTINATION"])
        return inner(environ, start_response)

    made = WSGIMiddleware(cast("Any", outer), send_queue_size=_QUEUED)
    made.executor.shutdown(wait=False)
    made.executor = cast("Any", Threads(DAV_THREADS))
    return made


def _destination(address: str) -> str:
    """Without what WsgiDAV would cut it at: what follows `?` is no part of it, and such characters of names are stood in for."""
    found = urlsplit(address)
    path = _KEPT.sub(lambda match: KEPT[_CHARS.get(match[0].lower(), match[0])], found.path)
    return f"{found.scheme}://{found.netloc}{path}" if found.netloc else path


_CHARS: Final = {"%3b": ";", "%3f": "?", "%23": "#"}


class _Errors:
    """What is written for the console goes into our log."""

    def write(self, text: str) -> None:
        if text.strip():
            log.warning("WebDAV", said=text.strip())

    def flush(self) -> None:
        pass


class _ToLog(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        log.error("WebDAV failed", said=record.getMessage())


def _quiet() -> None:
    """WsgiDAV's own loggers say nothing but defects, and those into our log."""
    logger = logging.getLogger("wsgidav")
    logger.handlers = [_ToLog(logging.ERROR)]
    logger.propagate = False
    logger.setLevel(logging.ERROR)
