"""The whole application in this process, without a network: `http` speaks to it through ASGI. Runtimes are not started."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from noctule import instance
from noctule.app import Core, open_core
from noctule.config import Config
from noctule.http.app import create_app

BASE = "http://127.0.0.1:8600"


@pytest.fixture
async def core(tmp_path: Path) -> AsyncIterator[Core]:
    config = Config(data=tmp_path / "data", pool_size=0, browser=False, launcher="process", minimum_isolation="process")
    instance.prepare(config)
    async with open_core(config) as opened:
        yield opened


@pytest.fixture
async def anonymous(core: Core) -> AsyncIterator[httpx.AsyncClient]:
    """A client that has shown nothing yet."""
    transport = httpx.ASGITransport(app=create_app(core), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client


@pytest.fixture
async def program(core: Core, anonymous: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client with the server's bearer token."""
    anonymous.headers["authorization"] = f"Bearer {instance.token(core.config.data)}"
    return anonymous


@pytest.fixture
async def browser(core: Core, anonymous: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client that opened the printed link, as a browser does; it sends the CSRF header."""
    answer = await anonymous.get("/", params={"token": instance.token(core.config.data)})
    assert answer.status_code in (302, 303, 307)
    anonymous.headers["x-noctule-csrf"] = anonymous.cookies["noctule_csrf"]
    return anonymous
