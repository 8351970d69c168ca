"""Who may ask for what in team mode: every route of the application, asked by everybody.

What is expected is derived from the table (accounts/capabilities.py): the test knows no route by itself.
"""

import base64
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from noctule import instance
from noctule.accounts.capabilities import ITEM_PARAMETER, NOTEBOOK_PARAMETERS, REQUESTS, Capability
from noctule.accounts.roles import MAY
from noctule.http.gate import DAV_PATH
from tests.support.notebooks import ipynb
from tests.support.team import BASE, Team, asked, found, marked

OWNER = MAY["owner"]
FATAL = {("POST", "/api/v1/admin/stop")}
"""Asked only by who may not: it would end the test."""
LAST = {("DELETE", "/api/v1/session"), ("DELETE", "/api/v1/me"), ("DELETE", "/api/v1/me/sessions")}
SECOND = {("POST", "/api/v1/items/{item_id}/copy"): Capability.EDIT}
"""What is needed besides, for a second item that is not in the path."""


@dataclass
class Asker:
    name: str
    client: httpx.AsyncClient
    held: frozenset[Capability] | None
    """None: nobody."""
    owns: bool = False


@pytest.fixture
async def askers(team: Team) -> tuple[list[Asker], dict[str, str]]:
    """Everybody, and what the paths' parameters stand for: what belongs to the owner."""
    owner, other = await team.joined("owner"), await team.joined("other")
    admin = await team.joined("admin", admin=True)
    answer = await owner.post("/api/v1/notebooks/upload", params={"name": "own.ipynb"}, content=ipynb("1"))
    book = answer.json()["id"]
    revision = (await owner.post(f"/api/v1/notebooks/{book}/revisions", json={"name": "kept"})).json()["id"]
    second = (await owner.post("/api/v1/notebooks", json={})).json()["id"]
    folder = (await owner.post("/api/v1/items/root/folders", json={"name": "own"})).json()["id"]
    named = {
        "item_id": folder,
        "notebook_id": book,
        "other_id": second,
        "revision_id": revision,
        "run_id": "none",
        "name": "index.html",
    }
    found = [
        Asker("nobody", await team.browser(), None),
        Asker("another account", other, OWNER),
        Asker("the owner", owner, OWNER, owns=True),
        Asker("an admin", admin, frozenset(Capability)),
        Asker("the machine", await team.bearer(instance.token(team.core.config.data)), frozenset({Capability.MANAGE})),
    ]
    for scope in OWNER:
        program = await team.program(owner, scope)
        found.append(Asker(f"the owner's token for {scope}", program, frozenset({scope}), owns=True))
    manage = await team.program(admin, "manage")
    found.append(Asker("an admin's token for manage", manage, frozenset({Capability.MANAGE})))
    return found, named


def expected(asker: Asker, needed: Capability | None, template: str, second: Capability | None = None) -> str:
    """`in`: past the gate. `out`: 401. `hidden`: 404 with nothing said. `refused`: 403, and which capability."""
    if needed is None:
        return "in"
    if asker.held is None or (template == DAV_PATH and "authorization" not in asker.client.headers):
        return "out"
    about_notebook = any(f"{{{name}}}" in template for name in (*NOTEBOOK_PARAMETERS, ITEM_PARAMETER))
    if about_notebook and not asker.owns:
        return "hidden"
    if "{run_id}" in template:
        return "hidden"
    return "in" if {needed, second or needed} <= asker.held else "refused"


