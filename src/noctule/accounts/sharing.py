"""Who else has an item: granted, changed, ended, asked for. It may not know HTTP; that the asker may is checked by who calls.

Each change is one transaction with its row in the audit log, and what is open by the old rights is looked at again at once.
"""

from collections.abc import Awaitable, Callable

import msgspec

from noctule.accounts import audit
from noctule.accounts.answering import settle
from noctule.accounts.audit import What
from noctule.accounts.buckets import Buckets
from noctule.accounts.common import By, Means, by, check_team
from noctule.accounts.principal import Principal
from noctule.accounts.roles import Roles
from noctule.errors import Conflict, Invalid, NotFound, TooMany
from noctule.store import Tx, accounts, grants, items, requests, teams
from noctule.store.grants import RANKS
from noctule.store.rows import AccountRow, GivenRole, GrantKind, GrantRow, ItemRow, RequestRow, TeamRow
from noctule_agent.files.names import shown
from noctule_agent.wire.limits import (
    ACCESS_REQUEST_CHARS,
    ACCESS_REQUEST_SECONDS,
    ACCESS_REQUESTS,
    ACCESS_REQUESTS_SHOWN,
    GRANTS_PER_ITEM,
    SIGN_IN_NAMES,
)
from noctule_agent.wire.values import ID_PATTERN, ItemId, Millis, UserId


class Gift(msgspec.Struct, frozen=True):
    """What is granted, to whom, until when."""

    kind: GrantKind
    whom: str
    role: GivenRole
    expires_at: Millis | None = None


class Shared(msgspec.Struct, frozen=True):
    """Who has an item: grants on it, the oldest first, and on the folders above it; and what is needed to name them all."""

    item: ItemRow
    own: list[GrantRow]
    above: list[tuple[GrantRow, ItemRow]]
    requests: list[RequestRow]
    people: dict[str, AccountRow]
    teams: dict[str, TeamRow]


class Asked(msgspec.Struct, frozen=True):
    """A request, and who asks for what."""

    request: RequestRow
    item: ItemRow
    person: AccountRow


