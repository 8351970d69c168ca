"""The audit log: who did what, when, from where. Written in the transaction of what it tells; nothing here changes a row."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, Literal

import msgspec

from noctule.accounts.common import DAY_MS, By, Rules
from noctule.store import Store, Tx, audit
from noctule.store.rows import AuditRow
from noctule_agent.wire.limits import AUDIT_PAGE_ROWS
from noctule_agent.wire.values import Millis


class What(StrEnum):
    """`about` is the id of an account, a session, a token, an invitation, a team or an item; the rest stands in the detail."""

    SIGNED_IN = "signed-in"
    SIGN_IN_FAILED = "sign-in-failed"
    SIGNED_OUT = "signed-out"
    SESSION_REVOKED = "session-revoked"
    PASSWORD_CHANGED = "password-changed"
    TOKEN_MADE = "token-made"
    TOKEN_REVOKED = "token-revoked"
    TOKEN_FIRST_USED = "token-first-used"
    INVITATION_MADE = "invitation-made"
    INVITATION_USED = "invitation-used"
    INVITATION_REVOKED = "invitation-revoked"
    ACCOUNT_MADE = "account-made"
    ACCOUNT_CHANGED = "account-changed"
    ACCOUNT_DISABLED = "account-disabled"
    ACCOUNT_ENABLED = "account-enabled"
    ACCOUNT_DELETED = "account-deleted"
    ACCOUNT_ADMIN = "account-admin"
    ACCOUNT_QUOTA = "account-quota"
    IDENTITY_LINKED = "identity-linked"
    TEAM_MADE = "team-made"
    TEAM_RENAMED = "team-renamed"
    TEAM_DELETED = "team-deleted"
    TEAM_JOINED = "team-joined"
    TEAM_LEFT = "team-left"
    SHARE_MADE = "share-made"
    SHARE_CHANGED = "share-changed"
    SHARE_ENDED = "share-ended"
    ACCESS_ASKED = "access-asked"
    ACCESS_REFUSED = "access-refused"
    OWNERSHIP_TRANSFERRED = "ownership-transferred"
    SERVER_STOPPED = "server-stopped"


LOGIN_CHARS: Final = 100
"""Of what was typed as a login, so much is kept: a password may have been typed into the wrong field, too."""
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
"""What a spreadsheet takes for a formula when a cell begins with it."""
COLUMNS: Final = ("key", "at", "who", "address", "what", "about", "detail")


class Wanted(msgspec.Struct, frozen=True):
    """Which rows: None is no condition. `what` may be the first part of words: `token`."""

    who: str | None = None
    what: str | None = None
    since: Millis | None = None
    until: Millis | None = None
    before: int | None = None


def note(tx: Tx, now: Millis, by: By, what: What, about: str = "", **detail: Any) -> None:
    """One row, with the transaction."""
    audit.append(tx, now, by.who, by.address, what, about, detail)


async def page(store: Store, wanted: Wanted, limit: int) -> list[AuditRow]:
    """The newest first."""
    most = max(1, min(limit, AUDIT_PAGE_ROWS))
    return await store.read(lambda tx: audit.page(tx, **msgspec.structs.asdict(wanted), limit=most))


async def export(store: Store, wanted: Wanted, kind: Literal["csv", "jsonl"]) -> AsyncIterator[bytes]:
    """All of it, the newest first, a page at a time: none of it is held."""
    line = csv_line if kind == "csv" else json_line
    if kind == "csv":
        yield _csv(COLUMNS)
    while True:
        rows = await page(store, wanted, AUDIT_PAGE_ROWS)
        if rows:
            yield b"".join(map(line, rows))
        if len(rows) < AUDIT_PAGE_ROWS:
            return
        wanted = msgspec.structs.replace(wanted, before=rows[-1].key)


def json_line(row: AuditRow) -> bytes:
    values = msgspec.structs.asdict(row)
    return msgspec.json.encode({**values, "at": _moment(row.at)}) + b"\n"


def csv_line(row: AuditRow) -> bytes:
    detail = msgspec.json.encode(row.detail).decode() if row.detail else ""
    return _csv([str(row.key), _moment(row.at), row.who, row.address, row.what, row.about, detail])


def sweep(tx: Tx, now: Millis, rules: Rules) -> int:
    """Forget what is older than it is kept; how many."""
    return audit.sweep(tx, Millis(now - rules.audit_days * DAY_MS)) if rules.audit_days else 0


def _moment(at: Millis) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")


def _csv(cells: "tuple[str, ...] | list[str]") -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells])
    return text.getvalue().encode(errors="replace")
