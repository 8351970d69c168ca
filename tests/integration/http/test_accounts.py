"""Accounts over HTTP, and what an attacker gets of them: nothing."""

import asyncio
import csv
import io
import json

import httpx
import pytest

from noctule.accounts.common import By
from noctule.store import accounts
from noctule_agent.wire.limits import SIGN_INS_PER_ACCOUNT
from tests.support.team import BASE, PASSWORD, Team, marked


async def sign_in(browser: httpx.AsyncClient, login: str, password: str = PASSWORD) -> httpx.Response:
    return await browser.post("/api/v1/session", json={"login": login, "password": password})


async def test_the_door_says_how_one_comes_in_and_nothing_more(team: Team) -> None:
    browser = await team.browser()
    closed = {"mode": "team", "sign_up": "invitation", "providers": [], "signed_in": False}
    assert (await browser.get("/api/v1/door")).json() == closed
    ada = await team.joined("ada")
    assert (await ada.get("/api/v1/door")).json() == {**closed, "signed_in": True}
    assert (await browser.get("/api/v1/me")).json()["code"] == "no-session"


async def test_one_signs_in_by_login_or_email_and_out_again(team: Team) -> None:
    await team.make("ada")
    for name in ("ada", " ADA", "Ada@Example.org"):
        browser = await team.browser()
        answer = await sign_in(browser, name)
        assert answer.status_code == 200, answer.text
        me = (await browser.get("/api/v1/me")).json()
        assert me == answer.json()
        assert (me["login"], me["email"], me["mode"], me["admin"]) == ("ada", "ada@example.org", "team", False)
        assert me["capabilities"] == ["comment", "edit", "run", "share", "view"]
        assert me["has_password"]
        assert (await browser.delete("/api/v1/session")).json()["code"] == "csrf-refused"
        assert (await marked(browser).delete("/api/v1/session")).status_code == 200
        assert (await browser.get("/api/v1/me")).status_code == 401
    assert (await team.told())[-2:] == ["signed-in", "signed-out"]


async def test_nobody_learns_from_a_refusal_whether_there_is_such_an_account(team: Team) -> None:
    await team.make("ada")
    await team.make("outside", password=None)
    browser = await team.browser()
    answers = [await sign_in(browser, name, "not the password") for name in ("ada", "nobody", "outside", "a@b.c")]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert not any("set-cookie" in answer.headers for answer in answers)


