"""Teams and who is in them, for who manages."""

from datetime import datetime

import msgspec
from litestar import Controller, delete, get, patch, post, put
from litestar.params import FromPath, JSONBody

from noctule.accounts.common import by
from noctule.http.context import AppRequest, TheCore, checked_id, principal_of
from noctule.http.me import Line
from noctule.http.notebooks import moment
from noctule.http.people import Person, person
from noctule.store.rows import AccountRow, TeamRow
from noctule_agent.wire.values import UserId


class TeamInfo(msgspec.Struct):
    id: str
    name: str
    created_at: datetime
    members: list[Person]


class TeamList(msgspec.Struct):
    teams: list[TeamInfo]


class TeamName(msgspec.Struct):
    name: Line


def info(team: TeamRow, members: list[AccountRow]) -> TeamInfo:
    return TeamInfo(id=team.id, name=team.name, created_at=moment(team.created_at), members=list(map(person, members)))


class TeamsController(Controller):
    path = "/api/v1/admin/teams"
    tags = ("admin",)

    @get(summary="All teams")
    async def all(self, core: TheCore) -> TeamList:
        return TeamList([info(*each) for each in await core.accounts.teams.all()])

    @post(summary="Make a team")
    async def make(self, request: AppRequest, core: TheCore, data: JSONBody[TeamName]) -> TeamInfo:
        return info(await core.accounts.teams.make(by(principal_of(request)), data.name), [])

    @get("/{team_id:str}", summary="One team")
    async def one(self, core: TheCore, team_id: FromPath[str]) -> TeamInfo:
        return info(*await core.accounts.teams.get(checked_id(team_id)))

    @patch("/{team_id:str}", summary="Rename a team")
    async def rename(
        self, request: AppRequest, core: TheCore, team_id: FromPath[str], data: JSONBody[TeamName]
    ) -> TeamInfo:
        await core.accounts.teams.rename(by(principal_of(request)), checked_id(team_id), data.name)
        return info(*await core.accounts.teams.get(team_id))

    @delete("/{team_id:str}", summary="Delete a team; its members stay")
    async def remove(self, request: AppRequest, core: TheCore, team_id: FromPath[str]) -> None:
        await core.accounts.teams.remove(by(principal_of(request)), checked_id(team_id))

    @put("/{team_id:str}/members/{account_id:str}", summary="Put somebody into a team")
    async def join(
        self, request: AppRequest, core: TheCore, team_id: FromPath[str], account_id: FromPath[str]
    ) -> TeamInfo:
        account = UserId(checked_id(account_id))
        await core.accounts.teams.join(by(principal_of(request)), checked_id(team_id), account)
        return info(*await core.accounts.teams.get(team_id))

    @delete("/{team_id:str}/members/{account_id:str}", summary="Take somebody out of a team")
    async def leave(
        self, request: AppRequest, core: TheCore, team_id: FromPath[str], account_id: FromPath[str]
    ) -> None:
        account = UserId(checked_id(account_id))
        await core.accounts.teams.leave(by(principal_of(request)), checked_id(team_id), account)
