"""What people uploaded, and what their code put out, is bytes to this origin: no answer of any route makes a page or a script of it.

Which routes answer with bytes is read from the application; one that is in neither table fails the test.
"""

import json
from typing import Any

import httpx
import pytest
from litestar.handlers import HTTPRouteHandler
from sqlalchemy import select

from noctule.http.app import litestar_app
from noctule.store import Tx
from noctule.store import tables as t
from noctule_agent.wire.values import ItemId, NotebookId
from tests.support.team import Team

EVIL = "<script>alert(document.domain)</script>"
SVG = f'<svg xmlns="http://www.w3.org/2000/svg">{EVIL}</svg>'
NAMES = ("evil.html", "evil.svg", "evil.xhtml", "evil.js", "evil.xml", "evil.txt", "evil.pdf", "evil")
BYTES = ("Stream", "Response[bytes]", "response.file")
OWN = {
    # The page and what belongs to it, and what the server says of itself: nothing of them is anybody's.
    "/",
    "/account",
    "/account/{part}",
    "/admin",
    "/admin/{part}",
    "/drive",
    "/drive/{place}",
    "/invitation/{secret}",
    "/metrics",
    "/notebooks/{notebook_id}",
    "/sign-in",
    "/static/{name}",
    # Scripts of installed packages, for frames of an origin of their own (test_gate.py).
    "/static/nbextensions/{name}",
}
BESIDE_A_RUNTIME = {"/api/v1/notebooks/{notebook_id}/files/content"}
"""It needs a runtime: tests/integration/test_runtime_files.py."""
JSON = ("application/json", "application/x-ipynb+json", "application/jsonl")
HARMLESS = ("application/octet-stream", "text/plain", "image/svg+xml")
"""For who opens them by their address, in the sandbox; what else there is, is saved."""


def template(path: str) -> str:
    return path.replace(":str}", "}").replace(":path}", "}")


def of_bytes(team: Team) -> set[str]:
    """Paths of routes whose handlers answer with bytes."""
    found = set()
    for route in litestar_app(team.core).routes:
        for handler in getattr(route, "route_handlers", []):
            assert isinstance(handler, HTTPRouteHandler)
            if any(kind in str(handler.parsed_fn_signature.return_type.annotation) for kind in BYTES):
                found.add(template(route.path))
    return found


def notebook() -> bytes:
    outputs: list[dict[str, Any]] = [
        {"output_type": "stream", "name": "stdout", "text": EVIL},
        {
            "output_type": "display_data",
            "metadata": {},
            "data": {"text/html": EVIL, "image/svg+xml": SVG, "application/javascript": "alert(1)", "text/xml": SVG},
        },
    ]
    cell = {"id": "c", "cell_type": "code", "source": EVIL, "metadata": {}, "outputs": outputs, "execution_count": 1}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}).encode()


class Asking:
    """Asks for what could become a page, and keeps the answers by their routes."""

    def __init__(self, team: Team, client: httpx.AsyncClient, book: str) -> None:
        self._store = team.core.store
        self._client = client
        self._book = book
        self.found: dict[str, list[httpx.Response]] = {}

    async def ask(self, route: str, path: str, client: httpx.AsyncClient | None = None, **more: Any) -> None:
        answer = await (client or self._client).request(more.pop("method", "GET"), path, **more)
        assert answer.status_code in (200, 206), f"{path}: {answer.text}"
        self.found.setdefault(route, []).append(answer)

    async def of_book(self, route: str, path: str, **more: Any) -> None:
        about = "/api/v1/notebooks"
        await self.ask(f"{about}/{{notebook_id}}/{route}", f"{about}/{self._book}/{path}", **more)

    async def notebook(self, revision: str) -> None:
        for kind in ("ipynb", "py"):
            await self.of_book("file", "file", params={"format": kind})
        past = f"revisions/{revision}"
        await self.of_book("revisions/{revision_id}/file", f"{past}/file")
        await self.of_book("revisions/{revision_id}/cells/{cell_id}/outputs", f"{past}/cells/c/outputs")

    async def outputs(self) -> None:
        def read(tx: Tx) -> list[tuple[str, str]]:
            query = select(t.output.c.id, t.output.c.kind).where(t.output.c.notebook_id == self._book)
            return [(row.id, row.kind) for row in tx.conn.execute(query)]

        for id_, kind in await self._store.read(read):
            if kind == "stream":
                await self.of_book("outputs/{output_id}/log", f"outputs/{id_}/log")
                continue
            for type_ in ("text/html", "image/svg+xml", "application/javascript", "text/xml"):
                for headers in ({}, {"range": "bytes=0-20"}):
                    more = {"params": {"type": type_}, "headers": headers}
                    await self.of_book("outputs/{output_id}/mime", f"outputs/{id_}/mime", **more)

    async def buffer(self) -> None:
        """The last one: the notebook is none any more that could be read."""

        def write(tx: Tx) -> str:
            sha256 = tx.blobs.put(EVIL.encode()).sha256
            of = {"notebook_id": self._book, "epoch": 0}
            tx.conn.execute(t.widget.insert(), {**of, "id": "w", "body": b""})
            tx.conn.execute(t.widget_blob.insert(), {**of, "widget_id": "w", "sha256": sha256})
            return sha256

        sha256 = await self._store.write(write)
        await self.of_book("widgets/buffers/{sha256}", f"widgets/buffers/{sha256}")


