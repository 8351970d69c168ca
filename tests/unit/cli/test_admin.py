"""`noctule admin`: what a person at the machine does with accounts, on the database itself."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from noctule.accounts.common import By, Visitor
from noctule.accounts.people import NewPerson
from noctule.app import open_core
from noctule.cli import admin
from noctule.cli.main import app
from noctule.config import Config
from noctule.errors import NoctuleError
from noctule.store import leaving
from noctule_agent.wire.values import ItemId
from tests.support.team import PASSWORD

pytestmark = pytest.mark.usefixtures("cheap_passwords")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data=tmp_path / "data", mode="team", launcher="process", minimum_isolation="process")


def asked(config: Config, *words: str, typed: str = "") -> Any:
    """What a command prints; JSON when it was asked for. Raises what it raises."""
    got = CliRunner().invoke(app, ["admin", *words, "--data", str(config.data), "--mode", "team"], input=typed)
    if got.exception is not None and not isinstance(got.exception, SystemExit):
        raise got.exception
    assert got.exit_code == 0, got.output
    return json.loads(got.stdout) if "--json" in words else got.stdout


async def make(config: Config, login: str, *, is_admin: bool = False) -> None:
    async with admin.opened(config) as there:
        await there.people.make(By("server"), NewPerson(login, PASSWORD, admin=is_admin))


async def signs_in(config: Config, login: str, password: str) -> bool:
    async with admin.opened(config) as there:
        try:
            await there.signing_in.by_password(login, password, Visitor("::1"), None)
        except NoctuleError:
            return False
        return True


def run(work: Any) -> Any:
    return asyncio.run(work)


def test_an_invitation_is_a_link_that_makes_an_admin(config: Config) -> None:
    link = asked(config, "invite", "--admin").strip()
    assert link.startswith("http://127.0.0.1:8600/invitation/")

    async def used() -> bool:
        async with admin.opened(config) as there:
            person = NewPerson("root", PASSWORD)
            row, _ = await there.people.sign_up(person, link.rpartition("/")[2], Visitor("::1"), None)
            return row.admin

    assert run(used())
    [listed] = asked(config, "users", "list", "--json")
    assert (listed["login"], listed["admin"], listed["has_password"]) == ("root", True, True)
    assert "password" not in listed
    assert "root" in asked(config, "users", "list")


def test_an_account_is_disabled_enabled_given_room_and_deleted(config: Config) -> None:
    run(make(config, "root", is_admin=True))
    run(make(config, "ada"))
    asked(config, "users", "disable", "ada")
    assert not run(signs_in(config, "ada", PASSWORD))
    asked(config, "users", "enable", "ada")
    asked(config, "users", "quota", "ada", "1.5")
    asked(config, "users", "set-password", "ada", typed="another good one\n")
    assert run(signs_in(config, "ada", "another good one"))
    asked(config, "users", "make-admin", "ada")
    ada = next(row for row in asked(config, "users", "list", "--json") if row["login"] == "ada")
    assert (ada["admin"], ada["disabled"], ada["quota"]) == (True, False, int(1.5 * 1024**3))
    asked(config, "users", "quota", "ada", "0")
    asked(config, "users", "delete", "ada", "--yes")
    with pytest.raises(NoctuleError, match="last-admin"):
        asked(config, "users", "delete", "root", "--yes")
    with pytest.raises(NoctuleError, match="account-not-found"):
        asked(config, "users", "disable", "ada")
    told = [json.loads(line)["what"] for line in asked(config, "audit", "export").splitlines()]
    assert {"account-disabled", "account-enabled", "account-quota", "password-changed", "account-deleted"} <= set(told)
    assert asked(config, "audit", "list", "--what", "account-deleted").count("account-deleted") == 1
    assert asked(config, "audit", "export", "--format", "csv").startswith("key,at,who")


def test_tokens_and_teams(config: Config) -> None:
    run(make(config, "ada"))

    async def token() -> str:
        from noctule.accounts.capabilities import Capability
        from noctule.accounts.common import held_by
        from noctule.accounts.principal import Principal

        async with admin.opened(config) as there:
            [row] = await there.people.all()
            principal = Principal(row.id, held_by(row), session="s")
            return (await there.tokens.make(principal, "ci", frozenset({Capability.VIEW}), None))[0].id

    made = run(token())
    [listed] = asked(config, "tokens", "list", "--json")
    assert (listed["id"], listed["login"], listed["scopes"]) == (made, "ada", ["view"])
    assert "hash" not in listed
    asked(config, "tokens", "revoke", made)
    assert asked(config, "tokens", "list", "--json") == []
    asked(config, "teams", "make", "Owls")
    asked(config, "teams", "add", "Owls", "ada")
    assert asked(config, "teams", "list", "--json")[0]["members"] == ["ada"]
    asked(config, "teams", "remove", "Owls", "ada")
    asked(config, "teams", "delete", "Owls")
    assert asked(config, "teams", "list", "--json") == []


def test_who_is_deleted_without_a_server_leaves_nothing_when_one_has_run(config: Config) -> None:
    run(make(config, "root", is_admin=True))
    run(make(config, "ada"))

    async def has() -> str:
        async with open_core(config) as core:
            [row] = [row for row in await core.accounts.people.all() if row.login == "ada"]
            await core.library.written(ItemId((await core.library.create("a.ipynb", row.id)).id))
            return row.id

    async def served() -> None:
        async with open_core(config) as core, asyncio.timeout(30):
            while await core.store.read(leaving.all_):
                await asyncio.sleep(0.02)

    ada = run(has())
    assert (config.drive / ada / "a.ipynb").exists()
    asked(config, "users", "delete", "ada", "--yes")
    assert (config.drive / ada / "a.ipynb").exists(), "it is the server's to remove"
    run(served())
    assert not (config.drive / ada).exists()
    assert [path.name for path in config.drive.iterdir()] == [".noctule"]


def test_what_a_stranger_typed_does_nothing_to_the_terminal(config: Config) -> None:
    typed = "\x1b]0;owned\x07\x1b[2Jx\r\n\u202e"
    assert not run(signs_in(config, typed, "guess"))
    shown = asked(config, "audit", "list")
    assert "sign-in-failed" in shown
    assert not set("\x1b\x07\r\u202e") & set(shown)
    assert "]0;owned" in shown


def test_more_than_can_be_kept_is_refused(config: Config) -> None:
    run(make(config, "ada"))
    for words in (
        ("plans", "make", "Huge", "--gb", "1e12"),
        ("plans", "make", "Huge", "--runtimes", "100001"),
        ("users", "quota", "ada", "1e12"),
    ):
        got = CliRunner().invoke(app, ["admin", *words, "--data", str(config.data), "--mode", "team"])
        assert got.exit_code == 2, words
        assert "less than or equal" in got.output, words
    assert [plan["name"] for plan in asked(config, "plans", "list", "--json")] == ["Standard"]


def test_plans_are_made_given_changed_and_deleted(config: Config) -> None:
    run(make(config, "ada"))
    asked(config, "plans", "make", "Big", "--gb", "1.5", "--runtimes", "2")
    asked(config, "users", "plan", "ada", "Big")
    [big, standard] = asked(config, "plans", "list", "--json")
    assert (big["name"], big["quota"], big["runtimes"], big["accounts"]) == ("Big", 3 * 2**29, 2, 1)
    assert (standard["standard"], standard["accounts"]) == (True, 0)
    assert "1.5 GB" in asked(config, "plans", "list")
    assert " Big " in asked(config, "users", "list")
    asked(config, "plans", "change", "Big", "--gb", "-1", "--runtimes", "0", "--name", "Small")
    [small, _] = asked(config, "plans", "list", "--json")
    assert (small["name"], small["quota"], small["runtimes"]) == ("Small", None, 0)
    with pytest.raises(NoctuleError) as refused:
        asked(config, "plans", "delete", "Small")
    assert refused.value.code == "plan-used"
    asked(config, "users", "plan", "ada", "Standard")
    asked(config, "plans", "delete", "Small")
    with pytest.raises(NoctuleError) as refused:
        asked(config, "users", "plan", "ada", "Small")
    assert refused.value.code == "plan-not-found"
