"""What a person takes out: all that is theirs, and nothing that is not."""

import io
import json
import os
import tracemalloc
import zipfile
from typing import Any

import httpx

from noctule.drive.zipping import MISSING
from noctule_agent.wire.values import ItemId, NotebookId, UserId
from tests.support.notebooks import ipynb
from tests.support.team import Team

EXPORT = "/api/v1/me/export"


async def book(client: httpx.AsyncClient, name: str) -> NotebookId:
    answer = await client.post("/api/v1/notebooks/upload", params={"name": name}, content=ipynb("a = 1"))
    return NotebookId(answer.json()["id"])


async def exported(client: httpx.AsyncClient) -> zipfile.ZipFile:
    answer = await client.get(EXPORT)
    assert answer.status_code == 200, answer.text
    found = zipfile.ZipFile(io.BytesIO(answer.content))
    assert found.testzip() is None
    return found


def told(archive: zipfile.ZipFile) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(archive.read("account.json"))
    return found


async def test_all_that_somebody_has_is_in_it(team: Team) -> None:
    ada = await team.joined("ada")
    me = (await ada.get("/api/v1/me")).json()["id"]
    root = team.core.config.drive / me
    for _ in range(2):
        await team.core.drive.bin(ItemId(await book(ada, "old.ipynb")))
    folder = (await ada.post("/api/v1/items/root/folders", json={"name": "thrown"})).json()["id"]
    inner = (await ada.post(f"/api/v1/items/{folder}/notebooks", json={"name": "inner.ipynb"})).json()["id"]
    await team.core.library.written(ItemId(inner))
    (root / "thrown" / "no notebook").write_text("x")
    await team.core.drive.bin(ItemId(folder))
    lost = await book(ada, "lost.ipynb")
    await team.core.library.written(ItemId(lost))
    await team.core.drive.bin(ItemId(lost))
    (team.core.config.drive / ".noctule" / "bin" / lost / "lost.ipynb").unlink()
    await book(ada, "now.ipynb")
    (root / "deep").mkdir()
    (root / "deep" / "data.bin").write_bytes(b"data")
    (root / "link").symlink_to("/etc/passwd")
    archive = await exported(ada)
    assert set(archive.namelist()) == {
        "drive/",
        "drive/now.ipynb",
        "drive/deep/",
        "drive/deep/data.bin",
        "notebooks/old.ipynb",
        "notebooks/old (2).ipynb",
        "notebooks/inner.ipynb",
        "notebooks/lost.ipynb",
        "account.json",
        MISSING,
    }
    assert "drive/link: " in archive.read(MISSING).decode()
    for name in ("drive/now.ipynb", "notebooks/old.ipynb", "notebooks/lost.ipynb"):
        assert json.loads(archive.read(name))["cells"][0]["source"] in ("a = 1", ["a = 1"]), name


async def test_it_says_what_is_known_of_the_account_and_no_secret(team: Team) -> None:
    admin, ada = await team.joined("root", admin=True), await team.joined("ada")
    me = (await ada.get("/api/v1/me")).json()["id"]
    made = (await ada.post("/api/v1/me/tokens", json={"label": "mine", "scopes": ["view"]})).json()
    await admin.patch(f"/api/v1/admin/accounts/{me}", json={"quota": 5})
    archive = await exported(ada)
    about = told(archive)
    assert (about["profile"]["login"], about["profile"]["email"]) == ("ada", "ada@example.org")
    assert [each["address"] for each in about["profile"]["sessions"]] == ["127.0.0.1"]
    assert [each["label"] for each in about["profile"]["tokens"]] == ["mine"]
    assert about["comments"] == []
    said = {(row["what"], row["who"] == me, row["address"]) for row in about["audit"]}
    assert ("account-quota", False, "") in said, "from where an admin did it is the admin's"
    assert ("account-exported", True, "127.0.0.1") in said
    text = archive.read("account.json").decode()
    for secret in (made["secret"], "argon2", ada.cookies["noctule_session"], "password_hash"):
        assert secret not in text
    assert (await admin.get("/api/v1/me")).json()["login"] not in {row["what"] for row in about["audit"]}
    assert "root@example.org" not in text


async def test_what_others_have_is_not_in_it(team: Team) -> None:
    ada, eve = await team.joined("ada"), await team.joined("eve")
    mine = await book(ada, "secret.ipynb")
    await team.core.library.written(ItemId(mine))
    await team.core.drive.bin(ItemId(await book(ada, "thrown.ipynb")))
    archive = await exported(eve)
    assert archive.namelist() == ["drive/", "account.json"]


async def test_who_asked_for_access_learns_nothing_from_what_the_log_says_of_it(team: Team) -> None:
    ada, eve = await team.joined("ada"), await team.joined("eve")
    there = await book(ada, "secret.ipynb")
    for item in (there, "nothing"):
        answer = await eve.post("/api/v1/requests", json={"item": item, "role": "viewer"})
        assert answer.status_code == 204
    said = [row for row in told(await exported(eve))["audit"] if row["what"] == "access-asked"]
    assert {row["about"]: row["detail"] for row in said} == {there: {"role": "viewer"}, "nothing": {"role": "viewer"}}


async def test_a_token_takes_nothing_out(team: Team) -> None:
    ada = await team.joined("ada")
    for scopes in (["view"], ["view", "edit", "comment", "run"]):
        program = await team.program(ada, *scopes)
        answer = await program.get(EXPORT)
        assert (answer.status_code, answer.json()["code"]) == (403, "token-cannot")
    assert "account-exported" not in await team.told()


async def test_however_much_it_is_little_of_it_is_held(team: Team) -> None:
    ada = await team.joined("ada")
    me = UserId((await ada.get("/api/v1/me")).json()["id"])
    await team.core.drive.home(me)
    with (team.core.config.drive / me / "sparse").open("wb") as file:
        os.truncate(file.fileno(), 200_000_000)

    async def about() -> Any:
        yield b"{}"

    size = 0
    tracemalloc.start()
    async for piece in team.core.exporting.archive(me, about()):
        size += len(piece)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 200_000_000
    assert peak < 30_000_000


async def test_in_personal_mode_it_is_there_too(browser: httpx.AsyncClient) -> None:
    await browser.post("/api/v1/notebooks/upload", params={"name": "n.ipynb"}, content=ipynb("a"))
    archive = await exported(browser)
    assert set(archive.namelist()) == {"drive/", "drive/n.ipynb", "account.json"}
