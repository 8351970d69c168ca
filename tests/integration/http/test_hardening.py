"""What somebody tries who wants to come in, or to have another's browser do something. What is asked is read from the table of routes."""

import json
from typing import Any

import httpx
import pytest

from noctule.accounts.capabilities import REQUESTS
from noctule.accounts.common import By
from noctule.accounts.passwords import Passwords
from noctule.accounts.people import Change
from noctule.http.gate import DAV_PATH, SAFE_METHODS
from noctule_agent.wire.values import UserId
from tests.support.team import PASSWORD, Team, marked

WRITES = sorted(
    key
    for key, needed in REQUESTS.items()
    if key[0] not in (*SAFE_METHODS, "WEBSOCKET") and key[1] != DAV_PATH and needed
)
LONG = "x" * 1_000_000


def path_of(template: str) -> str:
    return "/".join("root" if part.startswith("{") else part for part in template.split("/"))


async def sign_in(browser: httpx.AsyncClient, login: str, password: str = PASSWORD) -> httpx.Response:
    return await browser.post("/api/v1/session", json={"login": login, "password": password})


async def test_no_change_is_made_for_a_page_that_does_not_know_the_mark(team: Team) -> None:
    """CSRF: the cookie comes by itself, the mark does not. An admin's browser, for which most is open."""
    assert len(WRITES) > 40
    admin, eve = await team.joined("root", admin=True), await team.joined("eve")
    theirs = eve.headers["x-noctule-csrf"]
    del admin.headers["x-noctule-csrf"]
    before = (await admin.get("/api/v1/items/root/children")).json(), await team.told()
    for method, template in WRITES:
        for mark in (None, "", theirs, admin.cookies["noctule_session"]):
            headers = {} if mark is None else {"x-noctule-csrf": mark}
            answer = await admin.request(method, path_of(template), json={}, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (403, "csrf-refused"), f"{method} {template}"
    assert ((await admin.get("/api/v1/items/root/children")).json(), await team.told()) == before


async def test_no_form_of_another_origin_is_taken_even_with_the_mark(team: Team) -> None:
    admin = await team.joined("root", admin=True)
    for method, template in WRITES:
        for origin in ("http://evil.example", "null"):
            answer = await admin.request(method, path_of(template), json={}, headers={"origin": origin})
            assert (answer.status_code, answer.json()["code"]) == (403, "origin-refused"), f"{method} {template}"


async def test_a_cookie_opens_nothing_of_dav(team: Team) -> None:
    ada = await team.joined("ada")
    for method, template in REQUESTS:
        if template == DAV_PATH:
            assert (await ada.request(method, "/dav/x")).status_code == 401, method


async def test_whoever_is_named_the_same_work_is_done(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not by the clock: the one slow thing is done once for each, before anything is said."""
    await team.make("ada")
    await team.make("outside", password=None)
    await team.core.accounts.people.change(By("server"), UserId(await team.make("off")), Change(disabled=True))
    known: list[str | None] = []
    plain = Passwords.verify

    async def counted(self: Passwords, stored: str | None, password: str) -> bool:
        known.append(stored)
        return await plain(self, stored, password)

    monkeypatch.setattr(Passwords, "verify", counted)
    answers = []
    for name in ("ada", "nobody", "outside", "off", "no@mail.example", "\0", LONG[:200]):
        answers.append(await sign_in(await team.browser(address=f"10.0.0.{len(answers)}"), name, "not the password"))
    assert {(answer.status_code, answer.content) for answer in answers} == {(401, answers[0].content)}
    assert len(known) == len(answers)


@pytest.mark.parametrize("field", ["login", "password"])
async def test_a_million_characters_are_refused_before_they_are_looked_at(
    team: Team, monkeypatch: pytest.MonkeyPatch, field: str
) -> None:
    async def never(*_: object) -> bool:
        raise AssertionError("work was done for it")

    monkeypatch.setattr(Passwords, "verify", never)
    monkeypatch.setattr(Passwords, "hash", never)
    body = {"login": "ada", "password": PASSWORD, field: LONG}
    for path in ("/api/v1/session", "/api/v1/accounts"):
        answer = await (await team.browser()).post(path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert await team.told() == []


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": f"Bearer {LONG}"},
        {"authorization": f"Bearer nct_{LONG}"},
        {"authorization": "Bearer \udcff".encode("utf-8", "surrogateescape")},
        {"cookie": f"noctule_session={LONG}"},
        {"cookie": "noctule_session=" + "\xff"},
    ],
    ids=["bearer", "token", "bytes", "cookie", "latin"],
)
async def test_a_secret_that_cannot_be_one_is_none(team: Team, headers: dict[str, Any]) -> None:
    browser = await team.browser()
    answer = await browser.get("/api/v1/me", headers={key: _raw(value) for key, value in headers.items()})
    assert answer.status_code == 401, answer.text
    assert LONG[:100] not in answer.text


def _raw(value: str | bytes) -> Any:
    return value if isinstance(value, bytes) else value.encode("latin-1")


async def test_every_way_in_makes_a_new_session_and_ends_the_one_that_was_there(team: Team) -> None:
    """Fixation: neither signing in nor signing up goes on with a session that somebody planted."""
    await team.make("ada")
    secret = await team.core.accounts.first_invitation()
    body = {"login": "new", "password": PASSWORD, "invitation": secret}
    for number, (path, sent) in enumerate(
        (("/api/v1/session", {"login": "ada", "password": PASSWORD}), ("/api/v1/accounts", body))
    ):
        eve = await team.joined(f"eve{number}")
        planted = eve.cookies["noctule_session"]
        victim = await team.browser()
        victim.cookies.set("noctule_session", planted, domain="127.0.0.1")
        answer = await victim.post(path, json=sent)
        assert answer.status_code in (200, 201), answer.text
        assert all(planted not in value for value in answer.headers.get_list("set-cookie"))
        assert (await eve.get("/api/v1/me")).status_code == 401, "who planted it has it no more"


async def test_cookies_are_kept_from_scripts_and_other_sites(team: Team) -> None:
    await team.make("ada")
    browser = await team.browser()
    answer = await sign_in(browser, "ada")
    left = await marked(browser).delete("/api/v1/session")
    for said in (answer, left):
        cookies = {value.partition("=")[0]: value.lower() for value in said.headers.get_list("set-cookie")}
        assert set(cookies) == {"noctule_session", "noctule_csrf"}
        for value in cookies.values():
            parts = [part.strip() for part in value.split(";")]
            assert "samesite=lax" in parts
            assert "path=/" in parts
            assert not any(part.startswith("domain") for part in parts), "no other name of this machine gets it"
        assert "httponly" in cookies["noctule_session"]
        assert said.headers["cache-control"] == "no-store"
    assert "max-age=0" in left.headers.get_list("set-cookie")[0].lower()


@pytest.mark.parametrize("evil", ["a\r\nSet-Cookie: noctule_session=x", "a\nb", "a\0b", "a\u2028b", "\ud800", LONG])
async def test_no_name_gets_into_a_header_or_a_line_of_the_log(team: Team, evil: str) -> None:
    admin = await team.joined("root", admin=True)
    me = (await admin.get("/api/v1/me")).json()["id"]
    body = json_of({"shown": evil})
    for method, path, sent in (
        ("PATCH", "/api/v1/me", body),
        ("PATCH", f"/api/v1/admin/accounts/{me}", body),
        ("POST", "/api/v1/admin/teams", json_of({"name": evil})),
        ("POST", "/api/v1/admin/plans", json_of({"name": evil})),
        ("POST", "/api/v1/me/tokens", json_of({"label": evil, "scopes": ["view"]})),
        ("POST", "/api/v1/admin/accounts", json_of({"login": evil, "password": PASSWORD})),
    ):
        answer = await admin.request(method, path, content=sent, headers={"content-type": "application/json"})
        assert 400 <= answer.status_code < 500, f"{method} {path}"
        assert "set-cookie" not in answer.headers


def json_of(body: dict[str, Any]) -> bytes:
    """Lone surrogates are sent as an attacker would: escaped."""
    return json.dumps(body).encode()
