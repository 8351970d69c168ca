"""Several people on one server in team mode, each in a browser of their own, signed in by the API."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.e2e.pages import SOON_MS, Book, Tab
from tests.support.server import ServerProcess

TEAM = ("--mode", "team")
PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Person:
    """Somebody with an account, and one tab of theirs."""

    login: str
    id: str
    tab: Tab

    @property
    def page(self) -> Page:
        return self.tab.page

    async def asks(self, method: str, path: str, json: Any = None, content: bytes | None = None) -> Any:
        """A request of this person's browser."""
        cookies = {each.get("name", ""): each.get("value", "") for each in await self.page.context.cookies()}
        headers = {"origin": self.tab.server.url, "x-noctule-csrf": cookies["noctule_csrf"]}
        async with httpx.AsyncClient(base_url=f"{self.tab.server.url}/api/v1", cookies=cookies) as client:
            answer = await client.request(method, path, json=json, content=content, headers=headers, timeout=30)
        return answer.raise_for_status().json() if answer.content else None

    async def upload(self, name: str, content: bytes) -> str:
        """A notebook of theirs; its id."""
        made = await self.asks("POST", f"/notebooks/upload?name={name}", content=content)
        return str(made["id"])

    async def shares(self, item: str, whom: str, role: str, kind: str = "user") -> dict[str, Any]:
        grant = {"kind": kind, "whom": whom, "role": role}
        made: dict[str, Any] = await self.asks("PUT", f"/items/{item}/grants", json=grant)
        return made

    async def opens(self, notebook: str) -> Book:
        return await self.tab.open(f"/notebooks/{notebook}")

    async def drive(self, path: str, heading: str) -> None:
        await self.page.goto(f"{self.tab.server.url}{path}")
        await expect(self.page.get_by_role("heading", name=heading, exact=True)).to_be_visible()


@dataclass(frozen=True)
class Office:
    """A server, and who makes its accounts."""

    server: ServerProcess
    admin: httpx.AsyncClient
    ids: dict[str, str]

    async def makes(self, path: str, **body: object) -> str:
        """Whatever it is; its id."""
        return str((await self.admin.post(f"/api/v1/admin{path}", json=body)).raise_for_status().json()["id"])

    async def hire(self, login: str, shown: str) -> None:
        self.ids[login] = await self.makes("/accounts", login=login, shown=shown, password=PASSWORD)

    async def team(self, name: str, *logins: str) -> None:
        team = await self.makes("/teams", name=name)
        for login in logins:
            (await self.admin.put(f"/api/v1/admin/teams/{team}/members/{self.ids[login]}")).raise_for_status()

    async def person(self, context: BrowserContext, login: str) -> Person:
        answer = await context.request.post(
            f"{self.server.url}/api/v1/session",
            data={"login": login, "password": PASSWORD},
            headers={"origin": self.server.url},
        )
        assert answer.ok, await answer.text()
        return Person(login, self.ids[login], Tab(await context.new_page(), self.server))


@asynccontextmanager
async def office(server: ServerProcess) -> AsyncIterator[Office]:
    """Its first admin comes by the link that the server prints."""
    async with httpx.AsyncClient(base_url=server.url, headers={"origin": server.url}, timeout=30) as admin:
        invitation = server.link.rpartition("/")[2]
        body = {"login": "root", "password": PASSWORD, "invitation": invitation}
        (await admin.post("/api/v1/accounts", json=body)).raise_for_status()
        admin.headers["x-noctule-csrf"] = admin.cookies["noctule_csrf"]
        yield Office(server, admin, {})


@asynccontextmanager
async def new_office(directory: Path) -> AsyncIterator[Office]:
    """On a server of its own, which ends with it."""
    server = ServerProcess(directory / "data", options=TEAM)
    try:
        await server.start()
        async with office(server) as made:
            yield made
    finally:
        await server.sweep()


class SharingDialog:
    """The sharing dialog, as it stands open in a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.place = page.get_by_role("dialog", name=re.compile("^Share"))

    def row(self, name: str) -> Locator:
        return self.place.get_by_role("listitem").filter(has_text=name)

    async def choose(self, typed: str, name: str) -> None:
        """By keyboard: what is typed finds them, Enter takes the first."""
        field = self.place.get_by_role("combobox", name="Add people and teams")
        await field.press_sequentially(typed)
        await expect(self.place.get_by_role("option").first).to_contain_text(name, timeout=SOON_MS)
        await field.press("Enter")
        await expect(self.place.get_by_role("list", name="Chosen")).to_contain_text(name)

    async def give(self, role: str) -> None:
        await self.place.get_by_role("combobox", name="Role", exact=True).select_option(role)
        await self.place.get_by_role("button", name="Share", exact=True).click()
        await expect(self.place.get_by_role("list", name="Chosen")).to_have_count(0)

    async def change(self, name: str, to: str) -> None:
        """One of the menu at somebody's role."""
        await self.row(name).get_by_role("button").click()
        await self.page.get_by_role("menuitem", name=to).click()

    async def done(self) -> None:
        await self.place.get_by_role("button", name="Done").click()
        await expect(self.place).to_have_count(0)