async def test_the_same_work_is_done_for_a_login_that_nobody_has(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    await team.make("ada")
    from noctule.accounts.passwords import Passwords

    verified: list[str | None] = []
    plain = Passwords.verify

    async def counted(self: Passwords, known: str | None, password: str) -> bool:
        verified.append(known)
        return await plain(self, known, password)

    monkeypatch.setattr(Passwords, "verify", counted)
    browser = await team.browser()
    await sign_in(browser, "ada", "wrong password")
    await sign_in(browser, "nobody", "wrong password")
    assert [known is None for known in verified] == [False, True]


async def test_guesses_are_few_by_account_and_by_address(team: Team) -> None:
    await team.make("ada")
    for number in range(SIGN_INS_PER_ACCOUNT):
        answer = await sign_in(await team.browser(address=f"10.0.{number}.1"), "ada", "guess guess")
        assert answer.status_code == 401
    answer = await sign_in(await team.browser(address="10.9.9.9"), "ada")
    assert (answer.status_code, answer.json()["code"]) == (429, "too-many-attempts")
    assert 0 < int(answer.headers["retry-after"]) <= 60
    one = await team.browser(address="2001:db8::1")
    codes = [(await sign_in(one, f"nobody{number}", "guess guess")).status_code for number in range(31)]
    assert codes == [401] * 30 + [429]
    near = await team.browser(address="2001:db8::ffff")
    assert (await sign_in(near, "nobody", "guess guess")).status_code == 429


async def test_of_who_is_not_signed_in_little_is_held(team: Team) -> None:
    browser = await team.browser()
    for path in ("/api/v1/session", "/api/v1/accounts"):
        answer = await browser.post(path, json={"login": "x", "password": "y", "more": "z" * 20_000})
        assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


async def test_a_right_password_does_not_count_as_a_guess(team: Team) -> None:
    await team.make("ada")
    browser = await team.browser()
    for _ in range(SIGN_INS_PER_ACCOUNT + 2):
        assert (await sign_in(browser, "ada")).status_code == 200


async def test_a_form_of_another_page_signs_nobody_in(team: Team) -> None:
    """Login CSRF: the victim would work in the attacker's account."""
    await team.make("eve")
    for origin in ("http://evil.example", "null", None):
        browser = await team.browser()
        if origin is None:
            del browser.headers["origin"]
        else:
            browser.headers["origin"] = origin
        for path, body in (
            ("/api/v1/session", {"login": "eve", "password": PASSWORD}),
            ("/api/v1/accounts", {"login": "eve2", "password": PASSWORD}),
        ):
            answer = await browser.post(path, json=body)
            assert (answer.status_code, answer.json()["code"]) == (403, "origin-refused")
            assert "set-cookie" not in answer.headers


async def test_a_session_from_before_the_sign_in_is_not_kept(team: Team) -> None:
    """Fixation: an attacker's cookie in the victim's browser, or the victim's in the attacker's."""
    await team.make("ada")
    eve = await team.joined("eve")
    planted = eve.cookies["noctule_session"]
    victim = await team.browser()
    victim.cookies.set("noctule_session", planted, domain="127.0.0.1")
    answer = await sign_in(victim, "ada")
    fresh = [value for value in answer.headers.get_list("set-cookie") if value.startswith("noctule_session=")]
    assert planted not in fresh[0]
    assert "HttpOnly" in fresh[0]
    assert (await eve.get("/api/v1/me")).status_code == 401
    invented = await team.browser()
    invented.cookies.set("noctule_session", "chosen", domain="127.0.0.1")
    assert (await sign_in(invented, "ada")).status_code == 200
    other = await team.browser()
    other.cookies.set("noctule_session", "chosen", domain="127.0.0.1")
    assert (await other.get("/api/v1/me")).status_code == 401


async def test_the_first_admin_comes_by_an_invitation_that_works_once(team: Team) -> None:
    secret = await team.core.accounts.first_invitation()
    assert secret is not None
    browser = await team.browser()
    told = (await browser.get(f"/api/v1/invitations/{secret}")).json()
    assert (told["admin"], told["email"]) == (True, None)
    body = {"login": "ada", "password": PASSWORD, "invitation": secret}
    browsers = [await team.browser() for _ in range(5)]
    answers = await asyncio.gather(
        *(each.post("/api/v1/accounts", json={**body, "login": f"ada{n}"}) for n, each in enumerate(browsers))
    )
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [201, 404, 404, 404, 404]
    made = next(answer for answer in answers if answer.status_code == 201)
    assert made.json()["admin"]
    assert "manage" in made.json()["capabilities"]
    assert len(await team.core.accounts.people.all()) == 1
    assert (await browser.get(f"/api/v1/invitations/{secret}")).json()["code"] == "invitation-gone"
    assert await team.core.accounts.first_invitation() is None
    assert {"invitation-made", "invitation-used", "account-made", "signed-in"} <= set(await team.told())


async def test_without_an_invitation_nobody_makes_an_account(team: Team) -> None:
    browser = await team.browser()
    body = {"login": "ada", "password": PASSWORD}
    assert (await browser.post("/api/v1/accounts", json=body)).json()["code"] == "sign-up-closed"
    answer = await browser.post("/api/v1/accounts", json={**body, "invitation": "guess"})
    assert answer.json()["code"] == "invitation-gone"
    assert await team.core.accounts.people.all() == []


async def test_an_invitation_for_an_email_is_for_that_email(team: Team) -> None:
    admin = await team.joined("root", admin=True)
    made = await admin.post("/api/v1/admin/invitations", json={"email": "Ada@Example.org"})
    assert made.status_code == 201
    secret = made.json()["link"].rpartition("/")[2]
    assert made.json()["link"] == f"{BASE}/invitation/{secret}"
    browser = await team.browser()
    body = {"login": "ada", "password": PASSWORD, "invitation": secret}
    refused = await browser.post("/api/v1/accounts", json={**body, "email": "eve@example.org"})
    assert refused.json()["code"] == "invitation-email"
    answer = await browser.post("/api/v1/accounts", json=body)
    assert answer.json()["email"] == "ada@example.org"
    [listed] = (await admin.get("/api/v1/admin/invitations")).json()["invitations"]
    assert listed["used_by"] == answer.json()["id"]
    assert secret not in json.dumps(listed)


async def test_an_invitation_that_was_taken_back_is_none(team: Team) -> None:
    admin = await team.joined("root", admin=True)
    made = (await admin.post("/api/v1/admin/invitations", json={})).json()
    path = f"/api/v1/admin/invitations/{made['invitation']['id']}"
    assert (await admin.delete(path)).status_code == 204
    assert (await admin.delete(path)).status_code == 404
    secret = made["link"].rpartition("/")[2]
    assert (await admin.get(f"/api/v1/invitations/{secret}")).status_code == 404


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"login": "a b"}, "login-invalid"),
        ({"login": "server"}, "login-invalid"),
        ({"login": "a@b"}, "login-invalid"),
        ({"login": "ada\0"}, "login-invalid"),
        ({"login": "ada", "password": "short"}, "password-length"),
        ({"login": "correct-horse", "password": "Correct-Horse"}, "password-is-login"),
        ({"login": "ada", "password": "x" * 1001}, "request-invalid"),
        ({"login": "ada", "email": "nothing"}, "email-invalid"),
        ({"login": "ada", "shown": "a\u202eb"}, "name-invalid"),
        ({"login": "taken"}, "login-taken"),
        ({"login": "ada", "email": "TAKEN@example.org"}, "email-taken"),
    ],
)
async def test_an_account_that_will_not_do_is_refused_with_its_reason(
    team: Team, body: dict[str, str], code: str
) -> None:
    admin = await team.joined("taken", admin=True)
    answer = await admin.post("/api/v1/admin/accounts", json={"password": PASSWORD, **body})
    assert answer.json()["code"] == code, answer.text
    assert len(await team.core.accounts.people.all()) == 1


