"""The HTTP client: what it asks, and what becomes of what it is told."""

from collections.abc import Callable

import httpx
import msgspec
import pytest

from noctule.client.http import NoctuleClient
from noctule.errors import Conflict, Invalid, NotFound, StorageFull, Unauthorized, Unavailable
from noctule_agent.wire.values import BatchId, NotebookId

RUN = {
    "id": "r1",
    "notebook": "n1",
    "name": "a.ipynb",
    "state": "running",
    "cause": None,
    "created": "2026-11-21T10:00:00Z",
    "cells": [{"id": "c1", "state": "ok", "started": "2026-11-21T10:00:01.5Z", "new_field_of_a_later_server": 1}],
}


def client(answer: Callable[[httpx.Request], httpx.Response]) -> NoctuleClient:
    return NoctuleClient("http://127.0.0.1:8600/", "secret", transport=httpx.MockTransport(answer))


async def test_a_notebook_is_uploaded_as_it_is_with_the_token() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(201, json={"id": "n1", "name": "a b.ipynb"})

    async with client(answer) as noctule:
        assert await noctule.create_from_file("a b.ipynb", b"{}") == "n1"
    assert str(seen[0].url) == "http://127.0.0.1:8600/api/v1/notebooks/upload?name=a+b.ipynb"
    assert seen[0].headers["authorization"] == "Bearer secret"
    assert seen[0].content == b"{}"


async def test_a_run_is_started_with_its_parameters_and_told_cell_by_cell() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            assert request.url.path == "/api/v1/notebooks/n1/runs"
            assert msgspec.json.decode(request.content) == {"params": {"x": 1}, "allow_stdin": True}
            return httpx.Response(202, json=RUN)
        return httpx.Response(200, json={"runs": [RUN]} if request.url.path == "/api/v1/runs" else RUN)

    async with client(answer) as noctule:
        run_id = await noctule.run(NotebookId("n1"), {"x": 1})
        run = await noctule.run_info(run_id)
        assert (run.id, run.state, run.cells[0].state) == ("r1", "running", "ok")
        assert [each.id for each in await noctule.list_runs()] == ["r1"]


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, Unauthorized), (404, NotFound), (409, Conflict), (422, Invalid), (507, StorageFull), (503, Unavailable)],
)
async def test_a_problem_of_the_server_is_the_same_error_here(status: int, kind: type[Exception]) -> None:
    body = {"code": "some-code", "title": "It did not work.", "detail": "Do this.", "status": status}
    async with client(lambda _: httpx.Response(status, json=body)) as noctule:
        with pytest.raises(kind) as caught:
            await noctule.list_runs()
    assert (caught.value.code, caught.value.detail) == ("some-code", "Do this.")  # type: ignore[attr-defined]


async def test_an_answer_of_something_else_is_not_taken_for_noctules() -> None:
    for response in (httpx.Response(200, text="<html>"), httpx.Response(302, headers={"location": "/login"})):
        async with client(lambda _, response=response: response) as noctule:  # type: ignore[misc]
            with pytest.raises(Unavailable) as caught:
                await noctule.list_runs()
            assert caught.value.code == "not-noctule"
    async with client(lambda _: httpx.Response(502, text="bad gateway")) as noctule:
        with pytest.raises(Unavailable, match="http-502"):
            await noctule.list_runs()


async def test_a_server_that_is_not_there_is_named() -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    async with client(answer) as noctule:
        with pytest.raises(Unavailable, match=r"127\.0\.0\.1:8600") as caught:
            await noctule.list_runs()
    assert caught.value.code == "server-unreachable"


@pytest.mark.parametrize("run_id", ["", "..", "a/b", "a?b", "%2e%2e"])
async def test_an_id_cannot_lead_to_another_place(run_id: str) -> None:
    async with client(lambda request: pytest.fail(str(request.url))) as noctule:
        with pytest.raises(Invalid):
            await noctule.run_info(BatchId(run_id))


def test_what_is_no_address_is_refused() -> None:
    for url in ("nowhere", "ftp://x", "http://[bad"):
        with pytest.raises(Invalid):
            NoctuleClient(url, "")
