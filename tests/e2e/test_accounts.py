"""People at the door, in a real browser: coming in, going out, being put out; and what those who manage see and do."""

import re
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import oidc_provider_mock
import pytest
import pytest_asyncio
from oidc_provider_mock import User
from playwright.async_api import BrowserContext, Locator, Page, WebSocketRoute, expect

from tests.e2e.axe import assert_accessible, needs_axe
from tests.e2e.conftest import MakeContext
from tests.e2e.pages import Tab
from tests.support.server import ServerProcess

PASSWORD = "correct horse battery"
HOSTILE = "<img src=x onerror=window.pwned=1>\u05d0\u05d1\u05d2\u061c"
"""A name that is markup and turns what follows it, as far as the server lets one be called."""
PEOPLE = [
    User(sub="grace", claims={"email": "grace@example.org", "email_verified": True, "name": "Grace Hopper"}),
    User(sub="stranger", claims={"email": "stranger@example.org", "email_verified": True, "name": "Stranger"}),
]


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    before = set(threading.enumerate())
    with oidc_provider_mock.run_server_in_thread(user_claims=PEOPLE) as server:
        yield f"http://localhost:{server.server_port}"
    for thread in set(threading.enumerate()) - before:
        thread.join(1)


@dataclass(frozen=True)
class TeamServer:
    """A server in team mode with its first admin, `ada`."""

    server: ServerProcess

    @property
    def url(self) -> str:
        return self.server.url

    @asynccontextmanager
    async def program(self, login: str = "ada") -> AsyncIterator[httpx.AsyncClient]:
        """A session without a browser, for what a test needs and does not look at."""
        async with httpx.AsyncClient(base_url=f"{self.url}/api/v1", headers={"origin": self.url}) as client:
            (await client.post("/session", json={"login": login, "password": PASSWORD})).raise_for_status()
            client.headers["x-noctule-csrf"] = client.cookies["noctule_csrf"]
            yield client

    async def make(self, login: str, shown: str = "") -> None:
        async with self.program() as admin:
            person = {"login": login, "shown": shown, "password": PASSWORD}
            (await admin.post("/admin/accounts", json=person)).raise_for_status()

    async def signed_in(self, context: BrowserContext, login: str = "ada", path: str = "/") -> Page:
        """A page of this person, who came in by the API: the form has tests of its own."""
        answer = await context.request.post(
            f"{self.url}/api/v1/session", data={"login": login, "password": PASSWORD}, headers={"origin": self.url}
        )
        assert answer.ok, await answer.text()
        page = await context.new_page()
        await page.goto(f"{self.url}{path}")
        return page


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def team(tmp_path_factory: pytest.TempPathFactory, provider: str) -> AsyncIterator[TeamServer]:
    options = (
        *("--mode", "team", "--oidc-issuer", provider, "--oidc-client-id", "noctule"),
        *("--oidc-client-secret", "secret", "--oidc-name", "Owl ID"),
    )
    server = ServerProcess(tmp_path_factory.mktemp("team") / "data", options=options)
    try:
        await server.start()
        secret = server.link.rsplit("/", 1)[1]
        async with httpx.AsyncClient(base_url=server.url, headers={"origin": server.url}) as client:
            first = {"login": "ada", "password": PASSWORD, "shown": "Ada Lovelace", "invitation": secret}
            (await client.post("/api/v1/accounts", json=first)).raise_for_status()
        yield TeamServer(server)
    finally:
        await server.sweep()


async def sign_in(page: Page, login: str, password: str = PASSWORD) -> None:
    await page.get_by_label("Login or email").fill(login)
    await page.get_by_label("Password", exact=True).fill(password)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def in_account_menu(page: Page, choice: str) -> None:
    await page.get_by_role("button", name="Account").click()
    await page.get_by_role("menuitem", name=choice, exact=True).click()


def home(page: Page) -> Locator:
    return page.get_by_role("heading", name="Home", exact=True)


