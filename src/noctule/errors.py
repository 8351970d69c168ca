"""Every error that the server can show, each with a stable code, an HTTP status, and words for people.

    NoctuleError
      x Refused                  the request is understood and not done
        + NotFound               404  notebook-not-found, run-not-found, blob-not-found, ...
        + Conflict               409  name-taken, epoch-changed, runtime-unreachable, ...
        + Invalid                422  notebook-invalid, notebook-version, too-many-cells, ...
        + TooLarge               413  body-too-large, update-too-large, ...
        + Unauthorized           401  no-session, token-invalid
        + Forbidden              403  origin-refused, csrf-refused, capability-refused
        + TooMany                429  too-many-attempts; says when to try again
      x Unavailable              503  it would be done, if something outside were well; try again
        + StorageFull            507  storage-full
        + StorageUnavailable     503  storage-unavailable

They become problem details (RFC 9457) at the HTTP door and `Failed` frames on a socket, by one function: `problem()`.
Anything that is not in this tree is a defect: it is logged with its traceback and shown as `internal-error` (500).
"""

from typing import ClassVar

from noctule_agent.wire.values import Problem


class NoctuleError(Exception):
    """Base. `code` is stable; `title` says what happened; `detail` says why and what to do."""

    status: ClassVar[int] = 500

    def __init__(self, code: str, title: str, detail: str = "") -> None:
        super().__init__(f"{code}: {title} {detail}".strip())
        self.code = code
        self.title = title
        self.detail = detail


class Refused(NoctuleError):
    status = 400


class NotFound(Refused):
    status = 404


class Conflict(Refused):
    status = 409


class Invalid(Refused):
    status = 422


class TooLarge(Refused):
    status = 413


class Unauthorized(Refused):
    status = 401


class Forbidden(Refused):
    status = 403


class TooMany(Refused):
    """`after`: the seconds after which it is worth another try."""

    status = 429

    def __init__(self, code: str, title: str, detail: str = "", after: int = 1) -> None:
        super().__init__(code, title, detail)
        self.after = after


class Unavailable(NoctuleError):
    status = 503


class StorageFull(Unavailable):
    status = 507


class StorageUnavailable(Unavailable):
    status = 503


_BY_STATUS: dict[int, type[NoctuleError]] = {
    404: NotFound,
    409: Conflict,
    413: TooLarge,
    422: Invalid,
    403: Forbidden,
    503: StorageUnavailable,
    507: StorageFull,
}


def of_problem(found: Problem) -> NoctuleError:
    """The error that shows what another part of the system, an agent, has answered."""
    return _BY_STATUS.get(found.status, Refused)(found.code, found.title, found.detail)


def problem(error: BaseException) -> Problem:
    """The error as a value to show. Unknown errors give away nothing but that they happened."""
    if isinstance(error, NoctuleError):
        return Problem(code=error.code, title=error.title, detail=error.detail, status=error.status)
    return Problem(
        code="internal-error",
        title="Something in the server failed that should not have.",
        detail="Nothing that was acknowledged is lost. The server's log has the details; please report it.",
        status=500,
    )