async def test_a_changed_password_ends_all_other_sessions(team: Team) -> None:
    here = await team.joined("ada")
    there = await team.signed_in("ada")
    wrong = await here.post("/api/v1/me/password", json={"old": "not this one", "new": "another good one"})
    assert wrong.json()["code"] == "password-wrong"
    answer = await here.post("/api/v1/me/password", json={"old": PASSWORD, "new": "another good one"})
    assert answer.status_code == 204
    assert (await here.get("/api/v1/me")).status_code == 200
    assert (await there.get("/api/v1/me")).status_code == 401
    assert (await sign_in(await team.browser(), "ada")).status_code == 401
    await team.signed_in("ada", "another good one")
    assert "password-changed" in await team.told()


async def test_sessions_are_listed_and_ended(team: Team) -> None:
    here = await team.joined("ada")
    there = await team.signed_in("ada")
    eve = await team.joined("eve")
    listed = (await here.get("/api/v1/me/sessions")).json()["sessions"]
    assert [each["current"] for each in listed].count(True) == 1
    other = next(each["id"] for each in listed if not each["current"])
    assert (await eve.delete(f"/api/v1/me/sessions/{other}")).status_code == 404
    assert (await here.delete(f"/api/v1/me/sessions/{other}")).status_code == 204
    assert (await there.get("/api/v1/me")).status_code == 401
    third = await team.signed_in("ada")
    assert (await here.delete("/api/v1/me/sessions")).json() == {"ended": 1}
    assert (await third.get("/api/v1/me")).status_code == 401
    assert (await eve.get("/api/v1/me")).status_code == 200


async def test_a_token_acts_for_its_person_until_it_is_revoked(team: Team) -> None:
    ada, eve = await team.joined("ada"), await team.joined("eve")
    made = (await ada.post("/api/v1/me/tokens", json={"label": "ci", "scopes": ["view", "edit"], "days": 7})).json()
    assert made["secret"].startswith("nct_")
    program = await team.bearer(made["secret"])
    book = await program.post("/api/v1/notebooks", json={})
    assert book.status_code == 201
    assert [each["id"] for each in (await ada.get("/api/v1/notebooks")).json()["notebooks"]] == [book.json()["id"]]
    [listed] = (await ada.get("/api/v1/me/tokens")).json()["tokens"]
    assert listed["used_at"] is not None
    assert "secret" not in listed
    assert (await team.told()).count("token-first-used") == 1
    path = f"/api/v1/me/tokens/{made['token']['id']}"
    assert (await eve.delete(path)).status_code == 404
    assert (await ada.delete(path)).status_code == 204
    assert (await program.get("/api/v1/me")).json()["code"] == "token-invalid"


