"""Over HTTP: search inside notebooks, what takes most, archives of several, the space of revisions, and what ran meanwhile."""

import io
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest

from noctule.app import Core
from noctule.drive import texts as reading
from noctule.drive.texts import Texts
from noctule.store import Tx, accounts, executions, notebooks
from noctule.store.rows import BatchRow, QueuedExecution
from noctule_agent.wire.limits import SEARCH_ITEMS, VISIT_SECONDS, ZIP_ITEMS
from noctule_agent.wire.state import ExecutionView
from noctule_agent.wire.values import BatchId, CellId, ExecutionId, Millis, NotebookId, UserId
from tests.integration.http.test_items import ROOT, V1, code, ok, upload
from tests.support.notebooks import ipynb
from tests.support.team import Team


@pytest.fixture
def files(core: Core) -> Path:
    return core.config.drive / "you"


@pytest.fixture
async def texts(core: Core, monkeypatch: pytest.MonkeyPatch) -> Texts:
    monkeypatch.setattr(reading, "TEXT_QUIET_SECONDS", 0)
    return Texts(core.drive._index)


async def search(http: httpx.AsyncClient, text: str, **more: Any) -> Any:
    return ok(await http.get(f"{V1}/items", params={"search": text, "inside": 1, **more}))


async def test_a_search_shows_lines_and_the_cells_that_they_are_in(
    program: httpx.AsyncClient, files: Path, texts: Texts
) -> None:
    (files / "a.ipynb").write_bytes(ipynb("import this", "the needle in it", "no"))
    (files / "needle.txt").write_text("its content is not searched")
    ok(await program.get(f"{ROOT}/children"))
    await texts.round()
    found = await search(program, "NEEDLE")
    assert [(item["name"], item["lines"]) for item in found["items"]] == [
        ("needle.txt", []),
        ("a.ipynb", [{"cell_id": "cell-1", "text": "the needle in it"}]),
    ]
    assert [item["name"] for item in (await search(program, "needle import"))["items"]] == ["a.ipynb"]
    assert [item["name"] for item in ok(await program.get(f"{V1}/items", params={"search": "needle"}))["items"]] == [
        "needle.txt"
    ]


async def test_pages_of_a_search_are_no_longer_than_their_lines_can_be_made_for(
    program: httpx.AsyncClient, files: Path, texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "TEXTS_READ", 500)
    for at in range(SEARCH_ITEMS + 5):
        (files / f"n{at}.ipynb").write_bytes(ipynb("needle"))
    ok(await program.get(f"{ROOT}/children"))
    await texts.round()
    first = await search(program, "needle", limit=1000)
    rest = await search(program, "needle", limit=1000, after=first["after"])
    assert (len(first["items"]), len(rest["items"]), rest["after"]) == (SEARCH_ITEMS, 5, None)
    assert len({item["id"] for item in first["items"] + rest["items"]}) == SEARCH_ITEMS + 5


async def test_hostile_searches_are_refused_or_find_nothing(program: httpx.AsyncClient) -> None:
    for text in ("x " * 50, "y" * 1000):
        answer = await program.get(f"{V1}/items", params={"search": text, "inside": 1})
        assert code(answer) == (422, "search-too-long")
    for text in ("\0", "%", "_", "'; drop table item", "\ud7ff\U0010ffff", "\\"):
        assert (await search(program, text))["items"] == []


async def test_what_takes_most_comes_first_with_the_bin(program: httpx.AsyncClient) -> None:
    folder = ok(await program.post(f"{ROOT}/folders", json={"name": "thrown"}))
    await upload(program, "inside.bin", b"x" * 3000, folder["id"], "u0")
    for name, size in (("small", 10), ("large", 5000), ("middle", 2000)):
        await upload(program, name, b"x" * size, id_=f"u-{name}")
    ok(await program.delete(f"{V1}/items/{folder['id']}"))
    found = ok(await program.get(f"{V1}/drive/largest", params={"limit": 3}))["items"]
    assert [(item["name"], item["size"]) for item in found] == [("large", 5000), ("thrown", 3000), ("middle", 2000)]
    assert found[1]["binned_at"] is not None
    assert (await program.get(f"{V1}/drive/largest", params={"limit": 0})).status_code == 400
    assert (await program.get(f"{V1}/drive/largest", params={"limit": 10**9})).status_code == 400


async def test_several_come_as_one_archive_and_what_is_not_there_is_refused(
    program: httpx.AsyncClient, files: Path
) -> None:
    folder = ok(await program.post(f"{ROOT}/folders", json={"name": "f"}))
    one = await upload(program, "a.txt", b"one", id_="u1")
    two = await upload(program, "a.txt", b"two", folder["id"], "u2")
    (files / "f" / "link").symlink_to("/etc/passwd")
    answer = await program.get(
        f"{V1}/items/zip", params={"items": f"{one['id']},{two['id']},{folder['id']},{one['id']}"}
    )
    assert answer.headers["content-disposition"].startswith("attachment")
    made = zipfile.ZipFile(io.BytesIO(answer.content))
    assert made.testzip() is None
    assert set(made.namelist()) == {"a.txt", "a (2).txt", "f/", "f/a.txt", "NOT-INCLUDED.txt"}
    assert made.read("a (2).txt") == b"two"
    for wanted, expected in (
        (f"{one['id']},nothing", (404, "item-not-found")),
        ("", (404, "item-not-found")),
        (f"{one['id']},\0", (404, "item-not-found")),
        (",".join(map(str, range(ZIP_ITEMS + 1))), (422, "too-many-items")),
    ):
        assert code(await program.get(f"{V1}/items/zip", params={"items": wanted})) == expected
    ok(await program.delete(f"{V1}/items/{one['id']}"))
    assert code(await program.get(f"{V1}/items/zip", params={"items": one["id"]})) == (404, "item-not-found")


