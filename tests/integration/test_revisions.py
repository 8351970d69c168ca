"""A notebook's past over HTTP, on a real server, while pages are connected and a kernel runs."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from noctule.accounts.capabilities import Capability
from noctule.accounts.principal import Principal
from noctule.accounts.roles import Roles
from noctule.client.session import PageSession
from noctule.notebook.fractional import between
from noctule.notebook.ops import DeleteCell, InsertCell, SetSource
from noctule_agent.wire.values import CellId, NotebookId
from tests.support.notebooks import ipynb, text_in_view
from tests.support.server import ServerProcess, StartServer

A, B, NEW = CellId("cell-0"), CellId("cell-1"), CellId("cell-new")
TICKS = "import time\nprint('begun', flush=True)\ntime.sleep(3)\nprint('ended')"


class Past:
    """The revisions of one notebook, as programs and pages ask for them."""

    def __init__(self, http: httpx.AsyncClient, notebook: NotebookId) -> None:
        self._http = http
        self.base = f"/api/v1/notebooks/{notebook}"

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self._http.get(self.base + path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any) -> Any:
        answer = await self._http.post(self.base + path, json=body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    async def pin(self, name: str) -> str:
        return str((await self.post("/revisions", {"name": name}))["id"])

    async def names(self, **query: Any) -> tuple[list[str], str | None]:
        page = await self.get("/revisions", **query)
        return [one["name"] or one["kind"] for one in page["revisions"]], page["before"]


@pytest.fixture
async def server(start_server: StartServer) -> ServerProcess:
    return await start_server()


@pytest.fixture
async def http(server: ServerProcess) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"authorization": f"Bearer {server.token}"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=30) as client:
        yield client


def sources(page: PageSession) -> dict[str, str]:
    return {cell.id: cell.source for cell in page.doc.cells()}


async def sees(page: PageSession, expected: dict[str, str]) -> None:
    async with asyncio.timeout(30):
        await page.until(lambda: sources(page) == expected or None)


async def test_versions_are_listed_page_by_page_named_and_deleted(
    server: ServerProcess, http: httpx.AsyncClient
) -> None:
    async with server.client() as client:
        past = Past(http, await client.create_from_file("n.ipynb", ipynb("one")))
    assert await past.names() == ([], None)
    ids = [await past.pin(f"v{number}") for number in range(5)]
    found, before = await past.names(limit=2)
    assert found == ["v4", "v3"]
    found, before = await past.names(limit=2, before=before)
    assert found == ["v2", "v1"]
    assert await past.names(limit=2, before=before) == (["v0"], None)
    renamed = await http.patch(f"{past.base}/revisions/{ids[1]}", json={"name": " second "})
    assert (renamed.json()["name"], renamed.json()["kind"], renamed.json()["by"]) == ("second", "named", "you")
    unpinned = await http.patch(f"{past.base}/revisions/{ids[0]}", json={"name": None})
    assert (unpinned.json()["name"], unpinned.json()["kind"]) == (None, "automatic")
    assert await past.names(named=True) == (["v4", "v3", "v2", "second"], None)
    assert (await http.delete(f"{past.base}/revisions/{ids[4]}")).status_code == 204
    assert (await past.names())[0] == ["v3", "v2", "second", "automatic"]
    for query in ({"before": "nowhere"}, {"before": "1.2.3"}, {"limit": 0}, {"limit": 51}):
        answer = await http.get(f"{past.base}/revisions", params=query)
        assert answer.status_code == 400, query
    refused = await http.post(f"{past.base}/revisions", json={"name": "two\nlines"})
    assert (refused.status_code, refused.json()["code"]) == (422, "revision-name-invalid")
    assert (await http.get("/api/v1/notebooks/none/revisions")).json()["code"] == "notebook-not-found"


async def test_two_moments_and_two_notebooks_are_compared(server: ServerProcess, http: httpx.AsyncClient) -> None:
    async with server.client() as client:
        notebook = await client.create_from_file("n.ipynb", ipynb("one", "two"))
        copy = await client.create_from_file("m.ipynb", ipynb("one", "two, changed"))
        past = Past(http, notebook)
        first = await past.pin("first")
        async with server.session(client, notebook) as page:
            await page.ready()
            last = page.doc.cells()[-1].pos
            await page.edit(SetSource(A, "uno"), DeleteCell(B), InsertCell(NEW, "markdown", between(last, None), "new"))
            await page.saved()
    answer = await past.get("/compare", old=first)
    assert (answer["old"]["name"], answer["new"]) == ("first", None)
    changed, removed, added = answer["rows"]
    assert [row["fate"] for row in answer["rows"]] == ["changed", "removed", "added"]
    assert "old" not in added
    assert added["new"] == {"id": NEW, "type": "markdown", "source": "new"}
    assert (changed["old"]["source"], changed["new"]["source"], changed["changed"]) == ("one", "uno", ["source"])
    assert removed["old"]["source"] == "two"
    assert "new" not in removed
    second = await past.pin("second")
    same, _ = (await past.get("/compare", old=second))["rows"]
    assert same == {"fate": "same", "new": {"id": A, "type": "code", "source": "uno"}}
    both = await past.get(f"/compare/{copy}")
    assert [(row["fate"], row.get("changed", [])) for row in both["rows"]] == [
        ("changed", ["source"]),
        ("removed", []),
        ("added", []),
    ]
    assert (both["old"], both["new"]) == (None, None)


async def test_a_restore_reaches_both_pages_and_leaves_the_cell_of_another_alone(
    server: ServerProcess, http: httpx.AsyncClient
) -> None:
    async with server.client() as client:
        notebook = await client.create_from_file("n.ipynb", ipynb("print('one')", "two = 2"))
        past = Past(http, notebook)
        async with server.session(client, notebook) as ann, server.session(client, notebook) as bob:
            await ann.ready()
            await bob.ready()
            before = sources(ann)
            first = await past.pin("first")
            last = ann.doc.cells()[-1].pos
            await ann.edit(SetSource(B, "two = 3"), InsertCell(NEW, "code", between(last, None), TICKS))
            await ann.saved()
            batch = await bob.run([NEW])
            await bob.until(lambda: text_in_view(bob.view, NEW).startswith("begun") or None)
            done = await past.post(f"/revisions/{first}/restore", {})
            assert done["kept"]["kind"] == "before-restore"
            await sees(ann, before)
            await sees(bob, before)
            async with asyncio.timeout(60):
                [execution] = await bob.finished(batch)
            assert execution.state == "ok", execution.cause
            # What is kept is the way back; the cell that ran meanwhile comes with all that it said.
            again = await past.post(f"/revisions/{done['kept']['id']}/restore", {"cells": [NEW]})
            await sees(ann, {**before, NEW: TICKS})
            await sees(bob, {**before, NEW: TICKS})
            assert again["busy"] == []
            whole = await past.post(f"/revisions/{done['kept']['id']}/restore", {"outputs": False})
            await sees(bob, {**before, B: "two = 3", NEW: TICKS})
            assert whole["busy"] == []
            await bob.disconnect_runtime()
    await server.no_runtime_process()


async def test_a_cell_that_runs_keeps_its_own_outputs_and_the_others_come_back(
    server: ServerProcess, http: httpx.AsyncClient
) -> None:
    cell = {"output_type": "stream", "name": "stdout", "text": "of then\n"}
    data = json.loads(ipynb(TICKS, "print('x')"))
    for each in data["cells"]:
        each["outputs"] = [cell]
    async with server.client() as client:
        notebook = await client.create_from_file("n.ipynb", json.dumps(data).encode())
        past = Past(http, notebook)
        first = await past.pin("with outputs")
        async with server.session(client, notebook) as ann, server.session(client, notebook) as bob:
            await ann.ready()
            await bob.ready()
            await ann.clear_outputs()
            batch = await bob.run([A])
            await bob.until(lambda: text_in_view(bob.view, A).startswith("begun") or None)
            done = await past.post(f"/revisions/{first}/restore", {})
            assert done["busy"] == [A]
            for page in (ann, bob):
                async with asyncio.timeout(30):
                    await page.until(lambda page=page: text_in_view(page.view, B) == "of then\n" or None)
            async with asyncio.timeout(60):
                [execution] = await bob.finished(batch)
            assert execution.state == "ok", execution.cause
            assert text_in_view(bob.view, A) == "begun\nended\n"
            shown = await past.get(f"/revisions/{first}/cells/{A}/outputs")
            assert [output["text"] for output in shown["outputs"]] == ["of then\n"]
            await bob.disconnect_runtime()
    await server.no_runtime_process()


async def test_a_viewer_is_refused_all_of_it(program: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = await program.post("/api/v1/notebooks/upload", params={"name": "n.ipynb"}, content=ipynb("secret"))
    base = f"/api/v1/notebooks/{answer.json()['id']}"
    first = (await program.post(f"{base}/revisions", json={"name": "first"})).json()["id"]

    async def held(_: Roles, principal: Principal, notebook_id: NotebookId) -> frozenset[Capability]:
        return frozenset({Capability.VIEW, Capability.COMMENT, Capability.RUN})

    monkeypatch.setattr(Roles, "of", held)
    for method, path, body in [
        ("GET", "/revisions", None),
        ("POST", "/revisions", {"name": "x"}),
        ("GET", f"/revisions/{first}", None),
        ("GET", f"/revisions/{first}/file", None),
        ("GET", f"/revisions/{first}/cells/{A}/outputs", None),
        ("PATCH", f"/revisions/{first}", {"name": "x"}),
        ("POST", f"/revisions/{first}/restore", {}),
        ("DELETE", f"/revisions/{first}", None),
        ("GET", f"/compare?old={first}", None),
    ]:
        refused = await program.request(method, base + path, json=body)
        assert (refused.status_code, refused.json()["code"]) == (403, "capability-refused"), (method, path)
        assert "secret" not in refused.text