async def test_every_route_asked_by_everybody(team: Team, askers: tuple[list[Asker], dict[str, str]]) -> None:
    everybody, named = askers
    wrong = []
    routes = [key for key in REQUESTS if key[0] != "WEBSOCKET" and key not in LAST]
    # What deletes comes last: until then what is asked about is there.
    routes.sort(key=lambda key: (key[0] == "DELETE", key[1].count("/") if key[0] != "DELETE" else -key[1].count("/")))
    for method, template in routes:
        needed = REQUESTS[method, template]
        # The owners come last, for what they do is done.
        for asker in sorted(everybody, key=lambda each: each.owns):
            want = expected(asker, needed, template, SECOND.get((method, template)))
            if (method, template) in FATAL and want == "in":
                continue
            answer = await asker.client.request(method, asked(method, template, named), json={})
            assert answer.status_code < 500 or answer.status_code == 503, f"{method} {template}: {answer.text}"
            if method == "DELETE" and template.endswith("{notebook_id}") and asker.owns and found(answer) == "hidden":
                continue  # deleted a moment ago by the owner's other hand
            if found(answer) != want:
                wrong.append(f"{asker.name}: {method} {template}: {found(answer)}, not {want}: {answer.text[:200]}")
            if answer.status_code >= 400 and template.startswith("/api") and "openapi" not in template:
                assert answer.headers["content-type"] == "application/problem+json", f"{method} {template}"
            assert answer.headers["x-content-type-options"] == "nosniff"
    assert not wrong, "\n".join(wrong)


async def test_no_list_shows_what_is_others(team: Team, askers: tuple[list[Asker], dict[str, str]]) -> None:
    everybody, named = askers
    for asker in everybody:
        answer = await asker.client.get("/api/v1/notebooks")
        runs = await asker.client.get("/api/v1/runs")
        if asker.held is None or Capability.VIEW not in asker.held:
            assert answer.status_code in (401, 403)
            assert runs.status_code in (401, 403)
        else:
            assert (named["notebook_id"] in answer.text) == asker.owns
            assert runs.json() == {"runs": []}


async def test_another_notebook_cannot_be_reached_by_way_of_ones_own(
    team: Team, askers: tuple[list[Asker], dict[str, str]]
) -> None:
    everybody, named = askers
    other = next(each for each in everybody if each.name == "another account").client
    mine = (await other.post("/api/v1/notebooks", json={})).json()["id"]
    for path in (
        f"/api/v1/notebooks/{mine}/compare/{named['notebook_id']}",
        f"/api/v1/notebooks/{named['notebook_id']}/compare/{mine}",
        f"/api/v1/notebooks/{mine}/revisions/{named['revision_id']}/file",
        f"/api/v1/notebooks/{mine}/compare?old={named['revision_id']}",
    ):
        assert (await other.get(path)).status_code == 404, path
    assert (await other.get(f"/api/v1/notebooks/{mine}/compare/{mine}")).status_code == 200


async def test_a_name_that_is_not_ours_is_refused(team: Team) -> None:
    for base in ("http://evil.example", "https://noctule.example.org"):
        browser = await team.browser(base)
        answer = await browser.get("/api/v1/door")
        assert (answer.status_code, answer.json()["code"]) == (403, "host-refused")


async def test_the_page_comes_to_anyone_and_holds_nothing(team: Team) -> None:
    browser = await team.browser()
    for path in ("/", "/notebooks/x", "/sign-in", "/invitation/x", "/account", "/account/tokens", "/admin/people"):
        answer = await browser.get(path)
        if answer.status_code == 404:
            pytest.skip("the page is not built: run `make page`")
        assert answer.status_code == 200, path
        assert "set-cookie" not in answer.headers
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "no-referrer"


async def test_the_servers_token_opens_no_session(team: Team) -> None:
    token = instance.token(team.core.config.data)
    browser = await team.browser()
    answer = await browser.get("/", params={"token": token})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


async def test_a_change_needs_the_mark_of_the_session(team: Team) -> None:
    ada, eve = await team.joined("ada"), await team.joined("eve")
    for mark in (None, "", eve.headers["x-noctule-csrf"], eve.cookies["noctule_session"]):
        if mark is None:
            del ada.headers["x-noctule-csrf"]
        else:
            ada.headers["x-noctule-csrf"] = mark
        for method, path in (("POST", "/api/v1/notebooks"), ("PATCH", "/api/v1/me"), ("DELETE", "/api/v1/session")):
            answer = await ada.request(method, path, json={})
            assert answer.json()["code"] == "csrf-refused", path
    assert (await marked(ada).post("/api/v1/notebooks", json={})).status_code == 201


