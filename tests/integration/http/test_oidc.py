"""Signing in at a provider of OpenID Connect, over real HTTP, and what an attacker gets of it."""

import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import oidc_provider_mock
import pytest
from oidc_provider_mock import User

from noctule.accounts import signed
from noctule.accounts.oidc import Going
from noctule_agent.wire.values import UserId
from tests.support.team import BASE, PASSWORD, Team

PEOPLE = [
    User(sub="ada", claims={"email": "ada@example.org", "email_verified": True, "name": "Ada L"}),
    User(sub="eve", claims={"email": "ada@example.org", "email_verified": False, "preferred_username": "Éve!"}),
]


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    before = set(threading.enumerate())
    with oidc_provider_mock.run_server_in_thread(user_claims=PEOPLE) as server:
        yield f"http://localhost:{server.server_port}"
    for thread in set(threading.enumerate()) - before:
        thread.join(1)


@pytest.fixture
def team_settings(provider: str) -> dict[str, Any]:
    return {
        "oidc_issuer": provider,
        "oidc_client_id": "noctule",
        "oidc_client_secret": "secret/with:signs",
        "oidc_name": "Owl ID",
        "oidc_sign_up": True,
    }


async def started(browser: httpx.AsyncClient, **query: str) -> str:
    """The address at the provider."""
    answer = await browser.get("/oidc/start", params=query)
    assert answer.status_code in (302, 303, 307), answer.text
    return answer.headers["location"]


async def agreed(address: str, subject: str) -> str:
    """The person signs in at the provider; where that sends the browser, as a path of ours."""
    async with httpx.AsyncClient() as there:
        answer = await there.post(address, data={"sub": subject})
    assert answer.status_code == 302, answer.text
    location = answer.headers["location"]
    assert location.startswith(f"{BASE}/oidc/back?")
    return location.removeprefix(BASE)


async def come_in(browser: httpx.AsyncClient, subject: str, **query: str) -> httpx.Response:
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    return await browser.get(await agreed(await started(browser, **query), subject), headers=headers)


async def test_somebody_new_gets_an_account_and_comes_back_to_it(team: Team) -> None:
    browser = await team.browser()
    assert (await browser.get("/api/v1/door")).json()["providers"] == ["Owl ID"]
    answer = await come_in(browser, "ada", next="/notebooks/x?y=1")
    assert answer.headers["location"] == "/notebooks/x?y=1"
    me = (await browser.get("/api/v1/me")).json()
    assert (me["login"], me["shown"], me["email"]) == ("ada", "Ada L", "ada@example.org")
    assert (me["has_password"], me["providers"]) == (False, ["Owl ID"])
    again = await team.browser()
    await come_in(again, "ada")
    assert (await again.get("/api/v1/me")).json()["id"] == me["id"]
    assert (await team.told())[-1] == "signed-in"
    # Nobody signs in to it with a password, and it leaves by a fresh sign-in.
    answer = await (await team.browser()).post("/api/v1/session", json={"login": "ada", "password": ""})
    assert answer.json()["code"] == "sign-in-refused"
    again.headers["x-noctule-csrf"] = again.cookies["noctule_csrf"]
    assert (await again.request("DELETE", "/api/v1/me", json={})).status_code == 200


async def test_what_is_asked_of_the_provider(team: Team, provider: str) -> None:
    address = await started(await team.browser())
    asked = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(f"{provider}/oauth2/authorize?")
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"{BASE}/oidc/back"
    assert len(asked["state"]) > 40
    assert len(asked["nonce"]) > 40
    assert "openid" in asked["scope"]


async def test_an_email_that_is_not_verified_is_nobodys(team: Team) -> None:
    await team.make("ada")
    browser = await team.browser()
    await come_in(browser, "eve")
    me = (await browser.get("/api/v1/me")).json()
    assert (me["login"], me["email"]) == ("eve", None)


async def test_an_existing_account_is_linked_by_its_password_and_not_by_an_email(team: Team) -> None:
    id_ = await team.make("ada")
    await team.make("bob")
    browser = await team.browser()
    answer = await come_in(browser, "ada", next="/x")
    assert answer.headers["location"] == "/sign-in?link=1&next=%2Fx"
    assert (await browser.get("/api/v1/me")).status_code == 401
    other = await browser.post("/api/v1/session", json={"login": "bob", "password": PASSWORD, "link": True})
    assert other.json()["code"] == "link-other"
    answer = await browser.post("/api/v1/session", json={"login": "ada", "password": PASSWORD, "link": True})
    assert (answer.json()["id"], answer.json()["providers"]) == (id_, ["Owl ID"])
    again = await team.browser()
    assert (await come_in(again, "ada")).headers["location"] == "/"
    assert (await again.get("/api/v1/me")).json()["id"] == id_
    unkept = await (await team.browser()).post(
        "/api/v1/session", json={"login": "bob", "password": PASSWORD, "link": True}
    )
    assert unkept.json()["code"] == "oidc-stale"


async def test_an_account_that_an_admin_made_for_an_email_is_that_persons(team: Team) -> None:
    id_ = await team.make("ada", password=None)
    browser = await team.browser()
    await come_in(browser, "ada")
    assert (await browser.get("/api/v1/me")).json()["id"] == id_


