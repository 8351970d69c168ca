"""Passwords: argon2id, in threads of their own, a few at a time. It may not know accounts.

What is not known takes as long as what is: `verify(None, ...)` does the same work, and says no.
"""

import asyncio
import unicodedata
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from noctule.errors import TooMany

if TYPE_CHECKING:
    from argon2 import PasswordHasher

T = TypeVar("T")

AT_ONCE: Final = 2
"""Each takes 64 MB and a processor for a moment: more at once would hold the server up, and not be done sooner."""
WAITING: Final = 60
TIME_COST = 3
MEMORY_KB = 64 * 1024
LANES = 4
"""Those of RFC 9106 for little memory. Tests take cheaper ones."""


class Offload(Protocol):
    """Runs blocking work aside: asyncio.to_thread, or at once."""

    async def __call__(self, work: Callable[..., T], /, *args: Any) -> T: ...


class Passwords:
    """See the module."""

    def __init__(self, offload: Offload) -> None:
        self._offload = offload
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._hasher: PasswordHasher | None = None
        self._dummy = ""

    async def hash(self, password: str) -> str:
        """Raises TooMany."""
        async with self._in_turn():
            return await self._offload(self._hash, password)

    async def verify(self, known: str | None, password: str) -> bool:
        """Whether this is the password of the hash. None: of nobody; it takes the same time. Raises TooMany."""
        async with self._in_turn():
            return await self._offload(self._verify, known, password)

    def outdated(self, known: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._ready().check_needs_rehash(known)

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        """A queue that many addresses together could fill is not waited in."""
        if self._waiting >= WAITING:
            raise TooMany("too-many-attempts", "There were too many attempts.", "Try again in a moment.", 10)
        self._waiting += 1
        try:
            async with self._turn:
                yield
        finally:
            self._waiting -= 1

    def _ready(self) -> "PasswordHasher":
        if self._hasher is None:
            from argon2 import PasswordHasher  # not needed in personal mode

            self._hasher = PasswordHasher(time_cost=TIME_COST, memory_cost=MEMORY_KB, parallelism=LANES)
        return self._hasher

    def _hash(self, password: str) -> str:
        return self._ready().hash(_bytes(password))

    def _verify(self, known: str | None, password: str) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError

        if not self._dummy:
            self._dummy = self._hash("the password of nobody")
        try:
            self._ready().verify(known or self._dummy, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False
        return known is not None


def _bytes(password: str) -> bytes:
    """The same for the same characters, however a keyboard makes them."""
    return unicodedata.normalize("NFKC", password).encode(errors="surrogatepass")
