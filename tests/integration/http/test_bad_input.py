"""Bad input is answered with a clear problem, never a 500, and never costs a notebook."""

import json
from typing import Any

import httpx
import pytest

from tests.support.notebooks import ipynb

UPLOAD = "/api/v1/notebooks/upload"


async def upload(client: httpx.AsyncClient, data: bytes) -> httpx.Response:
    return await client.post(UPLOAD, params={"name": "bad.ipynb"}, content=data)


def with_cells(*cells: dict[str, Any], **extra: Any) -> bytes:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **extra}).encode()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "notebook-not-json"),
        (b"{not json", "notebook-not-json"),
        (b"\xff\xfe\x00", "notebook-not-json"),
        (b"[]", "notebook-invalid"),
        (b'"text"', "notebook-invalid"),
        (b"{}", "notebook-invalid"),
        (json.dumps({"nbformat": 5, "nbformat_minor": 0, "metadata": {}, "cells": []}).encode(), "notebook-version"),
        (b"[" * 100_000 + b"]" * 100_000, "notebook-too-deep"),
        (with_cells(metadata={"deep": json.loads("[" * 500 + "]" * 500)}), "notebook-too-deep"),
    ],
)
async def test_what_is_no_notebook_is_refused_with_its_reason(
    program: httpx.AsyncClient, data: bytes, code: str
) -> None:
    answer = await upload(program, data)
    assert answer.status_code in (413, 422), answer.text
    assert answer.json()["code"] == code
    assert answer.json()["title"]
    assert (await program.get("/api/v1/notebooks")).json()["notebooks"] == []


async def test_ten_thousand_cells_are_taken_and_one_more_is_not(program: httpx.AsyncClient) -> None:
    cell = {"cell_type": "code", "source": "1", "metadata": {}, "outputs": [], "execution_count": None}
    answer = await upload(program, with_cells(*[cell] * 10_000))
    assert answer.status_code == 201, answer.text
    found = await program.get(f"/api/v1/notebooks/{answer.json()['id']}/file")
    assert len(found.json()["cells"]) == 10_000
    answer = await upload(program, with_cells(*[cell] * 10_001))
    assert answer.json()["code"] == "notebook-too-many-cells"


async def test_lone_surrogates_become_replacement_characters(program: httpx.AsyncClient) -> None:
    data = ipynb("x").replace(b'"x"', b'"a \\ud800 b"')
    answer = await upload(program, data)
    assert answer.status_code == 201, answer.text
    found = await program.get(f"/api/v1/notebooks/{answer.json()['id']}/file")
    assert found.json()["cells"][0]["source"] in ("a \ufffd b", ["a \ufffd b"])


async def test_a_hundred_megabytes_of_output_are_kept_whole(program: httpx.AsyncClient) -> None:
    line = "0123456789abcdef" * 4 + "\n"
    text = line * (100 * 1024 * 1024 // len(line))
    cell = {
        "cell_type": "code",
        "source": "",
        "metadata": {},
        "execution_count": 1,
        "outputs": [{"output_type": "stream", "name": "stdout", "text": text}],
    }
    answer = await upload(program, with_cells(cell))
    assert answer.status_code == 201, answer.text
    found = await program.get(f"/api/v1/notebooks/{answer.json()['id']}/file")
    kept = found.json()["cells"][0]["outputs"][0]["text"]
    assert ("".join(kept) if isinstance(kept, list) else kept) == text


@pytest.mark.parametrize("name", ["../evil.ipynb", "a/b.ipynb", "\x00.ipynb", ".noctule.ipynb", "a" * 300])
async def test_a_name_that_would_leave_the_folder_is_refused(program: httpx.AsyncClient, name: str) -> None:
    answer = await program.post("/api/v1/notebooks", json={"name": name})
    assert answer.status_code == 422
    assert answer.json()["code"] == "name-invalid"


async def test_unknown_things_are_not_found(program: httpx.AsyncClient) -> None:
    for path, code in (
        ("/api/v1/notebooks/nothing", "notebook-not-found"),
        ("/api/v1/notebooks/nothing/file", "notebook-not-found"),
        ("/api/v1/runs/nothing", "run-not-found"),
        ("/api/v1/notebooks/nothing/outputs/none/text", "output-not-found"),
        ("/api/v1/nowhere", "not-found"),
    ):
        answer = await program.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, code), path


async def test_a_body_that_does_not_decode_is_a_bad_request(program: httpx.AsyncClient) -> None:
    answer = await program.post("/api/v1/notebooks", content=b"{", headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["code"] == "request-invalid"


async def test_a_taken_name_gets_a_number_and_renaming_to_one_is_refused(program: httpx.AsyncClient) -> None:
    first = (await program.post("/api/v1/notebooks", json={"name": "a.ipynb"})).json()
    second = (await program.post("/api/v1/notebooks", json={"name": "a.ipynb"})).json()
    assert (first["name"], second["name"]) == ("a.ipynb", "a (2).ipynb")
    answer = await program.patch(f"/api/v1/notebooks/{second['id']}", json={"name": "a.ipynb"})
    assert answer.json()["code"] == "name-taken"
    answer = await program.patch(f"/api/v1/notebooks/{second['id']}", json={"name": "b"})
    assert answer.json()["name"] == "b.ipynb"
    assert (await program.delete(f"/api/v1/notebooks/{first['id']}")).status_code == 204
    names = [one["name"] for one in (await program.get("/api/v1/notebooks")).json()["notebooks"]]
    assert names == ["b.ipynb"]
