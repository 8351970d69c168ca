"""How a page stands with the server, and what the end of one connection means for the next. Pure.

Connecting -> Live -> Waiting(cause) -> Connecting ...         Ended(problem) when no new try makes sense
"""

from typing import Final

import msgspec

from noctule.client.problems import as_error
from noctule.errors import NoctuleError, Refused, Unavailable
from noctule_agent.wire import page as wire
from noctule_agent.wire.ports import ChannelClosed
from noctule_agent.wire.values import Cause, Problem

FINAL_CODES: Final = frozenset({wire.CLOSE_UNAUTHORIZED, wire.CLOSE_NOT_FOUND, wire.CLOSE_VERSION})
PROTOCOL_TRIES: Final = 3
"""Closes in a row with CLOSE_PROTOCOL before it is taken for a defect and not for a slow network."""


class Connecting(msgspec.Struct, frozen=True):
    """The socket is being opened."""


class Live(msgspec.Struct, frozen=True):
    """What is shown is what the server has."""

    server: str
    user: str


class Waiting(msgspec.Struct, frozen=True):
    """Cut off; the next try is `seconds` after this began."""

    cause: Cause
    seconds: float


class Ended(msgspec.Struct, frozen=True):
    """No new try makes sense."""

    problem: Problem


Connection = Connecting | Live | Waiting | Ended


class Again(Exception):
    """This connection is over, and another is to be tried: after `seconds`, or as the back-off says when None."""

    def __init__(self, cause: Cause, seconds: float | None = None) -> None:
        super().__init__(cause.message)
        self.cause = cause
        self.seconds = seconds


def after_failure(error: Exception) -> Again:
    """The connection could not be made, or broke."""
    if isinstance(error, NoctuleError):
        return Again(Cause(error.code, f"{error.title} {error.detail}".strip()))
    return Again(_lost(str(error)))


def after_close(closed: ChannelClosed, protocol_closes: int) -> Again | NoctuleError:
    """`protocol_closes`: how many connections in a row ended with CLOSE_PROTOCOL, this one included."""
    reason = closed.reason or f"it was cut ({closed.code})"
    if closed.code in FINAL_CODES or protocol_closes >= PROTOCOL_TRIES:
        return Refused(f"closed-{closed.code}", f"The server closed the page: {reason}.")
    return Again(_lost(reason))


def after_refusal(frame: wire.Refused) -> Again | NoctuleError:
    error = as_error(frame.problem)
    if frame.again is None and not isinstance(error, Unavailable):
        return error
    return Again(Cause(error.code, f"{error.title} {error.detail}".strip()), frame.again)


def _lost(reason: str) -> Cause:
    return Cause("connection-lost", f"The connection to the server was lost: {reason or 'no answer came in time'}.")
