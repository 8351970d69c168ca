"""How much of the disk is taken, and by whom, for who manages."""

import msgspec
from litestar import get

from noctule.drive.storage import Taken
from noctule.http.context import TheCore
from noctule.http.people import Person, person


class DiskInfo(msgspec.Struct):
    total: int
    free: int


class AccountSpace(msgspec.Struct):
    """`binned`: of `used`, what lies in the bin. `revisions`: in the database. `quota`: of `used`; null: no bound."""

    account: Person
    used: int
    binned: int
    revisions: int
    quota: int | None


class StorageInfo(msgspec.Struct):
    """All in bytes. `blobs`: large values of outputs and revisions. Accounts: who has most first."""

    disk: DiskInfo
    database: int
    blobs: int
    accounts: list[AccountSpace]


@get("/api/v1/admin/storage", summary="What takes the disk", tags=["admin"])
async def storage(core: TheCore) -> StorageInfo:
    space = await core.storage.space()
    rows = await core.accounts.people.all()
    quotas = await core.accounts.plans.quotas([row.id for row in rows])
    accounts = []
    for row in rows:
        taken = space.trees.get(row.id, Taken())
        accounts.append(AccountSpace(person(row), taken.used, taken.binned, taken.revisions, quotas[row.id]))
    accounts.sort(key=lambda each: each.used + each.revisions, reverse=True)
    return StorageInfo(DiskInfo(space.disk.total, space.disk.free), space.database, space.blobs, accounts)