async def test_basic_is_taken_under_dav_alone_and_only_with_a_token(team: Team) -> None:
    ada = await team.joined("ada")
    secret = (await ada.post("/api/v1/me/tokens", json={"label": "dav", "scopes": ["view"]})).json()["secret"]

    def basic(password: str) -> dict[str, str]:
        return {"authorization": "Basic " + base64.b64encode(f"ada:{password}".encode()).decode()}

    program = await team.browser()
    answer = await program.request("PROPFIND", "/dav/")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic ")
    assert (await program.get("/dav/x", headers=basic(secret))).status_code == 404
    assert (await program.put("/dav/x", headers=basic(secret), content=b"x")).status_code == 403, "its scope is to look"
    assert (await program.get("/dav/x", headers=basic("correct horse battery"))).status_code == 401
    assert (await program.get("/dav/x", headers={"authorization": "Basic !"})).status_code == 401
    evil = await program.get("/dav/x", headers={**basic(secret), "origin": "null"})
    assert evil.json()["code"] == "origin-refused"
    for path in ("/api/v1/me", "/davx", "/"):
        answer = await program.get(path, headers=basic(secret))
        assert answer.status_code in (200, 401), path
        assert "ada" not in answer.text, path


class TestPublic:
    """Behind a proxy that speaks https."""

    @pytest.fixture
    def team_settings(self) -> dict[str, Any]:
        return {"public_url": "https://noctule.example.org,http://intern:8600", "trusted_proxies": "127.0.0.1"}

    async def test_it_answers_to_its_names_and_to_this_machine(self, team: Team) -> None:
        for base in ("http://noctule.example.org", "http://intern:8600", BASE, "http://localhost:1"):
            assert (await (await team.browser(base)).get("/api/v1/door")).status_code == 200, base
        assert (await (await team.browser("http://example.org")).get("/api/v1/door")).status_code == 403

    async def test_its_cookies_are_for_https_where_that_is_how_people_come(self, team: Team) -> None:
        await team.make("ada")
        body = {"login": "ada", "password": "correct horse battery"}
        browser = await team.browser("http://noctule.example.org")
        browser.headers["origin"] = "https://noctule.example.org"
        answer = await browser.post("/api/v1/session", json=body)
        assert answer.status_code == 200, answer.text
        assert all("secure" in value.lower() for value in answer.headers.get_list("set-cookie"))
        assert "max-age" in answer.headers["strict-transport-security"]
        plain = await (await team.browser("http://intern:8600")).post("/api/v1/session", json=body)
        assert not any("secure" in value.lower() for value in plain.headers.get_list("set-cookie"))
        assert "strict-transport-security" not in plain.headers

    async def test_who_asks_is_what_the_proxy_says_and_not_what_the_asker_says(self, team: Team) -> None:
        await team.make("ada")
        browser = await team.browser()
        body = {"login": "ada", "password": "correct horse battery"}
        told = {"x-forwarded-for": "6.6.6.6, 203.0.113.7"}
        assert (await browser.post("/api/v1/session", json=body, headers=told)).status_code == 200
        sessions = (await browser.get("/api/v1/me/sessions")).json()["sessions"]
        assert [each["address"] for each in sessions] == ["203.0.113.7"]
        far = await team.browser(address="198.51.100.1")
        await far.post("/api/v1/session", json=body, headers=told)
        sessions = (await far.get("/api/v1/me/sessions")).json()["sessions"]
        assert {each["address"] for each in sessions} == {"203.0.113.7", "198.51.100.1"}

    async def test_a_link_of_an_invitation_has_the_first_name(self, team: Team) -> None:
        admin = await team.joined("root", admin=True)
        link = (await admin.post("/api/v1/admin/invitations", json={})).json()["link"]
        assert link.startswith("https://noctule.example.org/invitation/")
