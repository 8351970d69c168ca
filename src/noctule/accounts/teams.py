"""Teams: groups of accounts, for who manages. It may not know HTTP, nor what a team may see: that, `review` looks at again."""

from collections.abc import Awaitable, Callable

from noctule.accounts import audit
from noctule.accounts.answering import settle
from noctule.accounts.audit import What
from noctule.accounts.common import By, Means
from noctule.accounts.names import checked_name
from noctule.accounts.people import SEARCH_CHARS
from noctule.accounts.roles import Roles
from noctule.errors import NotFound
from noctule.store import Tx, accounts, requests, teams
from noctule.store.rows import AccountRow, TeamRow
from noctule_agent.wire.limits import PEOPLE_FOUND
from noctule_agent.wire.values import UserId


class Teams:
    """See the module."""

    def __init__(self, means: Means, roles: Roles, review: Callable[[], Awaitable[None]]) -> None:
        self._means = means
        self._roles = roles
        self._review = review

    async def all(self) -> list[tuple[TeamRow, list[AccountRow]]]:
        """By name, each with its members."""
        return await self._means.store.read(
            lambda tx: [(team, teams.members(tx, team.id)) for team in teams.list_all(tx)]
        )

    async def get(self, team: str) -> tuple[TeamRow, list[AccountRow]]:
        """Raises NotFound."""
        return await self._means.store.read(lambda tx: (teams.get(tx, team), teams.members(tx, team)))

    async def search(self, words: str) -> list[TeamRow]:
        """By a part of the name."""
        plain = words.strip()[:SEARCH_CHARS]
        if not plain or "\0" in plain:
            return []
        return await self._means.store.read(lambda tx: teams.search(tx, plain, PEOPLE_FOUND))

    async def make(self, who: By, name: str) -> TeamRow:
        """Raises Invalid, Conflict (team-taken)."""
        now = self._means.clock.now()
        row = TeamRow(self._means.ids.new(), checked_name(name), now)

        def work(tx: Tx) -> None:
            teams.create(tx, row)
            audit.note(tx, now, who, What.TEAM_MADE, row.id, name=row.name)

        await self._means.store.write(work)
        return row

    async def rename(self, who: By, team: str, name: str) -> None:
        """Raises NotFound, Invalid, Conflict (team-taken)."""
        now, name = self._means.clock.now(), checked_name(name)

        def work(tx: Tx) -> None:
            teams.rename(tx, team, name)
            audit.note(tx, now, who, What.TEAM_RENAMED, team, name=name)

        await self._means.store.write(work)

    async def remove(self, who: By, team: str) -> None:
        """Raises NotFound."""
        now = self._means.clock.now()

        def work(tx: Tx) -> None:
            row = teams.get(tx, team)
            teams.remove(tx, team)
            audit.note(tx, now, who, What.TEAM_DELETED, team, name=row.name)

        await self._means.store.write(work)
        await self._review()

    async def join(self, who: By, team: str, account: UserId) -> None:
        """What they asked for and the team has needs no answer any more. Idempotent. Raises NotFound."""
        now = self._means.clock.now()

        def work(tx: Tx) -> None:
            row, person = teams.get(tx, team), accounts.need(tx, account)
            if teams.join(tx, team, account):
                settle(tx, self._roles, requests.of_person(tx, account))
                audit.note(tx, now, who, What.TEAM_JOINED, team, name=row.name, account=account, login=person.login)

        await self._means.store.write(work)
        await self._review()

    async def leave(self, who: By, team: str, account: UserId) -> None:
        """Raises NotFound."""
        now = self._means.clock.now()

        def work(tx: Tx) -> None:
            row = teams.get(tx, team)
            if not teams.leave(tx, team, account):
                raise NotFound("member-not-found", "This account is not in the team.")
            audit.note(tx, now, who, What.TEAM_LEFT, team, name=row.name, account=account)

        await self._means.store.write(work)
        await self._review()