async def test_a_disabled_account_does_not_come_in_by_the_provider(team: Team) -> None:
    await team.joined("root", admin=True)
    browser = await team.browser()
    await come_in(browser, "ada")
    id_ = UserId((await browser.get("/api/v1/me")).json()["id"])
    from noctule.accounts.common import By
    from noctule.accounts.people import Change

    await team.core.accounts.people.change(By("server"), id_, Change(disabled=True))
    again = await team.browser()
    answer = await come_in(again, "ada")
    assert answer.headers["location"] == "/sign-in?problem=account-disabled"
    assert (await again.get("/api/v1/me")).status_code == 401


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/\t/evil", "", "x"]
)
async def test_one_goes_on_to_our_own_page_and_nowhere_else(team: Team, wanted: str) -> None:
    answer = await come_in(await team.browser(), "ada", next=wanted)
    assert answer.headers["location"] == "/"


async def test_what_comes_back_twice_or_elsewhere_is_refused(team: Team) -> None:
    browser = await team.browser()
    path = await agreed(await started(browser), "ada")
    kept = browser.cookies["noctule_oidc"]
    elsewhere = await team.browser()
    assert (await elsewhere.get(path)).headers["location"] == "/sign-in?problem=oidc-stale"
    assert (await browser.get(path)).headers["location"] == "/"
    browser.cookies.set("noctule_oidc", kept, domain="127.0.0.1", path="/oidc/back")
    assert (await browser.get(path)).headers["location"] == "/sign-in?problem=oidc-stale"


async def test_another_browsers_state_code_and_nonce_are_of_no_use(team: Team) -> None:
    """Login CSRF by the provider, and a stolen code put into one's own sign-in."""
    victim, attacker = await team.browser(), await team.browser()
    stolen = parse_qs(urlsplit(await agreed(await started(victim), "ada")).query)["code"][0]
    own = await agreed(await started(attacker), "eve")
    state = parse_qs(urlsplit(own).query)["state"][0]
    answer = await attacker.get("/oidc/back", params={"state": state, "code": stolen})
    assert answer.headers["location"] == "/sign-in?problem=oidc-refused"
    assert (await attacker.get("/api/v1/me")).status_code == 401
    await started(victim)
    assert (await victim.get(own)).headers["location"] == "/sign-in?problem=oidc-stale"


async def test_an_id_token_for_another_nonce_is_refused(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = await team.browser()
    path = await agreed(await started(browser), "ada")
    sso = team.core.accounts.sso
    assert sso is not None
    going = signed.read(sso._key, Going, browser.cookies["noctule_oidc"].strip('"'))
    assert going is not None
    other = Going(going.state, "another nonce", going.verifier, "/", going.until)
    browser.cookies.set("noctule_oidc", signed.sign(sso._key, other), domain="127.0.0.1", path="/oidc/back")
    assert (await browser.get(path)).headers["location"] == "/sign-in?problem=oidc-refused"


async def test_a_cookie_that_somebody_wrote_is_refused(team: Team) -> None:
    browser = await team.browser()
    path = await agreed(await started(browser), "ada")
    forged = signed.sign(b"guess", Going("s", "n", "v", "/", 2**60))  # type: ignore[arg-type]
    for text in (forged, "", "x", "x.y"):
        client = await team.browser()
        answer = await client.get(path, headers={"cookie": f"noctule_oidc={text}"})
        assert answer.headers["location"] == "/sign-in?problem=oidc-stale"


async def test_a_refusal_at_the_provider_is_told_by_the_page(team: Team) -> None:
    browser = await team.browser()
    state = parse_qs(urlsplit(await started(browser)).query)["state"][0]
    answer = await browser.get("/oidc/back", params={"state": state, "error": "access_denied"})
    assert answer.headers["location"] == "/sign-in?problem=oidc-refused"


async def test_without_leave_a_new_account_needs_an_invitation(team: Team) -> None:
    import msgspec

    rules = msgspec.structs.replace(team.core.accounts.rules, oidc_sign_up=False)
    means = team.core.accounts.sso._means  # type: ignore[union-attr]
    team.core.accounts.sso._means = msgspec.structs.replace(means, rules=rules)  # type: ignore[union-attr]
    answer = await come_in(await team.browser(), "ada")
    assert answer.headers["location"] == "/sign-in?problem=oidc-no-account"
    secret = await team.core.accounts.first_invitation()
    assert secret is not None
    browser = await team.browser()
    assert (await come_in(browser, "ada", invitation=secret)).headers["location"] == "/"
    assert (await browser.get("/api/v1/me")).json()["admin"]
    answer = await come_in(await team.browser(), "eve", invitation=secret)
    assert answer.headers["location"] == "/sign-in?problem=invitation-gone"


async def test_a_provider_that_is_down_is_told_by_the_page(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    sso = team.core.accounts.sso
    assert sso is not None
    monkeypatch.setattr(sso._provider, "issuer", "http://localhost:1")
    answer = await (await team.browser()).get("/oidc/start")
    assert answer.headers["location"] == "/sign-in?problem=oidc-unreachable"