def door(page: Page) -> Locator:
    return page.get_by_role("heading", name="Sign in to Noctule")


async def test_the_first_admin_comes_by_the_printed_link_and_goes_by_the_menu(
    make_context: MakeContext, tmp_path: Path
) -> None:
    server = ServerProcess(tmp_path / "data", options=("--mode", "team"))
    try:
        await server.start()
        page = await (await make_context()).new_page()
        await page.goto(server.link)
        await expect(page.get_by_role("heading", name="You are invited to Noctule")).to_be_visible()
        await expect(page.get_by_text("This invitation makes an admin")).to_be_visible()
        await page.get_by_label("Login").fill("root!")
        await page.get_by_label("Password", exact=True).fill(PASSWORD)
        await page.get_by_role("button", name="Make account").click()
        await expect(page.get_by_role("alert")).to_contain_text("This cannot be a login")
        await page.get_by_label("Login").fill("root")
        await page.get_by_label("Your name").fill("Root")
        await page.get_by_role("button", name="Make account").click()
        await expect(home(page)).to_be_visible()
        await page.get_by_role("button", name="Account").click()
        await expect(page.locator(".account-who")).to_contain_text("Root")
        await page.get_by_role("menuitem", name="Sign out").click()
        await expect(door(page)).to_be_visible()
        # What was seen before is not to be had by going back.
        await page.go_back()
        await expect(door(page)).to_be_visible()
        # Used is used.
        await page.goto(server.link)
        await expect(page.get_by_role("heading", name="This invitation cannot be used")).to_be_visible()
    finally:
        await server.sweep()


async def test_who_is_not_signed_in_is_led_to_the_door_and_back(team: TeamServer, context: BrowserContext) -> None:
    page = await context.new_page()
    await page.goto(f"{team.url}/drive/starred?x=1")
    await expect(door(page)).to_be_visible()
    assert page.url == f"{team.url}/sign-in?next=%2Fdrive%2Fstarred%3Fx%3D1"
    await sign_in(page, "ada", "not the password")
    await expect(page.get_by_role("alert")).to_have_text("The login or the password is wrong.")
    await expect(page.get_by_label("Login or email")).to_have_value("ada")
    await sign_in(page, "ada")
    await expect(page.get_by_role("heading", name="Starred")).to_be_visible()
    assert page.url == f"{team.url}/drive/starred?x=1"


@pytest.mark.parametrize(
    "hostile",
    ["//evil.example/", "/\\evil.example", "https://evil.example", "javascript:window.pwned=1", "/%09/evil.example"],
)
async def test_after_the_door_one_is_here_whatever_the_link_said(
    team: TeamServer, context: BrowserContext, hostile: str
) -> None:
    page = await context.new_page()
    await page.route(re.compile("^https?://evil"), lambda route: route.abort())
    await page.goto(f"{team.url}/sign-in?next={hostile}")
    await expect(page.locator('a[href*="evil"]:not([href^="/oidc/start?"])')).to_have_count(0)
    await sign_in(page, "ada")
    await expect(home(page)).to_be_visible()
    assert page.url == f"{team.url}/"
    assert await page.evaluate("() => window.pwned") is None


async def test_a_problem_in_the_address_is_said_in_words_of_ours(team: TeamServer, context: BrowserContext) -> None:
    page = await context.new_page()
    await page.goto(f"{team.url}/sign-in?problem=oidc-stale")
    await expect(page.get_by_role("alert")).to_contain_text("Begin again")
    await page.goto(f"{team.url}/sign-in?problem=Call+0800-EVIL")
    await expect(page.get_by_role("alert")).to_contain_text("(unknown)")


