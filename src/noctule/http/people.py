"""Finding people and teams, to share with them: what a person may know of another is id, name and login, of a team its name."""

import msgspec
from litestar import get
from litestar.params import FromQuery

from noctule.http.context import AppRequest, TheCore, user_of
from noctule.store.rows import AccountRow
from noctule_agent.wire.limits import PEOPLE_FOUND
from noctule_agent.wire.values import UserId

IDS_MOST = 200


class Person(msgspec.Struct):
    id: str
    login: str
    shown: str


class FoundTeam(msgspec.Struct):
    id: str
    name: str


class PersonList(msgspec.Struct):
    people: list[Person]
    teams: list[FoundTeam]


def person(row: AccountRow) -> Person:
    return Person(id=row.id, login=row.login, shown=row.shown)


@get(
    "/api/v1/people",
    summary=f"At most {PEOPLE_FOUND} people by login, name or whole email, and teams by name; or people by ids, commas between",
    tags=["people"],
)
async def people(
    request: AppRequest, core: TheCore, search: FromQuery[str] = "", ids: FromQuery[str] = ""
) -> PersonList:
    user_of(request)
    if ids:
        rows = await core.accounts.people.some([UserId(each) for each in ids.split(",")[:IDS_MOST]])
        return PersonList([person(row) for row in rows], [])
    found = await core.accounts.teams.search(search)
    rows = await core.accounts.people.search(search)
    return PersonList([person(row) for row in rows], [FoundTeam(row.id, row.name) for row in found])
