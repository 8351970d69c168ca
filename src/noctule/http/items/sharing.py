"""Who else has an item: grants, requests for access, changes of owner. It decides nothing: accounts/sharing.py does."""

from collections.abc import Collection
from datetime import datetime

from litestar import Controller, delete, get, post, put
from litestar.params import FromPath, JSONBody

from noctule.accounts.sharing import Asked, Gift, Shared
from noctule.app import Core
from noctule.drive.places import shown
from noctule.http.context import AppRequest, TheCore, principal_of, user_of
from noctule.http.items.access import named
from noctule.http.items.answers import answered, standings
from noctule.http.items.shapes import (
    Above,
    AccessRequest,
    Asker,
    Grant,
    GrantList,
    Item,
    NewGrant,
    NewOwner,
    NewRequest,
    Person,
    RequestList,
)
from noctule.http.notebooks import moment
from noctule.store.rows import AccountRow, GrantRow, ItemRow
from noctule_agent.wire.values import ItemId, Millis, UserId

HIDDEN = Above("", "")
"""A folder that the asker may not see."""


class SharingController(Controller):
    path = "/api/v1"
    tags = ("sharing",)

    @get("/items/{item_id:str}/grants", summary="Who else has an item, by itself or by a folder above it")
    async def grants(self, core: TheCore, request: AppRequest, item_id: FromPath[str]) -> GrantList:
        return await _grants(core, user_of(request), await named(core, request, item_id))

    @put(
        "/items/{item_id:str}/grants", summary="Share with a person, a team, or everyone here; or change what they may"
    )
    async def share(
        self, core: TheCore, request: AppRequest, item_id: FromPath[str], data: JSONBody[NewGrant]
    ) -> Grant:
        item = await named(core, request, item_id)
        gift = Gift(data.kind, data.whom, data.role, _millis(data.expires_at))
        made = await core.accounts.sharing.put(principal_of(request), item, gift)
        return _grant(await core.accounts.sharing.of(item), made, None)

    @delete("/items/{item_id:str}/grants/{grant_id:str}", summary="Share with them no more")
    async def end(self, core: TheCore, request: AppRequest, item_id: FromPath[str], grant_id: FromPath[str]) -> None:
        await core.accounts.sharing.end(principal_of(request), await named(core, request, item_id), grant_id)

    # --- asking ---

    @get("/requests", summary="Who asks for what the asker owns, the oldest first")
    async def requests(self, core: TheCore, request: AppRequest) -> RequestList:
        return RequestList([_request(each) for each in await core.accounts.sharing.requests(user_of(request))])

    @post(
        "/requests", summary="Ask the owner of an item for access; nobody learns whether there is one", status_code=204
    )
    async def ask(self, core: TheCore, request: AppRequest, data: JSONBody[NewRequest]) -> None:
        await core.accounts.sharing.ask(principal_of(request), data.item, data.role, data.text)

    @delete("/items/{item_id:str}/requests/{account_id:str}", summary="Refuse somebody who asks")
    async def refuse(
        self, core: TheCore, request: AppRequest, item_id: FromPath[str], account_id: FromPath[str]
    ) -> None:
        item = await named(core, request, item_id)
        await core.accounts.sharing.refuse(principal_of(request), item, UserId(account_id))

    # --- giving away ---

    @post(
        "/items/{item_id:str}/transfer", summary="Give an item, with all below it, to another account", status_code=200
    )
    async def transfer(
        self, core: TheCore, request: AppRequest, item_id: FromPath[str], data: JSONBody[NewOwner]
    ) -> Item:
        item = await named(core, request, item_id)
        to = await core.accounts.sharing.receiver(item, data.to)
        await core.library.written(item)
        await core.transfers.room(to, await core.drive.size(item))
        await core.handing.over(item, to)
        await core.accounts.rights.review()
        return await answered(core, request, await core.drive.get(item))


def _millis(at: datetime | None) -> Millis | None:
    return None if at is None else Millis(int(at.timestamp() * 1000))


async def _grants(core: Core, user: UserId, item: ItemId) -> GrantList:
    found = await core.accounts.sharing.of(item)
    above = [row for _, row in found.above]
    known = await standings(core, user, [found.item, *above])
    seen = {id_ for id_, each in known.items() if each.role is not None}
    grants = [_grant(found, each, None) for each in found.own]
    grants += [_grant(found, each, _above(row, seen)) for each, row in found.above]
    if known[item].role != "owner":
        return GrantList(grants, [])
    asked = [Asked(each, found.item, found.people[each.account]) for each in found.requests]
    return GrantList(grants, [_request(each) for each in asked])


def _above(row: ItemRow, seen: Collection[ItemId]) -> Above:
    return Above(row.id, shown(row.name)) if row.id in seen else HIDDEN


def _grant(found: Shared, row: GrantRow, item: Above | None) -> Grant:
    person = found.people.get(row.whom) if row.kind == "user" else None
    team = found.teams.get(row.whom) if row.kind == "team" else None
    by = found.people.get(row.by)
    return Grant(
        id=row.id,
        kind=row.kind,
        whom=row.whom,
        name=person.shown if person else team.name if team else "",
        login=person.login if person else "",
        role=row.role,
        by=Person(row.by, by.shown if by else ""),
        at=moment(row.at),
        expires_at=None if row.expires_at is None else moment(row.expires_at),
        item=item,
    )


def _request(asked: Asked) -> AccessRequest:
    row = asked.request
    return AccessRequest(
        Above(asked.item.id, shown(asked.item.name)), _asker(asked.person), row.role, row.text, moment(row.at)
    )


def _asker(row: AccountRow) -> Asker:
    return Asker(row.id, row.login, row.shown)