async def test_a_token_is_made_shown_once_used_and_revoked(team: TeamServer, context: BrowserContext) -> None:
    page = await team.signed_in(context, path="/account/tokens")
    await page.get_by_role("button", name="New token").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("What it is for").fill("Laptop")
    await dialog.get_by_label("Edit").uncheck()
    await dialog.get_by_role("button", name="Make token").click()
    secret = await page.get_by_label("Token", exact=True).input_value()
    assert secret.startswith("nct_")
    async with httpx.AsyncClient(base_url=team.url, headers={"authorization": f"Bearer {secret}"}) as program:
        assert (await program.get("/api/v1/notebooks")).status_code == 200
        assert (await program.post("/api/v1/notebooks", json={})).status_code == 403
        await page.get_by_role("button", name="Done").click()
        await page.reload()
        line = page.get_by_role("listitem").filter(has_text="Laptop")
        await expect(line).to_contain_text("last used just now")
        assert secret not in await page.content()
        await line.get_by_role("button", name="Revoke").click()
        await page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
        await expect(line).to_have_count(0)
        assert (await program.get("/api/v1/notebooks")).status_code == 401


@pytest.mark.parametrize("stays", [True, False], ids=["in the page", "by a reload"])
async def test_a_session_ended_from_another_browser_covers_the_page_and_loses_nothing(
    team: TeamServer, make_context: MakeContext, stays: bool
) -> None:
    login = f"typist{stays:d}"
    await team.make(login)
    page = await team.signed_in(await make_context(), login)
    wire = Wire()
    await page.route_web_socket(re.compile("/socket$"), wire.join)
    await page.get_by_role("button", name="New notebook").click()
    book = await Tab(page, team.server).opened()
    await book.cell(0).editor.fill("before = 1")
    await book.all_saved()
    wire.cut = True
    await book.cell(0).editor.fill("after = 2")

    other = await team.signed_in(await make_context(), login, "/account/sessions")
    await expect(other.get_by_role("listitem").filter(has_text="This browser")).to_be_visible()
    await other.get_by_role("button", name="End all others").click()
    await other.get_by_role("dialog").get_by_role("button", name="End all others").click()
    await expect(other.get_by_text("1 session has ended")).to_be_visible()

    over = page.get_by_role("dialog", name="You are signed out")
    await expect(over).to_be_visible()
    assert await page.evaluate("() => document.querySelector('.page').inert"), "keys reach what is covered"
    wire.cut = False
    if stays:
        await over.get_by_label("Password", exact=True).fill(PASSWORD)
        await over.get_by_role("button", name="Sign in", exact=True).click()
        await expect(over).to_have_count(0)
    else:
        await page.reload()
        await sign_in(page, login)
    await expect(book.cell(0).place).to_contain_text("after = 2")
    await book.all_saved()
    async with team.program(login) as program:
        file = (await program.get(f"{book.path}/file")).raise_for_status().json()
        assert "".join(file["cells"][0]["source"]) == "after = 2"


@dataclass
class Wire:
    """The socket of a page. While it is cut nothing that the page says arrives."""

    cut: bool = False

    def join(self, page: WebSocketRoute) -> None:
        server = page.connect_to_server()
        page.on_message(lambda message: None if self.cut else server.send(message))


