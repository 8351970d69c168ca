"""Problems that a server shows, as the exceptions they were there. Pure."""

import msgspec

from noctule import errors
from noctule_agent.wire.values import Problem

_BY_STATUS: dict[int, type[errors.NoctuleError]] = {
    401: errors.Unauthorized,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.Conflict,
    413: errors.TooLarge,
    422: errors.Invalid,
    507: errors.StorageFull,
}


class _Details(msgspec.Struct):
    """A problem details document (RFC 9457), ours or that of a proxy on the way."""

    title: str = ""
    code: str = ""
    detail: str = ""


def as_error(problem: Problem) -> errors.NoctuleError:
    return _kind(problem.status)(problem.code, problem.title, problem.detail)


def from_response(status: int, body: bytes) -> errors.NoctuleError:
    """The error that an HTTP response of 400 or more tells."""
    try:
        told = msgspec.json.decode(body, type=_Details)
    except msgspec.MsgspecError:
        told = _Details()
    return _kind(status)(told.code or f"http-{status}", told.title or f"The server answered {status}.", told.detail)


def _kind(status: int) -> type[errors.NoctuleError]:
    return _BY_STATUS.get(status, errors.Unavailable if status >= 500 else errors.Refused)
