"""What the server knows of an account, as one piece of JSON for its person, made while it is sent. It may not know HTTP."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import msgspec

from noctule.accounts import audit
from noctule.accounts.audit import What, moment
from noctule.accounts.common import Means, by
from noctule.accounts.principal import Principal, check_in_person
from noctule.store import Tx, accounts, comments, grants, sessions, teams, tokens
from noctule_agent.files.names import shown
from noctule_agent.wire.limits import AUDIT_PAGE_ROWS
from noctule_agent.wire.values import Millis, UserId

_encode = msgspec.json.encode
Page = Callable[[int | None], Awaitable[tuple[Sequence[Any], int | None]]]
"""From a place on: some, and where the next ones begin; None: there are none."""


async def begin(means: Means, principal: Principal) -> None:
    """It is written down that all is taken out. Raises Forbidden for a program."""
    check_in_person(principal)
    now = means.clock.now()
    await means.store.write(lambda tx: audit.note(tx, now, by(principal), What.ACCOUNT_EXPORTED, principal.account))


async def account_json(means: Means, account: UserId) -> AsyncIterator[bytes]:
    """Profile, what others granted, sessions, tokens without secrets, comments, and the rows of the audit log that are about oneself."""
    yield b'{"profile": ' + _encode(await means.store.read(lambda tx: _profile(tx, account)))
    for name, page in (("comments", _comments(means, account)), ("audit", _audit(means, account))):
        yield f', "{name}": ['.encode()
        place, between = None, b""
        while True:
            some, place = await page(place)
            for one in some:
                yield between + _encode(one)
                between = b",\n"
            if place is None:
                break
        yield b"]"
    yield b"}\n"


def _profile(tx: Tx, account: UserId) -> dict[str, Any]:
    row = accounts.need(tx, account)
    return {
        "id": row.id,
        "login": row.login,
        "shown": row.shown,
        "email": row.email,
        "admin": row.admin,
        "plan": row.plan,
        "quota": row.quota,
        "created_at": moment(row.created_at),
        "visited_at": _maybe(row.visited_at),
        "providers": accounts.issuers(tx, account),
        "teams": sorted(teams.get(tx, team).name for team in teams.of_account(tx, account)),
        "grants": [
            {
                "item": grant.item_id,
                "name": shown(name),
                "role": grant.role,
                "at": moment(grant.at),
                "expires_at": _maybe(grant.expires_at),
            }
            for grant, name in grants.to_person(tx, account)
        ],
        "sessions": [
            {
                "id": each.id,
                "created_at": moment(each.created_at),
                "seen_at": moment(each.seen_at),
                "expires_at": moment(each.expires_at),
                "address": each.address,
                "agent": each.agent,
            }
            for each in sessions.of_account(tx, account)
        ],
        "tokens": [
            {
                "id": token.id,
                "label": token.label,
                "scopes": sorted(token.scopes),
                "created_at": moment(token.created_at),
                "expires_at": _maybe(token.expires_at),
                "used_at": _maybe(token.used_at),
            }
            for token in tokens.of_account(tx, account)
        ],
    }


def _comments(means: Means, account: UserId) -> Page:
    async def page(after: int | None) -> tuple[Sequence[Any], int | None]:
        rows = await means.store.read(lambda tx: comments.by_person(tx, account, after or 0, AUDIT_PAGE_ROWS))
        told = [
            {
                "notebook": row.notebook_id,
                "thread": row.thread_id,
                "id": row.id,
                "at": moment(row.at),
                "edited_at": _maybe(row.edited_at),
                "text": row.text,
            }
            for row in rows
        ]
        return told, rows[-1].key if len(rows) == AUDIT_PAGE_ROWS else None

    return page


def _audit(means: Means, account: UserId) -> Page:
    async def page(before: int | None) -> tuple[Sequence[Any], int | None]:
        rows = await audit.page(means.store, audit.Wanted(concerning=account, before=before), AUDIT_PAGE_ROWS)
        told = [
            {
                "at": moment(row.at),
                "who": row.who,
                # From where others did something is theirs to tell.
                "address": row.address if row.who == account else "",
                "what": row.what,
                "about": row.about,
                "detail": row.detail,
            }
            for row in rows
        ]
        return told, rows[-1].key if len(rows) == AUDIT_PAGE_ROWS else None

    return page


def _maybe(at: Millis | None) -> str | None:
    return None if at is None else moment(at)
