"""From a thread of WsgiDAV to the server's loop, and from our errors to WebDAV's. It knows no files."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from wsgidav.dav_error import DAVError

from noctule.errors import NoctuleError

T = TypeVar("T")

_STATUS = {401: 403, 422: 403}
"""A name that cannot be given is forbidden: programs know no other answer to it."""


class Calls:
    """Waits, in a thread, for what runs on the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def __call__(self, work: Coroutine[Any, Any, T]) -> T:
        """Raises DAVError."""
        with told():
            return asyncio.run_coroutine_threadsafe(work, self._loop).result()


@contextmanager
def told() -> Iterator[None]:
    """Our errors as WebDAV's."""
    try:
        yield
    except NoctuleError as error:
        raise DAVError(_STATUS.get(error.status, error.status), f"{error.title} {error.detail}") from error