async def test_an_admin_invites_somebody_and_disables_them_and_their_open_page_is_closed(
    team: TeamServer, make_context: MakeContext
) -> None:
    admin = await team.signed_in(await make_context(), path="/admin")
    await admin.get_by_role("button", name="Invite").click()
    dialog = admin.get_by_role("dialog")
    await dialog.get_by_label("Email (optional)").fill("bob@example.org")
    await dialog.get_by_role("button", name="Make link").click()
    link = await admin.get_by_label("Link", exact=True).input_value()
    await admin.get_by_role("button", name="Done").click()

    page = await (await make_context()).new_page()
    await page.goto(link)
    await expect(page.locator(".door-email")).to_have_text("bob@example.org")
    await page.get_by_label("Login").fill("bob")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Make account").click()
    await expect(home(page)).to_be_visible()
    await page.goto(f"{team.url}/admin")
    await expect(page.get_by_role("heading", name="Only admins may open this")).to_be_visible()
    await page.goto(team.url)
    await page.get_by_role("button", name="New notebook").click()
    await Tab(page, team.server).opened()

    await admin.reload()
    await admin.get_by_label("Search users").fill("BOB@")
    rows = admin.get_by_role("table", name="Users").locator("tbody tr")
    await expect(rows).to_have_count(1)
    await rows.get_by_role("button", name="More for").click()
    await admin.get_by_role("menuitem", name="Disable").click()
    await admin.get_by_role("dialog").get_by_role("button", name="Disable").click()
    await expect(rows).to_contain_text("Disabled")

    over = page.get_by_role("dialog", name="You are signed out")
    await expect(over).to_be_visible()
    await over.get_by_label("Password", exact=True).fill(PASSWORD)
    await over.get_by_role("button", name="Sign in", exact=True).click()
    await expect(over.get_by_text("This account is disabled.")).to_be_visible()


async def test_signing_in_at_a_provider_makes_an_account_by_an_invitation_and_finds_it_again(
    team: TeamServer, make_context: MakeContext
) -> None:
    stranger = await (await make_context()).new_page()
    await stranger.goto(f"{team.url}/sign-in")
    await at_the_provider(stranger, "stranger")
    await expect(stranger.get_by_role("alert")).to_contain_text("There is no account for this sign-in")

    async with team.program() as program:
        link = (await program.post("/admin/invitations", json={})).raise_for_status().json()["link"]
    page = await (await make_context()).new_page()
    await page.goto(link)
    await at_the_provider(page, "grace")
    await expect(home(page)).to_be_visible()
    await page.goto(f"{team.url}/account")
    await expect(page.get_by_label("Name")).to_have_value("Grace Hopper")
    await expect(page.get_by_text("Signs in with Owl ID")).to_be_visible()
    await in_account_menu(page, "Sign out")
    await expect(door(page)).to_be_visible()

    again = await (await make_context()).new_page()
    await again.goto(f"{team.url}/account/sessions")
    await at_the_provider(again, "grace")
    await expect(again.get_by_role("listitem").filter(has_text="This browser")).to_be_visible()
    assert again.url == f"{team.url}/account/sessions"


async def at_the_provider(page: Page, subject: str) -> None:
    """By its button, and its own form."""
    await page.get_by_role("link", name="Continue with Owl ID").click()
    await page.locator("input[name=sub]").fill(subject)
    await page.get_by_role("button", name="Authorize").click()


async def test_a_sign_in_at_a_provider_is_connected_with_an_account_by_its_password(
    team: TeamServer, make_context: MakeContext
) -> None:
    async with team.program() as program:
        person = {"login": "linked", "password": PASSWORD, "email": "stranger@example.org"}
        (await program.post("/admin/accounts", json=person)).raise_for_status()
    page = await (await make_context()).new_page()
    await page.goto(f"{team.url}/account")
    await at_the_provider(page, "stranger")
    await expect(page.get_by_role("heading", name="Connect your account")).to_be_visible()
    await page.get_by_label("Login or email").fill("linked")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Sign in and connect").click()
    await expect(page.get_by_text("Signs in with Owl ID")).to_be_visible()


async def test_a_hostile_name_is_text_and_turns_nothing_around_it(team: TeamServer, make_context: MakeContext) -> None:
    await team.make("hostile", HOSTILE)
    page = await team.signed_in(await make_context(), "hostile")
    await page.get_by_role("button", name="Account").click()
    name = page.locator(".account-who bdi").first
    await expect(name).to_have_text(HOSTILE)
    await page.keyboard.press("Escape")
    admin = await team.signed_in(await make_context(), path="/admin")
    await admin.get_by_label("Search users").fill("hostile")
    row = admin.get_by_role("table", name="Users").locator("tbody tr")
    await expect(row).to_have_count(1)
    await expect(row.locator("bdi").first).to_have_text(HOSTILE)
    await row.get_by_role("button", name="More for").click()
    await admin.get_by_role("menuitem", name="Disable").click()
    # In a sentence it is closed off by characters for that.
    await expect(admin.get_by_role("dialog").get_by_role("heading")).to_have_text(f"Disable \u2068{HOSTILE}\u2069?")
    for each in (page, admin):
        assert await each.evaluate("() => window.pwned") is None
        assert await each.locator("img").count() == 0