async def test_a_token_cannot_become_more_than_it_is(team: Team) -> None:
    admin = await team.joined("root", admin=True)
    every = await team.program(admin, "view", "edit", "comment", "run", "manage")
    me = (await every.get("/api/v1/me")).json()
    for method, path, body in (
        ("POST", "/api/v1/me/tokens", {"label": "more", "scopes": ["manage"]}),
        ("POST", "/api/v1/me/password", {"old": PASSWORD, "new": "another good one"}),
        ("PATCH", "/api/v1/me", {"email": "eve@example.org"}),
        ("DELETE", "/api/v1/me", {"password": PASSWORD}),
        ("DELETE", "/api/v1/me/sessions", None),
        ("POST", "/api/v1/admin/accounts", {"login": "eve", "password": PASSWORD, "admin": True}),
        ("POST", "/api/v1/admin/invitations", {"admin": True}),
        ("PATCH", f"/api/v1/admin/accounts/{me['id']}", {"password": "another good one"}),
        ("PATCH", f"/api/v1/admin/accounts/{me['id']}", {"admin": True}),
        ("PATCH", f"/api/v1/admin/accounts/{me['id']}", {"email": "eve@example.org"}),
    ):
        answer = await every.request(method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "token-cannot"), path
    ada = await team.joined("ada")
    refused = await ada.post("/api/v1/me/tokens", json={"label": "x", "scopes": ["view", "manage"]})
    assert refused.json()["code"] == "scopes-invalid"
    narrow = await team.program(ada, "run")
    assert (await narrow.get("/api/v1/me")).json()["code"] == "capability-refused"


async def test_an_account_without_an_admins_flag_loses_what_its_token_had_with_it(team: Team) -> None:
    root = await team.joined("root", admin=True)
    await team.make("ada", admin=True)
    ada = await team.signed_in("ada")
    program = await team.program(ada, "manage")
    assert (await program.get("/api/v1/admin/accounts")).status_code == 200
    me = (await ada.get("/api/v1/me")).json()["id"]
    assert (await root.patch(f"/api/v1/admin/accounts/{me}", json={"admin": False})).status_code == 200
    assert (await program.get("/api/v1/admin/accounts")).status_code == 403


async def test_the_last_admin_stays(team: Team) -> None:
    root = await team.joined("root", admin=True)
    me = (await root.get("/api/v1/me")).json()["id"]
    for body in ({"admin": False}, {"disabled": True}):
        answer = await root.patch(f"/api/v1/admin/accounts/{me}", json=body)
        assert answer.json()["code"] == "last-admin"
    assert (await root.delete(f"/api/v1/admin/accounts/{me}")).json()["code"] == "last-admin"
    answer = await root.request("DELETE", "/api/v1/me", json={"password": PASSWORD})
    assert answer.json()["code"] == "last-admin"


async def test_an_account_leaves_with_its_password(team: Team) -> None:
    await team.joined("root", admin=True)
    ada = await team.joined("ada")
    assert (await ada.request("DELETE", "/api/v1/me", json={"password": "no"})).json()["code"] == "password-wrong"
    assert (await ada.request("DELETE", "/api/v1/me", json={"password": PASSWORD})).status_code == 200
    assert (await ada.get("/api/v1/me")).status_code == 401
    assert (await sign_in(await team.browser(), "ada")).status_code == 401
    assert [row.login for row in await team.core.accounts.people.all()] == ["root"]


async def test_a_disabled_account_is_out_at_once_and_comes_back_only_by_signing_in(team: Team) -> None:
    root, ada = await team.joined("root", admin=True), await team.joined("ada")
    program = await team.program(ada, "view")
    me = (await ada.get("/api/v1/me")).json()["id"]
    assert (await root.patch(f"/api/v1/admin/accounts/{me}", json={"disabled": True})).json()["disabled"]
    assert (await ada.get("/api/v1/me")).status_code == 401
    assert (await program.get("/api/v1/me")).status_code == 401
    assert (await sign_in(await team.browser(), "ada")).json()["code"] == "account-disabled"
    assert (await sign_in(await team.browser(), "ada", "wrong wrong")).json()["code"] == "sign-in-refused"
    await root.patch(f"/api/v1/admin/accounts/{me}", json={"disabled": False})
    assert (await ada.get("/api/v1/me")).status_code == 401
    assert (await program.get("/api/v1/me")).status_code == 200
    await team.signed_in("ada")