async def test_the_space_of_revisions_is_told_and_given_back(program: httpx.AsyncClient) -> None:
    made = ok(await program.post(f"{ROOT}/notebooks", json={}))
    past = f"{V1}/notebooks/{made['id']}/revisions"
    named = ok(await program.post(past, json={"name": "kept"}))
    gone = ok(await program.post(past, json={"name": "gone"}))
    ok(await program.patch(f"{past}/{gone['id']}", json={"name": None}))
    before = ok(await program.get(f"{V1}/items/{made['id']}/space"))
    assert set(before) == {"file", "revisions", "outputs"}
    assert before["revisions"] > 0
    assert ok(await program.delete(past, params={"days": 1})) == {"removed": 0}
    assert ok(await program.delete(past, params={"days": 0})) == {"removed": 1}
    assert [row["id"] for row in ok(await program.get(past))["revisions"]] == [named["id"]]
    assert ok(await program.get(f"{V1}/items/{made['id']}/space"))["revisions"] < before["revisions"]
    assert (await program.delete(past)).status_code == 400
    assert (await program.delete(past, params={"days": -1})).status_code == 400


async def test_others_find_count_fetch_and_free_nothing_of_it(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "TEXT_QUIET_SECONDS", 0)
    ada, eve = await team.joined("ada"), await team.joined("eve")
    made = ok(await ada.post(f"{ROOT}/notebooks", json={"name": "needle.ipynb"}))
    ok(await ada.get(f"{ROOT}/children"))
    await Texts(team.core.drive._index).round()
    assert len((await search(ada, "needle"))["items"]) == 1
    assert (await search(eve, "needle"))["items"] == []
    assert ok(await eve.get(f"{V1}/drive/largest"))["items"] == []
    mine = ok(await eve.post(f"{ROOT}/folders", json={"name": "f"}))
    hers = {"items": f"{mine['id']},{made['id']}"}
    assert code(await eve.get(f"{V1}/items/zip", params=hers)) == (404, "item-not-found")
    assert code(await eve.get(f"{V1}/items/{made['id']}/space")) == (404, "item-not-found")
    answer = await eve.delete(f"{V1}/notebooks/{made['id']}/revisions", params={"days": 0})
    assert answer.status_code == 404
    viewer = await team.program(ada, "view")
    assert code(await viewer.get(f"{V1}/items/{made['id']}/space")) == (403, "capability-refused")


async def test_home_tells_what_ran_since_the_visit_before(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, eve = await team.joined("ada"), await team.joined("eve")
    made = ok(await ada.post(f"{ROOT}/notebooks", json={"name": "n"}))
    account, notebook = UserId(ok(await ada.get(f"{V1}/me"))["id"]), NotebookId(made["id"])
    away = {"view": "away"}
    assert ok(await ada.get(f"{V1}/drive"))["visited_at"] is None
    assert ok(await ada.get(f"{V1}/items", params=away))["items"] == []

    clock, store = team.core.clock, team.core.store
    start = clock.now()

    def end(tx: Tx) -> None:
        batch = BatchRow(BatchId("b"), notebook, account, "page", start)
        view = ExecutionView(ExecutionId("x"), CellId("c"), BatchId("b"), "queued", start)
        executions.queue(tx, notebook, batch, [QueuedExecution(view, "1")])
        done = ExecutionView(ExecutionId("x"), CellId("c"), BatchId("b"), "ok", start, finished_at=Millis(start + 1000))
        executions.put(tx, notebook, done)
        notebooks.touch(tx, notebook, Millis(start + 1000))

    await store.write(end)
    later = Millis(start + int(VISIT_SECONDS * 1000) + 60_000)
    monkeypatch.setattr(team.core.accounts.means.clock, "now", lambda: later, raising=False)
    seen = ok(await ada.get(f"{V1}/drive"))["visited_at"]
    assert seen is not None
    [item] = ok(await ada.get(f"{V1}/items", params=away))["items"]
    assert (item["name"], item["run"]["state"], item["run"]["error"]) == ("n.ipynb", "ok", None)
    assert ok(await eve.get(f"{V1}/items", params=away))["items"] == []
    # The visit goes on: what was told stays told, however often it is asked.
    later = Millis(later + 600_000)
    assert ok(await ada.get(f"{V1}/drive"))["visited_at"] == seen
    later = Millis(later + int(VISIT_SECONDS * 1000) + 1)
    assert ok(await ada.get(f"{V1}/drive"))["visited_at"] > seen
    assert ok(await ada.get(f"{V1}/items", params=away))["items"] == []
    row = await store.read(lambda tx: accounts.need(tx, account))
    assert row.visited_at == later