class Sharing:
    """See the module. `review`: looks at what is open."""

    def __init__(self, means: Means, roles: Roles, review: Callable[[], Awaitable[None]]) -> None:
        self._means = means
        self._roles = roles
        self._review = review
        self._asking = Buckets(ACCESS_REQUESTS, ACCESS_REQUEST_SECONDS, SIGN_IN_NAMES)

    # --- looking --------------------------------------------------------------------------------------------------

    async def of(self, item_id: ItemId) -> Shared:
        """Raises NotFound."""

        def read(tx: Tx) -> Shared:
            line = items.lineage(tx, item_id)
            if not line:
                raise items.not_found(item_id)
            above = {row.id: row for row in line[:-1]}
            own, inherited = grants.of_item(tx, item_id), grants.of_items(tx, list(above))
            return self._named(tx, line[-1], own, [(each, above[each.item_id]) for each in inherited])

        return await self._means.store.read(read)

    def _named(self, tx: Tx, item: ItemRow, own: list[GrantRow], above: list[tuple[GrantRow, ItemRow]]) -> Shared:
        asked, all_ = requests.of_item(tx, item.id), [*own, *(each for each, _ in above)]
        ids = {each.whom for each in all_ if each.kind == "user"} | {each.by for each in all_}
        people = accounts.some(tx, sorted(map(UserId, ids | {each.account for each in asked})))
        known = teams.some(tx, [each.whom for each in all_ if each.kind == "team"])
        return Shared(item, own, above, asked, {row.id: row for row in people}, {row.id: row for row in known})

    async def requests(self, owner: UserId) -> list[Asked]:
        """What waits for this person, the oldest first."""

        def read(tx: Tx) -> list[Asked]:
            found = requests.of_owner(tx, owner, ACCESS_REQUESTS_SHOWN)
            people = {row.id: row for row in accounts.some(tx, sorted({each.account for each in found}))}
            rows = items.some(tx, sorted({each.item_id for each in found}))
            return [Asked(each, rows[each.item_id], people[each.account]) for each in found]

        return await self._means.store.read(read)

    async def waiting(self, owner: UserId) -> int:
        """So many requests wait for this person."""
        return await self._means.store.read(lambda tx: requests.count(tx, owner))

    # --- granting -------------------------------------------------------------------------------------------------

    async def put(self, principal: Principal, item_id: ItemId, gift: Gift) -> GrantRow:
        """The grant that this person, team or everyone has on this item, made or changed; it answers who asked for no more.

        Raises Conflict (personal-mode, too-many-grants), Invalid (item-fixed, grant-to-owner, expiry-past), NotFound.
        """
        check_team(self._means.rules)
        now = self._means.clock.now()
        if gift.expires_at is not None and gift.expires_at <= now:
            raise Invalid("expiry-past", "This moment has passed.", "Choose one that is to come, or none.")
        row = GrantRow(
            id=self._means.ids.new(),
            item_id=item_id,
            kind=gift.kind,
            whom="" if gift.kind == "anyone" else gift.whom,
            role=gift.role,
            by=principal.account,
            at=now,
            expires_at=gift.expires_at,
        )

        def work(tx: Tx) -> GrantRow:
            item = _shareable(tx, item_id)
            name = _whom(tx, item, row)
            made, new = grants.put(tx, row)
            if new and grants.count(tx, item_id) > GRANTS_PER_ITEM:
                raise Conflict(
                    "too-many-grants",
                    f"This is shared with {GRANTS_PER_ITEM} people and teams.",
                    "Make a team of some, or share the folder that it lies in.",
                )
            if row.kind == "user":
                # They have their answer, also when it is less than they asked for.
                requests.end(tx, item_id, UserId(row.whom))
            settle(tx, self._roles, requests.of_tree(tx, item.tree))
            what = What.SHARE_MADE if new else What.SHARE_CHANGED
            audit.note(tx, now, by(principal), what, item_id, item=shown(item.name), to=name, role=row.role)
            return made

        made = await self._means.store.write(work)
        await self._review()
        return made

    async def end(self, principal: Principal, item_id: ItemId, grant: str) -> None:
        """Raises NotFound when it is none of this item's."""
        now = self._means.clock.now()

        def work(tx: Tx) -> None:
            row = grants.get(tx, grant) if ID_PATTERN.fullmatch(grant) else None
            if row is None or row.item_id != item_id:
                raise NotFound("grant-not-found", "Nobody has this any more.", "It was ended meanwhile.")
            self._ended(tx, now, by(principal), row)

        await self._means.store.write(work)
        await self._review()

    async def leave(self, principal: Principal, item_id: ItemId) -> None:
        """What the asker has by a grant of their own on this item goes. Raises Conflict when they have it otherwise."""
        now = self._means.clock.now()

        def work(tx: Tx) -> None:
            row = grants.to(tx, item_id, "user", principal.account)
            if row is None:
                raise Conflict(
                    "not-yours-to-leave",
                    "You do not have this by yourself.",
                    "It comes from a team, from a folder above, or from a link that is open to everyone here.",
                )
            self._ended(tx, now, by(principal), row)

        await self._means.store.write(work)
        await self._review()

    @staticmethod
    def _ended(tx: Tx, now: Millis, who: By, row: GrantRow) -> None:
        item = items.need(tx, row.item_id)
        grants.end(tx, row.id)
        audit.note(tx, now, who, What.SHARE_ENDED, item.id, item=shown(item.name), to=_name(tx, row), role=row.role)

    async def receiver(self, item_id: ItemId, to: str) -> UserId:
        """Whom an item may be given to. Raises Conflict (personal-mode), Invalid (item-fixed, grant-to-owner), NotFound."""
        check_team(self._means.rules)

        def read(tx: Tx) -> UserId:
            item = _shareable(tx, item_id)
            return _person(tx, item, to).id

        return await self._means.store.read(read)

    # --- asking ---------------------------------------------------------------------------------------------------

    async def ask(self, principal: Principal, item_id: str, role: GivenRole, text: str) -> None:
        """Ask the owner for a role. Nobody learns by it whether there is such an item: what is asked in vain is done all the
        same, up to a row in the log. Raises TooMany, Invalid, Conflict (personal-mode)."""
        check_team(self._means.rules)
        if len(text) > ACCESS_REQUEST_CHARS:
            raise Invalid("text-too-long", f"A request has at most {ACCESS_REQUEST_CHARS} characters.", "Shorten it.")
        now, who = self._means.clock.now(), principal.account
        if wait := self._asking.wait(who, now):
            raise TooMany("too-many-requests", "You have asked often.", "Wait a while, then ask again.", wait)
        self._asking.take(who, now)

        def work(tx: Tx) -> None:
            # Of an account, never of the machine's own hand.
            accounts.need(tx, who)
            wanted = ItemId(item_id) if ID_PATTERN.fullmatch(item_id) else ItemId("")
            row, standing = items.get(tx, wanted), self._roles.standings(tx, who, [wanted]).get(wanted)
            if (
                row is not None
                and standing is not None
                and _grantable(row, standing.binned)
                and RANKS[standing.role] < RANKS[role]
            ):
                requests.put(tx, RequestRow(wanted, who, role, text.strip(), now))
            # Without its name: who asks may export what the log says of them.
            audit.note(tx, now, by(principal), What.ACCESS_ASKED, wanted, role=role)

        await self._means.store.write(work)

    async def settle(self, tree: UserId) -> None:
        """Who asks for what lies elsewhere now may have it by that."""
        if await self._means.store.read(lambda tx: requests.of_tree(tx, tree)):
            await self._means.store.write(lambda tx: settle(tx, self._roles, requests.of_tree(tx, tree)))

    async def refuse(self, principal: Principal, item_id: ItemId, who: UserId) -> None:
        """Idempotent."""
        now = self._means.clock.now()

        def work(tx: Tx) -> None:
            item, person = items.need(tx, item_id), accounts.get(tx, who)
            if requests.end(tx, item_id, who):
                login = "" if person is None else person.login
                audit.note(tx, now, by(principal), What.ACCESS_REFUSED, item_id, item=shown(item.name), to=login)

        if ID_PATTERN.fullmatch(who):
            await self._means.store.write(work)