async def test_people_find_people_and_learn_little(team: Team) -> None:
    ada, _ = await team.joined("ada"), await team.joined("bob")
    found = (await ada.get("/api/v1/people", params={"search": "bo"})).json()["people"]
    assert [set(each) for each in found] == [{"id", "login", "shown"}]
    assert (await ada.get("/api/v1/people", params={"search": "bob@example.org"})).json()["people"] == found
    assert (await ada.get("/api/v1/people", params={"search": "@example"})).json()["people"] == []
    by_id = await ada.get("/api/v1/people", params={"ids": f"{found[0]['id']},nobody"})
    assert by_id.json()["people"] == found
    assert (await (await team.browser()).get("/api/v1/people?search=bob")).status_code == 401


async def test_teams_have_members(team: Team) -> None:
    root, ada = await team.joined("root", admin=True), await team.joined("ada")
    me = (await ada.get("/api/v1/me")).json()["id"]
    made = (await root.post("/api/v1/admin/teams", json={"name": "Owls"})).json()
    path = f"/api/v1/admin/teams/{made['id']}"
    assert (await root.post("/api/v1/admin/teams", json={"name": "Owls"})).json()["code"] == "team-taken"
    joined = await root.put(f"{path}/members/{me}")
    assert [each["login"] for each in joined.json()["members"]] == ["ada"]
    assert (await root.put(f"{path}/members/nobody")).json()["code"] == "account-not-found"
    assert (await root.patch(path, json={"name": "Bats"})).json()["name"] == "Bats"
    assert (await root.delete(f"{path}/members/{me}")).status_code == 204
    assert (await root.delete(path)).status_code == 204
    assert (await root.get("/api/v1/admin/teams")).json() == {"teams": []}
    assert (await ada.get("/api/v1/admin/teams")).status_code == 403
    told = [what for what in await team.told() if what.startswith("team")]
    assert told == ["team-made", "team-joined", "team-renamed", "team-left", "team-deleted"]


async def test_the_audit_log_is_read_and_exported_without_formulas(team: Team) -> None:
    root = await team.joined("root", admin=True)
    evil = '=HYPERLINK("http://evil")'
    await sign_in(await team.browser(), evil + "x" * 200, "guess guess")
    for number in range(5):
        await team.core.accounts.note(By(f"={number}"), "server-stopped")  # type: ignore[arg-type]
    page = (await root.get("/api/v1/admin/audit", params={"what": "sign-in", "limit": 1})).json()
    [entry] = page["entries"]
    assert entry["what"] == "sign-in-failed"
    assert len(entry["detail"]["login"]) == 100
    assert page["before"] == entry["key"]
    for wrong in ("who=%00", "from=yesterday", "limit=0"):
        assert (await root.get(f"/api/v1/admin/audit?{wrong}")).status_code in (400, 422), wrong
    exported = await root.get("/api/v1/admin/audit/export", params={"format": "csv"})
    rows = list(csv.reader(io.StringIO(exported.text)))
    assert rows[0] == ["key", "at", "who", "address", "what", "about", "detail"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert exported.headers["content-disposition"].startswith("attachment")
    lines = (await root.get("/api/v1/admin/audit/export")).text.splitlines()
    assert len(lines) == len(rows) - 1
    assert json.loads(lines[0])["who"] == "=4"


async def test_settings_are_shown_without_their_secrets(team: Team) -> None:
    root = await team.joined("root", admin=True)
    found = {each["name"]: each for each in (await root.get("/api/v1/admin/settings")).json()["settings"]}
    assert found["mode"]["value"] == "team"
    assert found["oidc_client_secret"]["value"] == ""
    assert found["port"]["source"] == "the default"


async def test_a_hash_of_older_parameters_is_made_anew_at_sign_in(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    id_ = await team.make("ada")
    before = (await team.core.store.read(lambda tx: accounts.need(tx, id_))).password  # type: ignore[arg-type]
    from noctule.accounts import passwords

    monkeypatch.setattr(passwords, "TIME_COST", 2)
    team.core.accounts.means.passwords._hasher = None
    await team.signed_in("ada")
    after = (await team.core.store.read(lambda tx: accounts.need(tx, id_))).password  # type: ignore[arg-type]
    assert before != after
    assert after is not None
    assert "t=2" in after
    await team.signed_in("ada")