async def test_a_thousand_accounts_are_one_list_of_which_few_rows_are_drawn(
    team: TeamServer, context: BrowserContext
) -> None:
    page = await team.signed_in(context)
    many = [
        {
            "id": f"{at:024x}",
            "login": f"p{at}",
            "shown": f"Person {at}",
            "email": None,
            "admin": False,
            "disabled": False,
            "quota": None,
            "plan": "standard",
            "has_password": True,
            "created_at": "2026-01-01T00:00:00Z",
            "visited_at": None,
        }
        for at in range(1000)
    ]
    await page.route("**/api/v1/admin/accounts", lambda route: route.fulfill(json={"accounts": many}))
    await page.goto(f"{team.url}/admin")
    table = page.get_by_role("table", name="Users")
    await expect(table).to_have_attribute("aria-rowcount", "1001")
    assert await table.locator("tbody tr").count() < 80
    await page.locator(".panel-main").evaluate("(main) => main.scrollTo(0, main.scrollHeight)")
    await expect(table.get_by_text("Person 999", exact=True)).to_be_visible()
    await page.get_by_label("Search users").fill("person 77")
    await expect(page.get_by_text("19 of 1000 accounts")).to_be_visible()
    await expect(table.get_by_text("Person 77", exact=True)).to_be_visible()

    everybody = {"id": "t", "name": "Everybody", "created_at": "2026-01-01T00:00:00Z", "members": many}
    await page.route("**/api/v1/admin/teams", lambda route: route.fulfill(json={"teams": [everybody]}))
    await page.get_by_role("link", name="Teams").click()
    await page.get_by_role("button", name="Everybody 1000 members").click()
    members = page.get_by_role("table", name="Members of")
    await expect(members).to_have_attribute("aria-rowcount", "1001")
    assert await members.locator("tbody tr").count() < 80
    await page.get_by_label("Search members").fill("person 77")
    await expect(members).to_have_attribute("aria-rowcount", "20")


async def test_a_team_is_made_of_people_who_are_found_and_the_log_tells_of_it(
    team: TeamServer, context: BrowserContext, tmp_path: Path
) -> None:
    await team.make("colleague", "Colleague One")
    page = await team.signed_in(context, path="/admin/teams")
    await page.get_by_role("button", name="New team").click()
    await page.get_by_label("Name of the team").fill("Readers")
    await page.get_by_role("button", name="Make team").click()
    await page.get_by_role("combobox").fill("colleague o")
    await page.get_by_role("option").filter(has_text="Colleague One").wait_for()
    await page.keyboard.press("Enter")
    members = page.get_by_role("table", name="Members of")
    await expect(members.get_by_text("Colleague One")).to_be_visible()

    await page.get_by_role("link", name="Audit log").click()
    await page.get_by_label("What", exact=True).select_option("Teams")
    rows = page.get_by_role("table", name="Audit log").locator("tbody tr")
    await expect(rows.first).to_contain_text("Joined a team")
    await expect(rows).to_have_count(2)
    who = page.get_by_role("combobox", name="Who")
    await who.fill("colleague o")
    await page.get_by_role("option").filter(has_text="Colleague One").click()
    await expect(who).to_have_value("Colleague One")
    await expect(page.get_by_role("heading", name="Nothing happened")).to_be_visible()
    await who.fill("")
    await expect(rows).to_have_count(2)
    await page.get_by_role("button", name="Export").click()
    async with page.expect_download() as download:
        await page.get_by_role("menuitem", name="CSV").click()
    path = tmp_path / "audit.csv"
    await (await download.value).save_as(path)
    lines = path.read_text().splitlines()
    assert [line.split(",")[4] for line in lines[1:]] == ["team-joined", "team-made"]


