"""Drive over HTTP: files, folders, bytes and uploads, and what is there after a broken connection or a `kill -9`."""

import asyncio
import base64
import hashlib
import io
import os
import zipfile
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import msgspec
import psutil
import pytest

from noctule.app import Core
from noctule_agent.wire.limits import MB
from tests.support.notebooks import ipynb
from tests.support.server import ServerProcess, StartServer

V1 = "/api/v1"
ROOT = f"{V1}/items/root"
LARGE = 64 * MB


@pytest.fixture
def files(core: Core) -> Path:
    """The person's tree on the disk."""
    return core.config.drive / "you"


def of_server(server: ServerProcess) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=server.url, headers={"authorization": f"Bearer {server.token}"}, timeout=60, trust_env=False
    )


def code(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]


def ok(answer: httpx.Response) -> Any:
    assert answer.is_success, answer.text
    return answer.json()


async def upload(
    http: httpx.AsyncClient, name: str, data: bytes, folder: str = "root", id_: str = "u1", **more: Any
) -> Any:
    """All of it at once; the item."""
    wish = {"upload": id_, "name": name, "size": len(data), **more}
    found = ok(await http.post(f"{V1}/items/{folder}/uploads", json=wish))
    if found["item"] is None:
        found = ok(await http.patch(f"{V1}/uploads/{id_}", params={"offset": found["offset"]}, content=data))
    return found["item"]


async def names(http: httpx.AsyncClient, folder: str = "root", **params: Any) -> list[str]:
    return [item["name"] for item in ok(await http.get(f"{V1}/items/{folder}/children", params=params))["items"]]


# --- lists ---


@pytest.mark.parametrize(
    ("params", "first"),
    [
        ({}, "z"),
        ({"descending": "true"}, "f10"),
        ({"sort": "size", "descending": "true"}, "f9"),
        ({"sort": "changed"}, None),
    ],
)
async def test_pages_of_a_folder_follow_one_another_in_each_order(
    program: httpx.AsyncClient, files: Path, params: dict[str, str], first: str | None
) -> None:
    (files / "z").mkdir()
    for number in (1, 10, 2, 9):
        (files / f"f{number}").write_bytes(b"x" * (number % 10))
    whole = await names(program, **params)
    assert sorted(whole) == ["f1", "f10", "f2", "f9", "z"]
    assert first is None or whole[0] == first
    found: list[str] = []
    after: dict[str, str] = {}
    for _ in range(3):
        page = ok(await program.get(f"{ROOT}/children", params={**params, **after, "limit": 2}))
        found += [item["name"] for item in page["items"]]
        after = {"after": page["after"]}
    assert page["after"] is None
    assert found == whole


def cursor(*values: Any) -> str:
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(values)).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "%%%",
        "ü",
        cursor(),
        cursor("name"),
        cursor("name", "no bytes"),
        cursor("name", b"a", b"b"),
        cursor("changed", 1, b"a"),
        cursor("name-", b"a"),
        cursor("nothing", b"a"),
        cursor(1, b"a"),
        cursor("name", None),
        base64.urlsafe_b64encode(msgspec.msgpack.encode({"a": 1})).decode(),
    ],
)
async def test_what_is_no_place_in_a_list_is_refused(program: httpx.AsyncClient, text: str) -> None:
    assert code(await program.get(f"{ROOT}/children", params={"after": text})) == (422, "cursor-invalid")


@pytest.mark.parametrize("text", [cursor("bin", 2**63, "a"), cursor("bin", 1, "a\0"), cursor("recent", 1, "a")])
async def test_a_place_of_another_view_is_refused(program: httpx.AsyncClient, text: str) -> None:
    answer = await program.get(f"{V1}/items", params={"view": "bin", "after": text})
    assert code(answer) == (422, "cursor-invalid")
    assert code(await program.get(f"{V1}/items")) == (422, "view-missing")


