"""What widgets say, over a real server and a real kernel: in order, exactly once, the same to every page."""

import ast
import asyncio
import json
from typing import Any

import httpx

from noctule.client.session import PageSession
from noctule_agent.wire.state import WidgetModel
from noctule_agent.wire.values import CellId
from tests.support.notebooks import ipynb, text_in_view
from tests.support.server import ServerProcess, StartServer

WIDGETS = """
import ipywidgets as w
heard, values = [], []
text = w.Text("first")
image = w.Image(value=b"\\x00one", format="png")
text.on_msg(lambda _, content, buffers: heard.append((content["n"], bytes(buffers[0]))))
text.observe(lambda change: values.append(change.new), "value")
"""
MANY = 60


def model(page: PageSession, name: str) -> WidgetModel:
    return next(one for one in page.view.widgets if one.state.get("_model_name") == name)


def update(id_: str, **state: Any) -> dict[str, Any]:
    return {"comm_id": id_, "data": {"method": "update", "state": state, "buffer_paths": []}}


async def run(page: PageSession, cell: str) -> str:
    batch = await page.run([CellId(cell)])
    async with asyncio.timeout(60):
        [execution] = await page.finished(batch)
    assert execution.state == "ok", execution.cause
    return text_in_view(page.view, cell)


async def test_what_a_page_says_comes_once_and_in_order_and_is_the_same_for_every_page(
    start_server: StartServer,
) -> None:
    server = await start_server()
    async with server.client() as client:
        notebook = await client.create_from_file("n.ipynb", ipynb(WIDGETS, "print(values)", "print(heard)"))
        async with server.session(client, notebook) as page, server.session(client, notebook) as other:
            await page.ready()
            await other.ready()
            await run(page, "cell-0")
            text = model(page, "TextModel").id
            customs = {"comm_id": text, "data": {"method": "custom", "content": {}}}
            said = []
            for n in range(MANY):
                said.append(asyncio.create_task(page.comm("comm_msg", update(text, value=f"v{n}"))))
                custom = json.loads(json.dumps(customs))
                custom["data"]["content"] = {"n": n}
                said.append(asyncio.create_task(page.comm("comm_msg", custom, [bytes([n, 255])])))
            await asyncio.gather(*said)
            assert ast.literal_eval(await run(page, "cell-1")) == [f"v{n}" for n in range(MANY)]
            assert ast.literal_eval(await run(page, "cell-2")) == [(n, bytes([n, 255])) for n in range(MANY)]
            await other.until(lambda: model(other, "TextModel").state["value"] == f"v{MANY - 1}" or None)
            await page.until(lambda: page.view.widgets == other.view.widgets or None)


async def test_buffers_are_had_by_their_digest_by_who_may_see_the_notebook(start_server: StartServer) -> None:
    server = await start_server()
    async with server.client() as client:
        notebook = await client.create_from_file("n.ipynb", ipynb(WIDGETS, "image.value = b'\\x00two'"))
        async with server.session(client, notebook) as page:
            await page.ready()
            await run(page, "cell-0")
            [(path, first)] = model(page, "ImageModel").buffers
            assert path == ["value"]
            assert await buffer(server, notebook, first.sha256) == (200, b"\x00one")
            await run(page, "cell-1")
            await page.until(lambda: model(page, "ImageModel").buffers[0][1] != first or None)
            [(_, second)] = model(page, "ImageModel").buffers
            assert await buffer(server, notebook, second.sha256) == (200, b"\x00two")
            assert (await buffer(server, notebook, first.sha256))[0] == 404, "no widget has it any more"
            assert (await buffer(server, "other", second.sha256))[0] == 404
            assert (await buffer(server, notebook, "../../token"))[0] == 404
        async with httpx.AsyncClient(base_url=server.url) as anyone:
            path_ = f"/api/v1/notebooks/{notebook}/widgets/buffers/{second.sha256}"
            assert (await anyone.get(path_)).status_code == 401


async def buffer(server: ServerProcess, notebook: str, sha256: str) -> tuple[int, bytes]:
    headers = {"authorization": f"Bearer {server.token}"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers) as client:
        answer = await client.get(f"/api/v1/notebooks/{notebook}/widgets/buffers/{sha256}")
        return answer.status_code, answer.content
