"""The audit log, for who manages: a page of it, or all of it as a file."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import Controller, get
from litestar.params import FromQuery, QueryParameter
from litestar.response import Stream

from noctule.accounts import audit
from noctule.accounts.audit import Wanted
from noctule.errors import Invalid
from noctule.http.context import TheCore
from noctule.http.notebooks import moment
from noctule.http.outputs import UNTRUSTED
from noctule.store.rows import AuditRow
from noctule_agent.wire.limits import AUDIT_PAGE_ROWS
from noctule_agent.wire.values import Millis

From = Annotated[datetime | None, QueryParameter(name="from")]
Before = Annotated[int | None, QueryParameter(ge=0, le=2**62)]
Limit = Annotated[int, QueryParameter(ge=1, le=AUDIT_PAGE_ROWS)]


class AuditEntry(msgspec.Struct):
    """`who`: an account's id, `server`, or "" for who was not signed in."""

    key: int
    at: datetime
    who: str
    address: str
    what: str
    about: str
    detail: dict[str, Any]


class AuditPage(msgspec.Struct):
    """The newest first. `before` asks for the rest; null when there is none."""

    entries: list[AuditEntry]
    before: int | None


def entry(row: AuditRow) -> AuditEntry:
    return AuditEntry(row.key, moment(row.at), row.who, row.address, row.what, row.about, row.detail)


def wanted(
    who: str | None, what: str | None, since: datetime | None, to: datetime | None, before: int | None
) -> Wanted:
    if "\0" in f"{who}{what}":
        raise Invalid("filter-invalid", "Nothing is called this.")
    return Wanted(who or None, what or None, _millis(since), _millis(to), before)


def _millis(at: datetime | None) -> Millis | None:
    """Without a zone it is UTC."""
    return None if at is None else Millis(int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000))


class Audit(Controller):
    path = "/api/v1/admin/audit"
    tags = ("admin",)

    @get(summary="Who did what, when, from where; `what` may be the first part of words: `token`")
    async def page(
        self,
        core: TheCore,
        who: FromQuery[str | None] = None,
        what: FromQuery[str | None] = None,
        since: From = None,
        to: FromQuery[datetime | None] = None,
        before: Before = None,
        limit: Limit = 100,
    ) -> AuditPage:
        rows = await audit.page(core.store, wanted(who, what, since, to, before), limit)
        return AuditPage([entry(row) for row in rows], rows[-1].key if len(rows) == limit else None)

    @get("/export", summary="All of it, as JSON lines or CSV")
    async def export(
        self,
        core: TheCore,
        format_: Annotated[Literal["csv", "jsonl"], QueryParameter(name="format")] = "jsonl",
        who: FromQuery[str | None] = None,
        what: FromQuery[str | None] = None,
        since: From = None,
        to: FromQuery[datetime | None] = None,
    ) -> Stream:
        kind = "text/csv; charset=utf-8" if format_ == "csv" else "application/jsonl"
        return Stream(
            audit.export(core.store, wanted(who, what, since, to, None), format_),
            media_type=kind,
            headers={**UNTRUSTED, "content-disposition": f'attachment; filename="audit.{format_}"'},
        )
