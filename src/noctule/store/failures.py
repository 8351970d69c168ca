"""What can go wrong in the store: refusals by a fence, and the database's own failures put into our words. No I/O."""

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from noctule.errors import Conflict, StorageFull, StorageUnavailable, Unavailable

_FULL_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT})
_BROKEN_ERRNOS = frozenset({errno.EIO, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ESTALE})
_SQLITE_BROKEN = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    }
)
_POSTGRES_BROKEN = ("08", "25006", "40", "53", "57", "58", "XX")
"""SQLSTATE prefixes: connection, read-only, rollback, resources, operator intervention, system, internal."""


class StaleDocument(Conflict):
    """The document is at another epoch or sequence than the writer believed: load it again."""

    def __init__(self, notebook_id: str) -> None:
        super().__init__("document-stale", "The document has moved on.", f"Load document {notebook_id} again.")


class StaleRevision(Conflict):
    """The run state is at another revision than the writer believed: read it again."""

    def __init__(self, notebook_id: str, rev: int) -> None:
        super().__init__(
            "revision-stale", "The run state has moved on.", f"Notebook {notebook_id} is not at rev {rev}."
        )


class CursorMoved(Conflict):
    """The records after `expected` were applied already, or some before it are missing: nothing was applied."""

    def __init__(self, kernel_id: str, expected: int) -> None:
        super().__init__(
            "cursor-moved",
            "These records are not the next ones.",
            f"The cursor of kernel {kernel_id} is not {expected}.",
        )


def storage_error(error: BaseException) -> Unavailable | None:
    """The error as StorageFull or StorageUnavailable when the storage is at fault, else None."""
    if isinstance(error, Unavailable):
        return error
    if isinstance(error, OSError):
        if error.errno in _FULL_ERRNOS:
            return full(error)
        return unavailable(error) if error.errno in _BROKEN_ERRNOS else None
    if isinstance(error, DBAPIError):
        return _database_error(error)
    return None


def full(error: BaseException) -> StorageFull:
    return StorageFull(
        "storage-full",
        "The server's disk is full; this was not saved.",
        f"Free some space and try again. Nothing that was saved is lost. ({error})",
    )


def unavailable(error: BaseException | str) -> StorageUnavailable:
    return StorageUnavailable(
        "storage-unavailable",
        "The server's database cannot be used now; this was not confirmed as saved.",
        f"Try again in a moment. Nothing that was confirmed is lost. ({error})",
    )


def _database_error(error: DBAPIError) -> Unavailable | None:
    original = error.orig
    if isinstance(original, sqlite3.Error):
        code = getattr(original, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            return full(error)
        return unavailable(original) if code in _SQLITE_BROKEN else None
    sqlstate = getattr(original, "sqlstate", None)
    if sqlstate == "53100":
        return full(error)
    if isinstance(sqlstate, str):
        return unavailable(str(original)) if sqlstate.startswith(_POSTGRES_BROKEN) else None
    if error.connection_invalidated or isinstance(error, OperationalError | InterfaceError):
        return unavailable(str(original))
    return None
