"""A server in team mode in this process: `team`. Its people come through the door, as browsers or with tokens."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar.types import ASGIApp

from noctule import instance
from noctule.accounts import passwords
from noctule.accounts.common import By
from noctule.accounts.people import NewPerson
from noctule.app import Core, open_core
from noctule.config import Config
from noctule.http.app import create_app

BASE = "http://127.0.0.1:8600"
PASSWORD = "correct horse battery"
GATED = frozenset({401, 403, 404})


class Team:
    """A Core in team mode, and browsers at its door."""

    def __init__(self, core: Core, app: ASGIApp, stack: AsyncExitStack) -> None:
        self.core = core
        self.app = app
        self._stack = stack

    async def browser(self, base: str = BASE, address: str = "127.0.0.1") -> httpx.AsyncClient:
        """One that has shown nothing yet. It names its origin, as browsers do."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=(address, 5000))
        client = httpx.AsyncClient(transport=transport, base_url=base, headers={"origin": base})
        return await self._stack.enter_async_context(client)

    async def make(self, login: str, *, admin: bool = False, password: str | None = PASSWORD) -> str:
        """An account; its id."""
        person = NewPerson(login, password, email=f"{login}@example.org", admin=admin)
        return (await self.core.accounts.people.make(By("server"), person)).id

    async def signed_in(self, login: str, password: str = PASSWORD) -> httpx.AsyncClient:
        browser = await self.browser()
        answer = await browser.post("/api/v1/session", json={"login": login, "password": password})
        assert answer.status_code == 200, answer.text
        return marked(browser)

    async def joined(self, login: str, *, admin: bool = False) -> httpx.AsyncClient:
        """A new account, signed in."""
        await self.make(login, admin=admin)
        return await self.signed_in(login)

    async def program(self, owner: httpx.AsyncClient, *scopes: str) -> httpx.AsyncClient:
        """A client with a token of this person."""
        made = await owner.post("/api/v1/me/tokens", json={"label": "test", "scopes": scopes})
        assert made.status_code == 201, made.text
        return await self.bearer(made.json()["secret"])

    async def bearer(self, token: str) -> httpx.AsyncClient:
        client = await self.browser()
        del client.headers["origin"]
        client.headers["authorization"] = f"Bearer {token}"
        return client

    async def told(self, **wanted: Any) -> list[str]:
        """What the audit log says, the oldest first."""
        from noctule.accounts import audit

        rows = await audit.page(self.core.store, audit.Wanted(**wanted), 500)
        return [row.what for row in reversed(rows)]


def marked(browser: httpx.AsyncClient) -> httpx.AsyncClient:
    """As the page does: what its cookie says goes back with changes."""
    browser.headers["x-noctule-csrf"] = browser.cookies["noctule_csrf"]
    return browser


def asked(method: str, template: str, named: dict[str, str]) -> str:
    """The path of a route, with what its parameters stand for."""
    path = template
    for part in template.split("/"):
        if part.startswith("{"):
            path = path.replace(part, named.get(part.strip("{}"), "none"))
    return path


def found(answer: httpx.Response) -> str:
    """What the gate did. `in`: past it. `out`: 401. `hidden`: 404 with nothing said. `refused`: 403, and which capability."""
    if answer.status_code not in GATED:
        return "in"
    body: dict[str, Any] = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    match body.get("code"):
        case "no-session":
            return "out"
        case "capability-refused":
            return "refused"
        case "notebook-not-found" | "item-not-found" | "run-not-found":
            return "hidden"
        case _:
            return "in"


@pytest.fixture
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their hashes take a millisecond, and are as right."""
    monkeypatch.setattr(passwords, "TIME_COST", 1)
    monkeypatch.setattr(passwords, "MEMORY_KB", 64)
    monkeypatch.setattr(passwords, "LANES", 1)


@pytest.fixture
def team_settings() -> dict[str, Any]:
    """What a test module sets for its server."""
    return {}


@pytest.fixture
async def team(tmp_path: Path, cheap_passwords: None, team_settings: dict[str, Any]) -> AsyncIterator[Team]:
    config = Config(
        data=tmp_path / "data",
        pool_size=0,
        browser=False,
        launcher="process",
        minimum_isolation="process",
        mode="team",
        **team_settings,
    )
    instance.prepare(config)
    async with open_core(config) as core, AsyncExitStack() as stack:
        yield Team(core, create_app(core), stack)
