"""Plans: how much accounts may have, for who manages; and what they bound. It may not know HTTP, nor the disk.

The standard plan is what an account has unless it was given another one. Its row is made with the first account, with the quota of
the settings. In personal mode nothing is bound by a plan.
"""

from collections.abc import Collection
from typing import Any, Final

import msgspec

from noctule.accounts import audit
from noctule.accounts.audit import What
from noctule.accounts.common import By, Means, Rules, check_team
from noctule.accounts.names import checked_name
from noctule.errors import Conflict
from noctule.store import Tx, accounts, plans
from noctule.store.rows import STANDARD, PlanRow
from noctule_agent.wire.values import UserId

STANDARD_NAME: Final = "Standard"


class PlanChange(msgspec.Struct, frozen=True):
    """UNSET stays; None is no bound."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    quota: int | msgspec.UnsetType | None = msgspec.UNSET
    runtimes: int | msgspec.UnsetType | None = msgspec.UNSET


class Plans:
    """See the module."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def all(self) -> list[tuple[PlanRow, int]]:
        """By name, each with how many accounts have it. Raises Conflict (personal-mode)."""
        check_team(self._means.rules)

        def read(tx: Tx) -> list[tuple[PlanRow, int]]:
            held = plans.held(tx)
            return [(row, held.get(row.id, 0)) for row in plans.list_all(tx)]

        found = await self._means.store.read(read)
        if any(row.id == STANDARD for row, _ in found):
            return found
        await self._means.store.write(lambda tx: ensure_standard(tx, self._means.rules))
        return await self._means.store.read(read)

    async def make(self, who: By, name: str, quota: int | None, runtimes: int | None) -> PlanRow:
        """Raises Invalid, Conflict (plan-taken, personal-mode)."""
        check_team(self._means.rules)
        now = self._means.clock.now()
        row = PlanRow(self._means.ids.new(), checked_name(name), quota, runtimes)

        def work(tx: Tx) -> None:
            ensure_standard(tx, self._means.rules)
            plans.create(tx, row)
            audit.note(tx, now, who, What.PLAN_MADE, row.id, name=row.name, quota=quota, runtimes=runtimes)

        await self._means.store.write(work)
        return row

    async def change(self, who: By, plan: str, change: PlanChange) -> tuple[PlanRow, int]:
        """The plan, and how many accounts have it. Raises NotFound, Invalid, Conflict (plan-taken, personal-mode)."""
        check_team(self._means.rules)
        now = self._means.clock.now()
        values: dict[str, Any] = {
            name: value for name, value in msgspec.structs.asdict(change).items() if value is not msgspec.UNSET
        }
        if "name" in values:
            values["name"] = checked_name(values["name"])

        def work(tx: Tx) -> tuple[PlanRow, int]:
            ensure_standard(tx, self._means.rules)
            before = plans.need(tx, plan)
            row = plans.change(tx, plan, **values)
            if row != before:
                audit.note(tx, now, who, What.PLAN_CHANGED, plan, name=row.name, quota=row.quota, runtimes=row.runtimes)
            return row, plans.held(tx).get(plan, 0)

        return await self._means.store.write(work)

    async def remove(self, who: By, plan: str) -> None:
        """Raises NotFound, Conflict (plan-standard, plan-used, personal-mode)."""
        check_team(self._means.rules)
        now = self._means.clock.now()

        def work(tx: Tx) -> None:
            row = plans.need(tx, plan)
            if plan == STANDARD:
                raise Conflict("plan-standard", "New accounts have this plan.", "Change it instead.")
            if plans.held(tx).get(plan, 0):
                raise Conflict("plan-used", "Accounts have this plan.", "Give them another one first.")
            plans.remove(tx, plan)
            audit.note(tx, now, who, What.PLAN_DELETED, plan, name=row.name)

        await self._means.store.write(work)

    async def quotas(self, wanted: Collection[UserId]) -> dict[UserId, int | None]:
        """Bytes that the Drives of these may hold: what is the account's own, else what its plan says. None: no bound."""

        def read(tx: Tx) -> dict[UserId, int | None]:
            known = {row.id: row.quota for row in plans.list_all(tx)} if self._means.rules.team else {}
            found: dict[UserId, int | None] = dict.fromkeys(wanted)
            for row in accounts.some(tx, list(wanted)):
                found[row.id] = known.get(row.plan) if row.quota is None else row.quota
            return found

        return await self._means.store.read(read)


def ensure_standard(tx: Tx, rules: Rules) -> None:
    """There is a standard plan."""
    if plans.get(tx, STANDARD) is not None:
        return
    plans.create(tx, PlanRow(STANDARD, STANDARD_NAME, rules.quota))