def handed_over(tx: Tx, item: ItemRow, to: UserId, grant: str, now: Millis) -> None:
    """The rows of sharing when an item has another owner: the former one becomes its editor. `item`: as it was before."""
    former, new = item.tree, accounts.get(tx, to)
    # Whose account was deleted meanwhile has nothing more, here as elsewhere.
    if accounts.get(tx, former) is not None:
        grants.put(tx, GrantRow(grant, item.id, "user", former, "editor", to, now))
    login = "" if new is None else new.login
    audit.note(tx, now, By(former), What.OWNERSHIP_TRANSFERRED, item.id, item=shown(item.name), to=login, role="owner")


def _shareable(tx: Tx, item_id: ItemId) -> ItemRow:
    """Raises NotFound, and Invalid for a root and for what lies in the bin."""
    line = items.lineage(tx, item_id)
    if not line:
        raise items.not_found(item_id)
    if not _grantable(line[-1], line[0].binned_at is not None):
        raise Invalid("item-fixed", "This cannot be shared.", "It is the root of a Drive, or lies in the bin.")
    return line[-1]


def _grantable(row: ItemRow, binned: bool) -> bool:
    return row.parent is not None and not binned


def _whom(tx: Tx, item: ItemRow, row: GrantRow) -> str:
    """The name of who is granted something. Raises NotFound for who is not here, Invalid for the owner."""
    if row.kind == "anyone":
        return "anyone"
    if row.kind == "team":
        return teams.get(tx, row.whom if ID_PATTERN.fullmatch(row.whom) else "").name
    return _person(tx, item, row.whom).login


def _person(tx: Tx, item: ItemRow, account: str) -> AccountRow:
    """Somebody else who can come in."""
    person = accounts.get(tx, UserId(account)) if ID_PATTERN.fullmatch(account) else None
    if person is None or person.disabled:
        raise NotFound("account-not-found", "There is no such account.", "It may have been deleted.")
    if person.id == item.tree:
        raise Invalid("grant-to-owner", "This is its owner.", "Choose somebody else.")
    return person


def _name(tx: Tx, row: GrantRow) -> str:
    """Of whom it was granted to; empty when they are gone."""
    if row.kind == "user":
        person = accounts.get(tx, UserId(row.whom))
        return "" if person is None else person.login
    found = teams.some(tx, [row.whom]) if row.kind == "team" else []
    return found[0].name if found else "anyone" if row.kind == "anyone" else ""