async def test_views_and_search_show_what_they_are_for(program: httpx.AsyncClient) -> None:
    folder = ok(await program.post(f"{ROOT}/folders", json={"name": "Reports 2024"}))
    item = await upload(program, "Übersicht Mai.csv", b"a,b", folder["id"])
    starred = ok(await program.patch(f"{V1}/items/{item['id']}/mine", json={"starred": True}))
    assert starred["starred"]
    notebook = ok(await program.post(f"{ROOT}/notebooks", json={}))
    await program.get(f"{V1}/notebooks/{notebook['id']}")

    async def listed(**params: str) -> list[str]:
        return [item["id"] for item in ok(await program.get(f"{V1}/items", params=params))["items"]]

    assert await listed(view="starred") == [item["id"]]
    assert await listed(view="recent") == [notebook["id"]]
    assert await listed(view="shared") == []
    assert await listed(search="übersicht CSV") == [item["id"]]
    assert await listed(search="reports") == [folder["id"]]
    ok(await program.delete(f"{V1}/items/{folder['id']}"))
    assert await listed(view="bin") == [folder["id"]]
    assert await listed(search="übersicht") == []
    assert await listed(search="\0") == []
    info = ok(await program.get(f"{V1}/drive"))
    assert (info["root"], info["quota"], info["tight"]) == ("you", None, False)
    assert info["used"] >= 3


# --- making and changing ---


async def test_an_item_tells_the_folders_above_it(program: httpx.AsyncClient) -> None:
    one = ok(await program.post(f"{ROOT}/folders", json={"name": "one"}))
    two = ok(await program.post(f"{V1}/items/{one['id']}/folders", json={"name": "two"}))
    found = ok(await program.get(f"{V1}/items/{two['id']}"))
    assert [above["name"] for above in found["path"]] == ["", "one"]
    assert (found["item"]["kind"], found["item"]["parent"], found["item"]["role"]) == ("folder", one["id"], "owner")
    assert code(await program.post(f"{ROOT}/folders", json={"name": "one"})) == (409, "name-taken")
    for name in ("", ".", "..", "a/b", "\0", ".noctule", "a" * 256, "CON", "x\u202ey"):
        assert code(await program.post(f"{ROOT}/folders", json={"name": name})) == (422, "name-invalid"), name


async def test_a_notebook_is_made_from_a_template_and_gets_a_number(program: httpx.AsyncClient) -> None:
    templates = ok(await program.get(f"{V1}/templates"))["templates"]
    made = ok(await program.post(f"{ROOT}/notebooks", json={"template": templates[0]["id"]}))
    assert (made["kind"], made["name"].endswith(".ipynb")) == ("notebook", True)
    plain = [ok(await program.post(f"{ROOT}/notebooks", json={}))["name"] for _ in range(2)]
    assert plain == ["Untitled.ipynb", "Untitled (2).ipynb"]
    answer = await program.post(f"{ROOT}/notebooks", json={"name": "x.py", "template": templates[0]["id"]})
    assert ok(answer)["name"] == "x.py.ipynb"
    assert code(await program.post(f"{ROOT}/notebooks", json={"template": "none"}))[0] == 404


async def test_ids_stay_with_rename_and_move_and_nothing_is_replaced(program: httpx.AsyncClient, files: Path) -> None:
    folder = ok(await program.post(f"{ROOT}/folders", json={"name": "d"}))
    item = await upload(program, "a.txt", b"a")
    await upload(program, "b.txt", b"b", id_="u2")
    here = f"{V1}/items/{item['id']}"
    assert code(await program.patch(here, json={"name": "b.txt"})) == (409, "name-taken")
    moved = ok(await program.patch(here, json={"parent": folder["id"], "name": "c.txt"}))
    assert (moved["id"], moved["name"], moved["parent"]) == (item["id"], "c.txt", folder["id"])
    assert (files / "d" / "c.txt").read_bytes() == b"a"
    assert code(await program.patch(f"{V1}/items/{folder['id']}", json={"parent": folder["id"]})) == (
        422,
        "into-itself",
    )
    assert code(await program.patch(ROOT, json={"name": "x"})) == (422, "item-fixed")
    assert code(await program.patch(here, json={"parent": item["id"]})) == (422, "not-a-folder")
    copies = [ok(await program.post(f"{V1}/items/{folder['id']}/copy", json={}))["name"] for _ in range(2)]
    assert copies == ["d (2)", "d (3)"]
    assert (files / "d (3)" / "c.txt").read_bytes() == b"a"
    assert code(await program.post(f"{ROOT}/copy", json={}))[0] in (409, 422)


