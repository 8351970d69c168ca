"""Plans, runtimes and the disk, for who manages; and what a plan bounds."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from noctule.app import SHUTDOWN
from noctule.errors import Conflict, NotFound
from noctule.store import items, leaving
from noctule_agent.wire.values import ItemId, NotebookId, UserId
from tests.support.notebooks import ipynb
from tests.support.team import Team

PLANS = "/api/v1/admin/plans"
RUNTIMES = "/api/v1/admin/runtimes"
GB = 1024**3


@pytest.fixture
async def admin(team: Team) -> httpx.AsyncClient:
    return await team.joined("root", admin=True)


@pytest.fixture
async def ended(team: Team) -> AsyncIterator[None]:
    """No runtime outlives the test."""
    yield
    await team.core.runtimes.stop_all(SHUTDOWN)


async def plans_of(admin: httpx.AsyncClient) -> dict[str, Any]:
    return {plan["name"]: plan for plan in (await admin.get(PLANS)).json()["plans"]}


async def notebook(client: httpx.AsyncClient, name: str) -> NotebookId:
    answer = await client.post("/api/v1/notebooks/upload", params={"name": name}, content=ipynb("1"))
    return NotebookId(answer.json()["id"])


async def account(admin: httpx.AsyncClient, login: str) -> dict[str, Any]:
    found = (await admin.get("/api/v1/admin/accounts")).json()["accounts"]
    return next(row for row in found if row["login"] == login)


class TestPlans:
    @pytest.fixture
    def team_settings(self) -> dict[str, Any]:
        return {"default_quota_gb": 2}

    async def test_the_standard_one_is_there_with_the_quota_of_the_settings(
        self, team: Team, admin: httpx.AsyncClient
    ) -> None:
        found = await plans_of(admin)
        assert list(found) == ["Standard"]
        assert found["Standard"] == {
            "id": "standard",
            "name": "Standard",
            "quota": 2 * GB,
            "runtimes": None,
            "standard": True,
            "accounts": 1,
        }
        row = await account(admin, "root")
        assert (row["plan"], row["quota"]) == ("standard", None)
        assert (await admin.get("/api/v1/drive")).json()["quota"] == 2 * GB

    async def test_they_are_made_given_changed_and_deleted(self, team: Team, admin: httpx.AsyncClient) -> None:
        made = await admin.post(PLANS, json={"name": "Big", "quota": 5 * GB, "runtimes": 3})
        assert made.status_code == 201, made.text
        big = made.json()
        assert (big["standard"], big["accounts"]) == (False, 0)
        assert (await admin.post(PLANS, json={"name": "Big"})).json()["code"] == "plan-taken"
        me = (await account(admin, "root"))["id"]
        path = f"/api/v1/admin/accounts/{me}"
        assert (await admin.patch(path, json={"plan": "nothing"})).json()["code"] == "plan-not-found"
        assert (await admin.patch(path, json={"plan": "\0"})).status_code == 404
        given = await admin.patch(path, json={"plan": big["id"]})
        assert given.json()["plan"] == big["id"]
        assert (await admin.get("/api/v1/drive")).json()["quota"] == 5 * GB
        await admin.patch(path, json={"quota": 7})
        assert (await admin.get("/api/v1/drive")).json()["quota"] == 7, "its own goes before the plan's"
        await admin.patch(path, json={"quota": -1})
        changed = await admin.patch(f"{PLANS}/{big['id']}", json={"quota": -1, "name": "Bigger"})
        assert changed.json() == {**big, "name": "Bigger", "quota": None, "accounts": 1}
        assert (await admin.get("/api/v1/drive")).json()["quota"] is None
        assert (await admin.delete(f"{PLANS}/{big['id']}")).json()["code"] == "plan-used"
        await admin.patch(path, json={"plan": "standard"})
        assert (await admin.delete(f"{PLANS}/{big['id']}")).status_code == 204
        assert (await admin.delete(f"{PLANS}/{big['id']}")).json()["code"] == "plan-not-found"
        assert (await admin.delete(f"{PLANS}/standard")).json()["code"] == "plan-standard"
        told = [what for what in await team.told() if what.startswith("plan-") or what == "account-plan"]
        assert told == ["plan-made", "account-plan", "plan-changed", "account-plan", "plan-deleted"]

    @pytest.mark.parametrize("body", [{"name": ""}, {"name": "a\u202eb"}, {"name": "x", "quota": -2}, {"quota": 1}])
    async def test_what_is_no_plan_is_refused(self, team: Team, admin: httpx.AsyncClient, body: dict[str, Any]) -> None:
        assert (await admin.post(PLANS, json=body)).status_code in (400, 422)
        assert len(await plans_of(admin)) == 1


async def test_a_plan_bounds_the_runtimes_of_an_owner(team: Team, admin: httpx.AsyncClient, ended: None) -> None:
    ada = await team.joined("ada")
    owner = UserId((await account(admin, "ada"))["id"])
    other = UserId((await account(admin, "root"))["id"])
    await admin.patch(f"{PLANS}/standard", json={"runtimes": 1})
    first, second = await notebook(ada, "first.ipynb"), await notebook(ada, "second.ipynb")
    theirs = await notebook(admin, "theirs.ipynb")
    runtimes = team.core.runtimes
    both = await asyncio.gather(
        runtimes.ensure(first, "python3", owner), runtimes.ensure(second, "python3", owner), return_exceptions=True
    )
    assert [isinstance(each, Conflict) for each in both] == [False, True], "of two at once one has it"
    with pytest.raises(Conflict) as refused:
        await runtimes.ensure(second, "python3", owner)
    assert refused.value.code == "runtimes-reached"
    assert "first.ipynb" in refused.value.detail
    with pytest.raises(Conflict) as refused:
        await runtimes.ensure(second, "python3", other)
    assert "first" not in f"{refused.value.title}{refused.value.detail}", "what others have is nobody else's to know"
    await runtimes.ensure(first, "python3", owner)
    await runtimes.ensure(theirs, "python3", other)
    run = (await ada.post(f"/api/v1/notebooks/{second}/runs", json={})).json()["id"]
    async with asyncio.timeout(20):
        while (told := (await ada.get(f"/api/v1/runs/{run}")).json())["state"] in ("queued", "running"):
            await asyncio.sleep(0.02)
    [cell] = told["cells"]
    assert cell["cause"]["code"] == "runtimes-reached"
    assert "first" not in told["cells"][0]["cause"]["message"], "whoever sees the notebook sees why it did not run"
    await runtimes.end(first, SHUTDOWN)
    # The first one may still be on its way out: it does not count any more.
    assert (await runtimes.ensure(second, "python3", owner)).state != "ended"


async def test_who_manages_sees_what_is_alive_and_ends_it(team: Team, admin: httpx.AsyncClient, ended: None) -> None:
    ada = await team.joined("ada")
    book = await notebook(ada, "mine.ipynb")
    owner = await account(admin, "ada")
    assert (await admin.get(RUNTIMES)).json() == {"runtimes": []}
    view = await team.core.runtimes.ensure(book, "python3", UserId(owner["id"]))
    [found] = (await admin.get(RUNTIMES)).json()["runtimes"]
    assert found["id"] == view.id
    assert found["notebook"] == {"id": book, "name": "mine.ipynb"}
    assert found["owner"]["login"] == "ada"
    assert (found["state"], found["running"]) in [(state, False) for state in ("queued", "starting", "connected")]
    assert (await ada.delete(f"{RUNTIMES}/{view.id}")).json()["code"] == "capability-refused"
    assert (await admin.delete(f"{RUNTIMES}/{view.id}")).status_code == 204
    async with asyncio.timeout(30):
        await team.core.runtimes.gone(book)
    assert (await admin.get(RUNTIMES)).json() == {"runtimes": []}
    assert (await admin.delete(f"{RUNTIMES}/{view.id}")).json()["code"] == "runtime-not-found"
    last = team.core.runtimes.view(book)
    assert last is not None
    assert last.cause is not None
    assert (last.cause.code, "Root" in last.cause.message or "root" in last.cause.message) == ("ended-by-admin", True)
    rows = (await admin.get("/api/v1/admin/audit", params={"what": "runtime"})).json()["entries"]
    me = (await account(admin, "root"))["id"]
    assert [(row["what"], row["who"]) for row in rows] == [("runtime-ended", me), ("runtime-started", owner["id"])]
    assert {row["about"] for row in rows} == {view.id}
    assert {row["detail"]["name"] for row in rows} == {"mine.ipynb"}
    assert rows[0]["detail"]["cause"] == "ended-by-admin"


async def test_in_personal_mode_there_are_runtimes_and_a_disk_and_no_plans(browser: httpx.AsyncClient) -> None:
    assert (await browser.get(PLANS)).json()["code"] == "personal-mode"
    assert (await browser.post(PLANS, json={"name": "x"})).json()["code"] == "personal-mode"
    assert (await browser.patch(f"{PLANS}/standard", json={})).json()["code"] == "personal-mode"
    assert (await browser.delete(f"{PLANS}/x")).json()["code"] == "personal-mode"
    assert (await browser.patch("/api/v1/admin/accounts/you", json={"plan": "x"})).json()["code"] == "personal-mode"
    assert (await browser.get(RUNTIMES)).json() == {"runtimes": []}
    [mine] = (await browser.get("/api/v1/admin/storage")).json()["accounts"]
    assert mine["account"]["id"] == "you"


async def test_who_manages_sees_what_takes_the_disk(team: Team, admin: httpx.AsyncClient) -> None:
    ada = await team.joined("ada")
    book = await notebook(ada, "mine.ipynb")
    await ada.post(f"/api/v1/notebooks/{book}/revisions", json={"name": "kept"})
    binned = await notebook(ada, "old.ipynb")
    for item_id in (book, binned):
        await team.core.library.written(ItemId(item_id))
    await team.core.drive.bin(ItemId(binned))
    told = (await admin.get("/api/v1/admin/storage")).json()
    assert 0 < told["disk"]["free"] <= told["disk"]["total"]
    assert told["database"] > 0
    by_login = {each["account"]["login"]: each for each in told["accounts"]}
    assert set(by_login) == {"ada", "root"}
    mine = by_login["ada"]
    old = await team.core.store.read(lambda tx: items.need(tx, ItemId(binned)))
    assert (mine["binned"], mine["quota"]) == (old.size, None)
    assert mine["used"] > mine["binned"] > 0
    assert mine["revisions"] > 0
    assert (await ada.get("/api/v1/admin/storage")).json()["code"] == "capability-refused"


async def test_what_a_deleted_account_had_is_gone_and_its_runtime_with_it(
    team: Team, admin: httpx.AsyncClient, ended: None
) -> None:
    core, ada = team.core, await team.joined("ada")
    owner = UserId((await account(admin, "ada"))["id"])
    book, theirs = await notebook(ada, "mine.ipynb"), await notebook(admin, "theirs.ipynb")
    other = await notebook(ada, "other.ipynb")
    for item_id in (book, other, theirs):
        await core.library.written(ItemId(item_id))
    view = await core.runtimes.ensure(book, "python3", owner)
    assert (core.config.drive / owner).is_dir()
    assert (await admin.delete(f"/api/v1/admin/accounts/{owner}")).status_code == 204
    with pytest.raises((Conflict, NotFound)):
        await core.runtimes.ensure(other, "python3", owner)
    async with asyncio.timeout(60):
        while await core.store.read(leaving.all_):
            await asyncio.sleep(0.02)
    assert not (core.config.drive / owner).exists()
    assert view.id not in [each.id for each, _ in core.runtimes.of_notebooks()]
    assert (await core.library.get(theirs)).name == "theirs.ipynb"
    with pytest.raises(NotFound):
        await core.library.get(book)
    rows = (await admin.get("/api/v1/admin/audit", params={"what": "runtime-ended"})).json()["entries"]
    assert [(row["who"], row["detail"]["cause"]) for row in rows] == [("server", "account-deleted")]
