"""Rows as answers: items as one person sees them, lists of them, and places in a list. It changes nothing."""

import base64
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

import msgspec

from noctule.app import Core
from noctule.drive.places import shown
from noctule.drive.transfers import Coming, version_of
from noctule.errors import Invalid
from noctule.http.context import AppRequest, user_of
from noctule.http.items.shapes import Item, ItemList, Person, UploadProgress
from noctule.http.notebooks import moment
from noctule.store import items
from noctule.store.rows import ItemRow, Role, Standing
from noctule_agent.files.folders import EARLIEST, LATEST
from noctule_agent.wire.values import ItemId, Millis, NotebookId, UserId

CURSORS: Final[dict[str, tuple[type, ...]]] = {
    "name": (bytes,),
    "changed": (int, bytes),
    "size": (int, bytes),
    "recent": (int, str),
    "starred": (bytes, str),
    "shared": (int, str),
    "bin": (int, str),
    "search": (bytes, str),
}
"""What a page of each list is ordered by (store/items.py)."""


def cursor_of(text: str | None, order: str) -> items.Cursor | None:
    """A place in a list of this order. Raises Invalid for what is none of ours, or of another list."""
    if text is None:
        return None
    try:
        of, *values = msgspec.msgpack.decode(base64.urlsafe_b64decode(text.encode()), type=list[Any])
    except (ValueError, msgspec.MsgspecError) as error:
        raise _no_cursor() from error
    if of != order or tuple(map(type, values)) != CURSORS[order.rstrip("-")]:
        raise _no_cursor()
    # What a database takes: a number of 64 bits, a text without a zero.
    if any(
        (isinstance(value, int) and abs(value) >= 2**63) or (isinstance(value, str) and "\0" in value)
        for value in values
    ):
        raise _no_cursor()
    return tuple(values)


def _no_cursor() -> Invalid:
    return Invalid("cursor-invalid", "This is no place in this list.", "Ask for its first page.")


def text_of(cursor: items.Cursor | None, order: str) -> str | None:
    if cursor is None:
        return None
    return base64.urlsafe_b64encode(msgspec.msgpack.encode([order, *cursor])).decode()


async def listed(core: Core, user: UserId, page: items.Page, order: str) -> ItemList:
    return ItemList(await described(core, user, page.rows), text_of(page.after, order))


async def answered(core: Core, request: AppRequest, row: ItemRow) -> Item:
    """Raises NotFound when they may not know of it any more."""
    found = await described(core, user_of(request), [row])
    if not found:
        raise items.not_found(row.id)
    return found[0]


Standings = dict[ItemId, Standing]


async def standings(core: Core, user: UserId, rows: Collection[ItemRow]) -> Standings:
    """What these items, and the folders that they lie in, are to somebody."""
    wanted = {row.id for row in rows} | {row.parent for row in rows if row.parent is not None}
    return await core.store.read(lambda tx: core.accounts.roles.standings(tx, user, wanted))


async def described(core: Core, user: UserId, rows: Collection[ItemRow], found: Standings | None = None) -> list[Item]:
    """As this person sees them. What they have no role for is left out. `found`: as it stood before."""
    found = await standings(core, user, rows) if found is None else found
    known = await core.drive.known(user, [row.id for row in rows])
    shown_as = {each.id: each.shown for each in await core.accounts.people.some(sorted({row.tree for row in rows}))}
    return [
        Item(
            id=row.id,
            kind=row.kind,
            name=shown(row.name),
            parent=None if _role(found, row.parent) is None else row.parent,
            size=row.size,
            changed_at=moment(core.clock.now()) if row.mtime_ns is None else _changed(row.mtime_ns),
            version=version_of(row.size, row.mtime_ns),
            role=role,
            owner=Person(row.tree, shown_as.get(row.tree, row.tree)),
            starred=row.id in known.starred,
            shared=found[row.id].granted or role != "owner",
            running=row.id in known.running,
            live=core.runtimes.view(NotebookId(row.id)) is not None if row.kind == "notebook" else False,
            opened_at=None if row.id not in known.opened else moment(known.opened[row.id]),
            binned_at=None if row.binned_at is None else moment(row.binned_at),
        )
        for row in rows
        if (role := _role(found, row.id)) is not None
    ]


def _role(found: Standings, item_id: ItemId | None) -> Role | None:
    standing = None if item_id is None else found.get(item_id)
    return None if standing is None else standing.role


def _changed(mtime_ns: int) -> datetime:
    """Disks keep moments that no calendar has."""
    return moment(Millis(min(max(mtime_ns // 1_000_000, EARLIEST), LATEST)))


async def progress(core: Core, request: AppRequest, coming: Coming) -> UploadProgress:
    item = None if coming.item is None else await answered(core, request, coming.item)
    return UploadProgress(coming.upload, coming.offset, item)