async def test_what_was_deleted_comes_back_or_is_gone_for_ever(program: httpx.AsyncClient, files: Path) -> None:
    item = await upload(program, "a.txt", b"a")
    here = f"{V1}/items/{item['id']}"
    assert code(await program.delete(here, params={"forever": "true"})) == (422, "not-in-bin")
    assert ok(await program.delete(here))["binned_at"] is not None
    assert ok(await program.delete(here))["id"] == item["id"]
    assert not (files / "a.txt").exists()
    assert code(await program.get(f"{here}/content")) == (404, "item-not-found")
    await upload(program, "a.txt", b"other", id_="u2")
    back = ok(await program.post(f"{here}/restore"))
    assert (back["id"], back["name"], back["binned_at"]) == (item["id"], "a (2).txt", None)
    ok(await program.delete(here))
    ok(await program.delete(here, params={"forever": "true"}))
    assert code(await program.get(here)) == (404, "item-not-found")
    other = await upload(program, "b.txt", b"b", id_="u3")
    ok(await program.delete(f"{V1}/items/{other['id']}"))
    assert (await program.delete(f"{V1}/items", params={"view": "bin"})).status_code == 204
    assert ok(await program.get(f"{V1}/items", params={"view": "bin"}))["items"] == []
    assert list((files.parent / ".noctule" / "bin").iterdir()) == []


async def test_deleting_the_root_is_refused_and_closes_no_notebook(program: httpx.AsyncClient, core: Core) -> None:
    made = ok(await program.post(f"{ROOT}/notebooks", json={}))
    assert made["id"] in core.rooms.opened
    assert code(await program.delete(ROOT)) == (422, "item-fixed")
    assert made["id"] in core.rooms.opened


async def test_unknown_ids_are_not_found_everywhere(program: httpx.AsyncClient) -> None:
    for id_ in ("nothing", "%00", "a%00b", "%ED%A0%80", "x" * 5000):
        item = f"{V1}/items/{id_}"
        wish = {"upload": "u1", "name": "a", "size": 1}
        for answer in (
            await program.get(item),
            await program.get(f"{item}/children"),
            await program.get(f"{item}/content"),
            await program.patch(item, json={"name": "a"}),
            await program.patch(f"{item}/mine", json={"starred": True}),
            await program.delete(item),
            await program.post(f"{item}/folders", json={"name": "a"}),
            await program.post(f"{item}/notebooks", json={"name": "a"}),
            await program.post(f"{item}/copy", json={}),
            await program.post(f"{item}/restore"),
            await program.post(f"{item}/uploads", json=wish),
        ):
            assert answer.status_code == 404, (id_, answer.url, answer.text)
    for answer in (
        await program.get(f"{V1}/uploads/nothing"),
        await program.patch(f"{V1}/uploads/nothing", params={"offset": 0}, content=b"a"),
        await program.delete(f"{V1}/uploads/nothing"),
    ):
        assert code(answer) == (404, "upload-not-found")


# --- bytes ---


