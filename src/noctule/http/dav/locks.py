"""Locks of programs that write by WebDAV: in memory, so many, and so long. They are advice among these programs alone."""

from typing import Any

from wsgidav.dav_error import HTTP_INSUFFICIENT_STORAGE, DAVError
from wsgidav.lock_man.lock_storage import LockStorageDict

from noctule_agent.wire.limits import DAV_LOCK_SECONDS, DAV_LOCKS


class Locks(LockStorageDict):  # type: ignore[misc]
    """See the module."""

    def create(self, path: str, lock: dict[str, Any]) -> Any:
        held = [key for key in list(self._dict) if not key.startswith("URL2TOKEN:")]
        if len(held) >= DAV_LOCKS:
            # Those that are over go; `get` forgets them.
            held = [token for token in held if self.get(token) is not None]
        if len(held) >= DAV_LOCKS:
            raise DAVError(HTTP_INSUFFICIENT_STORAGE, "There are too many locks.")
        lock["timeout"] = _bounded(lock["timeout"])
        return super().create(path, lock)

    def refresh(self, token: str, *, timeout: float) -> Any:
        return super().refresh(token, timeout=_bounded(timeout))


def _bounded(seconds: float) -> float:
    return DAV_LOCK_SECONDS if seconds <= 0 else min(seconds, DAV_LOCK_SECONDS)
