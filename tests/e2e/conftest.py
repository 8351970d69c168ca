"""A real Chromium and a real `noctule serve`, shared by the tests that kill neither; all of e2e runs on one event loop."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, async_playwright

from noctule.http.static import ROOT as PAGE
from tests.e2e.pages import Tab, sign_in
from tests.e2e.people import Office, Person, new_office
from tests.support.chromium import ARGUMENTS, CHROMIUM
from tests.support.server import ServerProcess


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips what has no browser or no page to look at, with the reason."""
    missing = [str(path) for path in (CHROMIUM, PAGE / "index.html") if not path.exists()]
    for item in items:
        if not item.path.is_relative_to(Path(__file__).parent):
            continue
        item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
        if missing:
            item.add_marker(pytest.mark.skip(reason=f"missing: {', '.join(missing)} (`make setup test-tools`)"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    async for server in _running(tmp_path_factory.mktemp("shared")):
        yield server


@pytest_asyncio.fixture(loop_scope="session")
async def own_server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    """For a test that kills it."""
    async for server in _running(tmp_path):
        yield server


async def _running(directory: Path) -> AsyncIterator[ServerProcess]:
    server = ServerProcess(directory / "data")
    try:
        await server.start()
        yield server
    finally:
        await server.sweep()


MakeContext = Callable[[], Awaitable[BrowserContext]]


@pytest_asyncio.fixture(loop_scope="session")
async def make_context(browser: Browser, page_errors: list[str]) -> AsyncIterator[MakeContext]:
    """`await make_context()` is another browser of another person: nothing kept, not signed in."""
    contexts: list[BrowserContext] = []

    async def make() -> BrowserContext:
        context = await browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
        context.on("weberror", lambda failure: page_errors.append(str(failure.error)))
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        await context.close()


@pytest.fixture
def page_errors() -> Iterator[list[str]]:
    """Whatever a script of ours threw. At the end of a test there must be nothing."""
    errors: list[str] = []
    yield errors
    assert errors == []


@pytest_asyncio.fixture(loop_scope="session")
async def context(make_context: MakeContext) -> BrowserContext:
    return await make_context()


@pytest_asyncio.fixture(loop_scope="session")
async def tab(context: BrowserContext, shared_server: ServerProcess) -> AsyncIterator[Tab]:
    """A signed-in tab on the shared server. The notebooks that a test leaves there are deleted, runtimes and all."""
    yield await sign_in(context, shared_server)
    headers = {"authorization": f"Bearer {shared_server.token}"}
    async with httpx.AsyncClient(base_url=f"{shared_server.url}/api/v1", headers=headers) as client:
        for info in (await client.get("/notebooks")).raise_for_status().json()["notebooks"]:
            (await client.delete(f"/notebooks/{info['id']}")).raise_for_status()


@pytest_asyncio.fixture(loop_scope="session")
async def own_tab(context: BrowserContext, own_server: ServerProcess) -> Tab:
    """A signed-in tab on a server of the test's own."""
    return await sign_in(context, own_server)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """A server in team mode for one file of tests, with three people."""
    async with new_office(tmp_path_factory.mktemp("team")) as made:
        for login, shown in (("ana", "Ana Alvarez"), ("ben", "Ben Okoro"), ("cai", "")):
            await made.hire(login, shown)
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def ana(make_context: MakeContext, here: Office) -> Person:
    return await here.person(await make_context(), "ana")


@pytest_asyncio.fixture(loop_scope="session")
async def ben(make_context: MakeContext, here: Office) -> Person:
    return await here.person(await make_context(), "ben")