async def test_bytes_come_whole_in_ranges_and_not_again(program: httpx.AsyncClient, files: Path) -> None:
    item = await upload(program, "a b#ü.bin", bytes(range(256)) * 40)
    here = f"{V1}/items/{item['id']}/content"
    whole = await program.get(here)
    assert whole.content == bytes(range(256)) * 40
    assert whole.headers["content-disposition"] == "attachment; filename*=UTF-8''a%20b%23%C3%BC.bin"
    etag = whole.headers["etag"]
    for asked in (etag, f"W/{etag}", f'"x", {etag}'):
        again = await program.get(here, headers={"if-none-match": asked})
        assert (again.status_code, again.content) == (304, b"")
    part = await program.get(here, headers={"range": "bytes=10-19", "if-range": etag})
    assert (part.status_code, part.content) == (206, bytes(range(10, 20)))
    assert part.headers["content-range"] == "bytes 10-19/10240"
    assert (await program.get(here, headers={"range": "bytes=-5"})).content == bytes(range(251, 256))
    other = await program.get(here, headers={"range": "bytes=10-19", "if-range": '"another"'})
    assert (other.status_code, len(other.content)) == (200, 10240)
    (files / "a b#ü.bin").write_bytes(b"new")
    changed = await program.get(here, headers={"range": "bytes=1-", "if-range": etag})
    assert (changed.status_code, changed.content) == (200, b"new")


@pytest.mark.parametrize(
    ("name", "media_type", "kind"),
    [
        ("a.html", "application/octet-stream", "attachment"),
        ("a.xhtml", "application/octet-stream", "attachment"),
        ("a.js", "application/octet-stream", "attachment"),
        ("a.svg", "image/svg+xml", "inline"),
        ("a.png", "image/png", "inline"),
        ("a.txt", "text/plain; charset=utf-8", "inline"),
        ("a.ipynb", "text/plain; charset=utf-8", "inline"),
    ],
)
async def test_what_a_file_holds_is_never_a_page_of_this_origin(
    program: httpx.AsyncClient, name: str, media_type: str, kind: str
) -> None:
    item = await upload(program, name, b"<script>alert(1)</script>")
    for inline in ("true", "false"):
        answer = await program.get(f"{V1}/items/{item['id']}/content", params={"inline": inline})
        wanted = (media_type, kind) if inline == "true" else ("application/octet-stream", "attachment")
        assert (answer.headers["content-type"], answer.headers["content-disposition"].partition(";")[0]) == wanted
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("sandbox;")
        assert "allow-scripts" not in policy
        assert "default-src 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


async def test_a_folder_is_a_zip_of_what_is_below(program: httpx.AsyncClient, files: Path) -> None:
    (files / "d" / "e").mkdir(parents=True)
    (files / "d" / "e" / "ü.txt").write_bytes(b"deep")
    (files / "d" / "empty").write_bytes(b"")
    (files / "d" / "link").symlink_to("/etc/passwd")
    [folder] = ok(await program.get(f"{ROOT}/children"))["items"]
    answer = await program.get(f"{V1}/items/{folder['id']}/content")
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''d.zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as found:
        assert found.testzip() is None
        kept = {info.filename: found.read(info) for info in found.infolist() if not info.is_dir()}
    assert kept["d/e/ü.txt"] == b"deep"
    assert kept["d/empty"] == b""
    assert not any(b"root:" in data for data in kept.values())


async def test_the_content_of_a_live_notebook_is_what_is_committed(program: httpx.AsyncClient, core: Core) -> None:
    made = ok(await program.post(f"{ROOT}/notebooks", json={"name": "n"}))
    answer = await program.get(f"{V1}/items/{made['id']}/content")
    assert answer.json()["cells"][0]["source"] in ("", [])
    item = await upload(program, "m.ipynb", ipynb("print(1)"))
    opened = await core.rooms.projection(item["id"])
    opened.touch()
    copied = ok(await program.post(f"{V1}/items/{item['id']}/copy", json={}))
    assert (copied["name"], copied["id"] != item["id"]) == ("m (2).ipynb", True)
    file = (await program.get(f"{V1}/items/{copied['id']}/content")).json()
    assert "".join(file["cells"][0]["source"]) == "print(1)"