async def test_an_account_is_deleted_by_its_owner_with_the_password(team: TeamServer, context: BrowserContext) -> None:
    await team.make("leaver")
    page = await team.signed_in(context, "leaver", "/account/data")
    await page.get_by_role("button", name="Delete account…").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("link", name="Download everything first")).to_have_attribute(
        "href", "/api/v1/me/export"
    )
    await dialog.get_by_label("Your password").fill("not it, surely")
    await dialog.get_by_role("button", name="Delete account").click()
    await expect(dialog.get_by_role("alert")).to_have_text("The password is wrong.")
    await dialog.get_by_label("Your password").fill(PASSWORD)
    await dialog.get_by_role("button", name="Delete account").click()
    await expect(door(page)).to_be_visible()
    await sign_in(page, "leaver")
    await expect(page.get_by_role("alert")).to_have_text("The login or the password is wrong.")


async def test_what_one_person_leaves_in_a_browser_the_next_does_not_see(
    team: TeamServer, context: BrowserContext
) -> None:
    for login in ("first", "second"):
        await team.make(login)
    page = await team.signed_in(context, "first")
    await page.get_by_role("button", name="New notebook").click()
    book = await Tab(page, team.server).opened()
    await book.cell(0).editor.fill("mine_alone = 1")
    await book.all_saved()
    address = page.url
    await in_account_menu(page, "Sign out")
    await expect(door(page)).to_be_visible()
    await page.goto(address)
    await sign_in(page, "second")
    await expect(page.get_by_role("heading", name="You need access, or it does not exist")).to_be_visible()
    await expect(page.get_by_text("mine_alone")).to_have_count(0)


@needs_axe
@pytest.mark.parametrize(
    "path",
    [
        *("/account", "/account/password", "/account/sessions", "/account/tokens", "/account/data", "/admin"),
        *("/admin/invitations", "/admin/teams", "/admin/plans", "/admin/runtimes", "/admin/storage", "/admin/audit"),
        "/admin/settings",
    ],
)
async def test_the_pages_can_be_used_by_everybody(team: TeamServer, context: BrowserContext, path: str) -> None:
    page = await team.signed_in(context, path=path)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await page.wait_for_load_state("networkidle")
    await assert_accessible(page)
    for width in (390, 1440):
        await page.set_viewport_size({"width": width, "height": 844})
        assert await page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), f"wider than {width}"


@needs_axe
async def test_the_door_can_be_used_by_everybody(team: TeamServer, context: BrowserContext) -> None:
    page = await context.new_page()
    await page.goto(f"{team.url}/sign-in?problem=oidc-stale")
    await expect(door(page)).to_be_visible()
    await assert_accessible(page)


async def test_in_personal_mode_there_is_no_door_and_the_server_is_shown(tab: Tab) -> None:
    page = tab.page
    await tab.home()
    await page.get_by_role("button", name="This server").click()
    await expect(page.get_by_role("menuitem")).to_have_text(["Tokens", "Server"])
    await page.get_by_role("menuitem", name="Server").click()
    await expect(page.get_by_role("heading", name="Runtimes")).to_be_visible()
    await expect(page.get_by_role("link", name="Users")).to_have_count(0)
    await page.get_by_role("link", name="Settings").click()
    await expect(page.get_by_role("heading", name="Accounts are for team mode")).to_be_visible()
    await page.goto(f"{tab.server.url}/sign-in")
    await expect(page.get_by_role("heading", name="This server has one user")).to_be_visible()
