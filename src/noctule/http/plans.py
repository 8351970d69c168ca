"""Plans, for who manages."""

from typing import Annotated, Any

import msgspec
from litestar import Controller, delete, get, patch, post
from litestar.params import FromPath, JSONBody

from noctule.accounts.common import by
from noctule.accounts.plans import PlanChange
from noctule.http.context import AppRequest, TheCore, checked_id, principal_of
from noctule.http.me import Line
from noctule.store.rows import STANDARD, PlanRow
from noctule_agent.wire.limits import PLAN_RUNTIMES, QUOTA_BYTES


class PlanInfo(msgspec.Struct):
    """`quota`: bytes. `runtimes`: alive at once. null: no bound. `standard`: new accounts have it. `accounts`: so many have it."""

    id: str
    name: str
    quota: int | None
    runtimes: int | None
    standard: bool
    accounts: int


class PlanList(msgspec.Struct):
    plans: list[PlanInfo]


class NewPlan(msgspec.Struct):
    """null: no bound."""

    name: Line
    quota: Annotated[int, msgspec.Meta(ge=0, le=QUOTA_BYTES)] | None = None
    runtimes: Annotated[int, msgspec.Meta(ge=0, le=PLAN_RUNTIMES)] | None = None


class ChangedPlan(msgspec.Struct, omit_defaults=True):
    """What is not there stays; -1 is no bound."""

    name: Line | None = None
    quota: Annotated[int, msgspec.Meta(ge=-1, le=QUOTA_BYTES)] | None = None
    runtimes: Annotated[int, msgspec.Meta(ge=-1, le=PLAN_RUNTIMES)] | None = None


def plan_info(row: PlanRow, accounts: int) -> PlanInfo:
    return PlanInfo(row.id, row.name, row.quota, row.runtimes, row.id == STANDARD, accounts)


def change_of(data: ChangedPlan) -> PlanChange:
    given = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not None}
    bounds: dict[str, Any] = {name: None if value == -1 else value for name, value in given.items()}
    return PlanChange(**bounds)


class PlansController(Controller):
    path = "/api/v1/admin/plans"
    tags = ("admin",)

    @get(summary="All plans, by name")
    async def plans(self, core: TheCore) -> PlanList:
        return PlanList([plan_info(row, accounts) for row, accounts in await core.accounts.plans.all()])

    @post(summary="Make a plan")
    async def make(self, request: AppRequest, core: TheCore, data: JSONBody[NewPlan]) -> PlanInfo:
        who = by(principal_of(request))
        return plan_info(await core.accounts.plans.make(who, data.name, data.quota, data.runtimes), 0)

    @patch("/{plan_id:str}", summary="Change a plan, for all who have it")
    async def change(
        self, request: AppRequest, core: TheCore, plan_id: FromPath[str], data: JSONBody[ChangedPlan]
    ) -> PlanInfo:
        who = by(principal_of(request))
        return plan_info(*await core.accounts.plans.change(who, checked_id(plan_id), change_of(data)))

    @delete("/{plan_id:str}", summary="Delete a plan that nobody has")
    async def remove(self, request: AppRequest, core: TheCore, plan_id: FromPath[str]) -> None:
        await core.accounts.plans.remove(by(principal_of(request)), checked_id(plan_id))