@pytest.fixture
async def asked(team: Team) -> dict[str, list[httpx.Response]]:
    """By the route, the answers to everything that could become a page."""
    ada = await team.joined("ada", admin=True)
    answer = await ada.post("/api/v1/notebooks/upload", params={"name": "evil.html.ipynb"}, content=notebook())
    book = answer.json()["id"]
    await team.core.library.written(ItemId(book))
    place = team.core.config.drive / (await ada.get("/api/v1/me")).json()["id"]
    (place / "folder.html").mkdir()
    for name in (*NAMES, 'a".html'):
        (place / name).write_text(SVG if "svg" in name else EVIL)
    revision = (await ada.post(f"/api/v1/notebooks/{book}/revisions", json={"name": EVIL})).json()["id"]
    asking = Asking(team, ada, book)
    await asking.notebook(revision)
    await asking.outputs()
    convert = "/api/v1/notebooks/convert"
    await asking.ask(convert, convert, method="POST", content=f"# %%\n{EVIL}".encode())
    items = (await ada.get("/api/v1/items/root/children")).json()["items"]
    chosen = ",".join(item["id"] for item in items)
    await asking.ask("/api/v1/items/zip", "/api/v1/items/zip", params={"items": chosen})
    for item in items:
        for inline in ("0", "1"):
            path = f"/api/v1/items/{item['id']}/content"
            await asking.ask("/api/v1/items/{item_id}/content", path, params={"inline": inline})
    await asking.ask("/api/v1/me/export", "/api/v1/me/export")
    for kind in ("csv", "jsonl"):
        await asking.ask("/api/v1/admin/audit/export", "/api/v1/admin/audit/export", params={"format": kind})
    program = await team.program(ada, "view", "edit")
    for name in (*NAMES, "evil.html.ipynb"):
        await asking.ask("/dav", f"/dav/{name}", program)
    await asking.buffer()
    return asking.found


async def test_every_route_that_answers_with_bytes_is_asked(team: Team, asked: dict[str, list[httpx.Response]]) -> None:
    assert set(asked) - {"/dav"} == of_bytes(team) - OWN - BESIDE_A_RUNTIME
    assert of_bytes(team) >= OWN | BESIDE_A_RUNTIME, "a table names what is not there any more"


async def test_nothing_of_it_is_a_page_or_a_script_of_this_origin(asked: dict[str, list[httpx.Response]]) -> None:
    for route, answers in asked.items():
        for answer in answers:
            told = f"{route}: {answer.url}: {dict(answer.headers)}"
            headers = answer.headers
            media_type = headers["content-type"].partition(";")[0]
            policy = [part.strip() for part in headers["content-security-policy"].split(";")]
            assert headers["x-content-type-options"] == "nosniff", told
            assert headers["cross-origin-resource-policy"] == "same-origin", told
            assert "default-src 'none'" in policy, told
            assert not any(part.startswith("script-src") for part in policy), told
            assert "access-control-allow-origin" not in headers, told
            assert "set-cookie" not in headers, told
            kind = headers.get("content-disposition", "").partition(";")[0]
            if media_type in JSON:
                continue  # no browser makes a page of it, and the policy lets it load nothing
            if media_type == "application/pdf" and "object-src 'self'" in policy:
                continue  # the browser's own viewer shows none that is sandboxed
            assert "sandbox" in policy, f"sandboxed, with nothing allowed: {told}"
            assert kind == "attachment" or media_type in HARMLESS, told


async def test_a_name_does_not_get_out_of_its_header(team: Team) -> None:
    ada = await team.joined("ada")
    me = (await ada.get("/api/v1/me")).json()["id"]
    await team.core.drive.home(me)
    name = 'a"\r\nset-cookie: noctule_session=x\r\n\r\n<script>;é.html'
    (team.core.config.drive / me / name).write_text(EVIL)
    [item] = (await ada.get("/api/v1/items/root/children")).json()["items"]
    for inline in ("0", "1"):
        answer = await ada.get(f"/api/v1/items/{item['id']}/content", params={"inline": inline})
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
        for key, value in answer.headers.raw:
            assert not set(b"\r\n\0") & set(key + value)
    book = NotebookId((await ada.post("/api/v1/notebooks", json={})).json()["id"])
    for wanted in ("a\r\nset-cookie: x=1", "a\0b"):
        answer = await ada.patch(f"/api/v1/notebooks/{book}", json={"name": wanted})
        assert 400 <= answer.status_code < 500
        answer = await ada.post(f"/api/v1/notebooks/{book}/revisions", json={"name": wanted})
        if answer.status_code < 300:
            file = await ada.get(f"/api/v1/notebooks/{book}/revisions/{answer.json()['id']}/file")
            assert file.status_code == 200
            assert "set-cookie" not in file.headers
            assert not set("\r\n\0") & set(file.headers["content-disposition"])