async def test_a_name_that_is_no_text_and_a_link_are_shown_and_kept_apart(
    program: httpx.AsyncClient, files: Path
) -> None:
    (files / os.fsdecode(b"\xff.txt")).write_bytes(b"odd")
    (files / "link").symlink_to("/etc/passwd")
    found = {item["kind"]: item for item in ok(await program.get(f"{ROOT}/children"))["items"]}
    here = f"{V1}/items/{found['file']['id']}"
    assert (await program.get(f"{here}/content")).content == b"odd"
    assert code(await program.get(f"{V1}/items/{found['other']['id']}/content"))[0] in (403, 409)
    renamed = ok(await program.patch(here, json={"name": "even.txt"}))
    assert (renamed["name"], renamed["id"]) == ("even.txt", found["file"]["id"])
    answer = await program.patch(here, content=b'{"name": "a\\ud800b"}', headers={"content-type": "application/json"})
    assert code(answer)[0] in (400, 422)


# --- uploads ---


async def test_an_upload_comes_in_chunks_into_folders_that_it_makes(program: httpx.AsyncClient, files: Path) -> None:
    data = bytes(range(256)) * 100
    wish = {
        "upload": "u1",
        "name": "a.bin",
        "size": len(data),
        "path": "x/y",
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    assert ok(await program.post(f"{ROOT}/uploads", json=wish)) == {"upload": "u1", "offset": 0, "item": None}
    for start in range(0, len(data), 10_000):
        assert ok(await program.post(f"{ROOT}/uploads", json=wish))["offset"] == start
        assert not (files / "x").exists()
        answer = await program.patch(f"{V1}/uploads/u1", params={"offset": start}, content=data[start : start + 10_000])
        assert ok(answer)["offset"] == min(start + 10_000, len(data))
    item = answer.json()["item"]
    assert (item["name"], item["size"]) == ("a.bin", len(data))
    assert (files / "x" / "y" / "a.bin").read_bytes() == data
    # Whoever heard no answer asks again, in each way.
    assert ok(await program.get(f"{V1}/uploads/u1"))["item"]["id"] == item["id"]
    assert ok(await program.post(f"{ROOT}/uploads", json=wish))["item"]["id"] == item["id"]
    late = await program.patch(f"{V1}/uploads/u1", params={"offset": 20_000}, content=data[20_000:])
    assert code(late) == (409, "upload-offset")
    assert str(len(data)) in late.json()["detail"]
    # Also when it was moved since.
    ok(await program.patch(f"{V1}/items/{item['id']}", json={"parent": "root", "name": "b.bin"}))
    assert ok(await program.get(f"{V1}/uploads/u1"))["item"]["name"] == "b.bin"
    again = await upload(program, "b.bin", b"", id_="u2")
    assert (again["name"], again["size"]) == ("b (2).bin", 0)
    differs = await program.post(f"{ROOT}/uploads", json={**wish, "size": 1})
    assert code(differs) == (409, "upload-differs")


async def test_wrong_uploads_are_refused_and_leave_nothing(program: httpx.AsyncClient, files: Path) -> None:
    async def begun(**wish: Any) -> httpx.Response:
        return await program.post(f"{ROOT}/uploads", json={"upload": "u", "name": "a", "size": 3, **wish})

    for wish, status in (
        ({"size": -1}, 400),
        ({"size": 10**30}, 400),
        ({"size": 2**53}, 507),
        ({"upload": "../x"}, 400),
        ({"name": ""}, 422),
        ({"name": ".noctule-x"}, 422),
        ({"name": "a" * 300}, 422),
        ({"path": "a/" * 101}, 422),
        ({"path": "a" * 300}, 422),
        ({"sha256": "x"}, 422),
    ):
        answer = await begun(**wish)
        assert code(answer)[0] == status, (wish, answer.text)
    ok(await begun())
    here = f"{V1}/uploads/u"
    assert code(await program.patch(here, content=b"a"))[0] == 400
    wrong = await program.patch(here, params={"offset": 2}, content=b"a")
    assert code(wrong) == (409, "upload-offset")
    assert "0" in wrong.json()["detail"]
    assert code(await program.patch(here, params={"offset": 0}, content=b"abcd")) == (409, "upload-too-long")
    ok(await program.patch(here, params={"offset": 0}, content=b"ab"))
    assert (await program.delete(here)).status_code == 204
    assert code(await program.get(here)) == (404, "upload-not-found")
    ok(await begun(sha256="0" * 64))
    assert code(await program.patch(here, params={"offset": 0}, content=b"abc")) == (422, "upload-checksum")
    assert code(await program.get(here)) == (404, "upload-not-found")
    assert list(files.iterdir()) == []
    assert list((files.parent / ".noctule" / "uploads").iterdir()) == []


@pytest.mark.parametrize(
    "wish",
    [
        {"name": "../../evil"},
        {"name": "/etc/evil"},
        {"name": "evil", "path": "../.."},
        {"name": "evil", "path": "/../.."},
        {"name": "evil", "path": "a/../../.."},
        {"name": "ev\0il"},
        {"name": ".."},
    ],
)
async def test_no_name_and_no_path_leads_out_of_the_folder(
    program: httpx.AsyncClient, files: Path, wish: dict[str, str]
) -> None:
    ok(await program.post(f"{ROOT}/folders", json={"name": "in"}))
    [folder] = ok(await program.get(f"{ROOT}/children"))["items"]
    before = {path for path in files.parent.rglob("*") if ".noctule" not in path.parts}
    item = await upload(program, wish["name"], b"x", folder["id"], path=wish.get("path", ""))
    made = {path for path in files.parent.rglob("*") if ".noctule" not in path.parts} - before
    assert item is not None
    assert made
    assert all(path.is_relative_to(files / "in") for path in made)


async def test_a_link_in_the_way_of_an_upload_is_not_followed(
    program: httpx.AsyncClient, files: Path, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (files / "link").symlink_to(tmp_path / "out")
    ok(await program.post(f"{ROOT}/uploads", json={"upload": "u", "name": "a", "size": 1, "path": "link"}))
    answer = await program.patch(f"{V1}/uploads/u", params={"offset": 0}, content=b"x")
    assert code(answer) == (409, "name-taken")
    assert list((tmp_path / "out").iterdir()) == []


async def test_what_is_replaced_is_the_version_that_was_seen(program: httpx.AsyncClient, files: Path) -> None:
    item = await upload(program, "a.txt", b"old")
    over = await upload(program, "a.txt", b"newer", id_="u2", over=item["version"])
    assert (over["id"], over["name"], over["size"]) == (item["id"], "a.txt", 5)
    assert ok(await program.get(f"{V1}/uploads/u2"))["item"]["id"] == item["id"]
    ok(
        await program.post(
            f"{ROOT}/uploads", json={"upload": "u3", "name": "a.txt", "size": 1, "over": item["version"]}
        )
    )
    answer = await program.patch(f"{V1}/uploads/u3", params={"offset": 0}, content=b"x")
    assert code(answer) == (409, "file-changed")
    assert (files / "a.txt").read_bytes() == b"newer"


# --- what stops in the middle ---


class Broken(Exception):
    pass


async def slowly(data: bytes, stop: int) -> AsyncIterator[bytes]:
    for start in range(0, stop, 64 * 1024):
        yield data[start : min(start + 64 * 1024, stop)]
    raise Broken


async def test_an_upload_goes_on_where_the_connection_or_the_server_broke(start_server: StartServer) -> None:
    server = await start_server()
    data = os.urandom(24 * MB)
    files = server.data / "drive" / "you"
    wish = {"upload": "u", "name": "a.bin", "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    async with of_server(server) as http:
        ok(await http.post(f"{ROOT}/uploads", json=wish))
        with suppress(Broken):
            await http.patch(
                f"{V1}/uploads/u",
                params={"offset": 0},
                content=slowly(data, 10 * MB),
                headers={"content-length": str(len(data))},
            )
        offset = 0
        for _ in range(50):
            offset = ok(await http.get(f"{V1}/uploads/u"))["offset"]
            if offset == 10 * MB:
                break
            await asyncio.sleep(0.1)
        # All that arrived before the break was kept.
        assert offset == 10 * MB
        assert list(files.iterdir()) == []

        sending = asyncio.create_task(http.patch(f"{V1}/uploads/u", params={"offset": offset}, content=data[offset:]))
        await asyncio.sleep(0.05)
        await server.kill()
        with pytest.raises(httpx.TransportError):
            await sending
        placed = [path.name for path in files.iterdir()]
        assert placed in ([], ["a.bin"])
        await server.start()
        found = ok(await http.get(f"{V1}/uploads/u"))
        if found["item"] is None:
            rest = data[found["offset"] :]
            found = ok(await http.patch(f"{V1}/uploads/u", params={"offset": found["offset"]}, content=rest))
        assert await names(http) == ["a.bin"]
        got = await http.get(f"{V1}/items/{found['item']['id']}/content")
        assert hashlib.sha256(got.content).hexdigest() == wish["sha256"]


async def test_a_server_killed_while_it_moves_leaves_each_file_in_one_place_with_its_id(
    start_server: StartServer,
) -> None:
    server = await start_server()
    async with of_server(server) as http:
        folders = [ok(await http.post(f"{ROOT}/folders", json={"name": name}))["id"] for name in ("one", "two")]
        ids = {}
        for number in range(8):
            item = await upload(http, f"f{number}", b"%d" % number, folders[0], id_=f"u{number}")
            ids[item["name"]] = item["id"]
        for round_ in range(2):

            async def move(id_: str, times: int = 40) -> None:
                for time in range(times):
                    await http.patch(f"{V1}/items/{id_}", json={"parent": folders[(time + 1) % 2]})

            moving = [asyncio.create_task(move(id_)) for id_ in ids.values()]
            await asyncio.sleep(0.2 + 0.15 * round_)
            await server.kill()
            await asyncio.gather(*moving, return_exceptions=True)
            await server.start()
            found: list[tuple[str, str]] = []
            for folder in folders:
                page = ok(await http.get(f"{V1}/items/{folder}/children"))
                found += [(item["name"], item["id"]) for item in page["items"]]
            assert sorted(found) == sorted(ids.items())
            for name, id_ in ids.items():
                assert (await http.get(f"{V1}/items/{id_}/content")).content == name[1:].encode()
    assert list((server.data / "drive" / ".noctule" / "staged").iterdir()) == []


async def test_a_large_chunk_takes_little_memory(start_server: StartServer) -> None:
    server = await start_server()
    process = psutil.Process(server.pid)
    piece = os.urandom(MB)

    async def body() -> AsyncIterator[bytes]:
        for _ in range(LARGE // MB):
            yield piece

    async with of_server(server) as http:
        await upload(http, "warm", b"x" * MB, id_="w")
        before = most = process.memory_info().rss
        ok(await http.post(f"{ROOT}/uploads", json={"upload": "u", "name": "a", "size": LARGE}))
        sending = asyncio.create_task(
            http.patch(f"{V1}/uploads/u", params={"offset": 0}, content=body(), headers={"content-length": str(LARGE)})
        )
        while not sending.done():
            most = max(most, process.memory_info().rss)
            await asyncio.sleep(0.01)
        item = ok(await sending)["item"]
        assert item["size"] == LARGE
        assert most - before < 40 * MB
        got = 0
        async with http.stream("GET", f"{V1}/items/{item['id']}/content") as answer:
            async for part in answer.aiter_bytes():
                got += len(part)
                most = max(most, process.memory_info().rss)
        assert got == LARGE
        assert most - before < 40 * MB
