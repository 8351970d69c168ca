"""Who may come in: an attacker in another tab, on another host name, or without the link, gets nothing."""

from pathlib import Path

import httpx
import pytest

from noctule import instance
from noctule.app import Core
from noctule.http import static


async def test_without_a_session_nothing_is_shown(anonymous: httpx.AsyncClient) -> None:
    for path in ("/api/v1/notebooks", "/api/v1/runs", "/api/v1/me", "/metrics", "/api/v1/openapi.json"):
        answer = await anonymous.get(path)
        assert answer.status_code == 401, path
        assert answer.json()["code"] == "no-session"
        assert answer.headers["content-type"] == "application/problem+json"


async def test_health_is_answered_to_anyone(anonymous: httpx.AsyncClient) -> None:
    assert (await anonymous.get("/healthz")).json()["status"] == "ok"
    assert (await anonymous.get("/readyz")).text == "ok"


async def test_the_printed_link_opens_a_session_and_hides_the_token(core: Core, anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.get("/", params={"token": instance.token(core.config.data)})
    assert answer.headers["location"] == "/"
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("noctule_session="))
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert (await anonymous.get("/api/v1/me")).json()["mode"] == "personal"


async def test_a_wrong_token_opens_nothing(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.get("/", params={"token": "guess"})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    answer = await anonymous.get("/api/v1/notebooks", headers={"authorization": "Bearer guess"})
    assert answer.json()["code"] == "token-invalid"


async def test_a_change_without_the_csrf_header_is_refused(browser: httpx.AsyncClient) -> None:
    del browser.headers["x-noctule-csrf"]
    answer = await browser.post("/api/v1/notebooks", json={"name": "a.ipynb"})
    assert answer.status_code == 403
    assert answer.json()["code"] == "csrf-refused"
    assert (await browser.get("/api/v1/notebooks")).json()["notebooks"] == []


async def test_a_change_from_another_origin_is_refused_even_with_the_header(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/api/v1/notebooks", json={}, headers={"origin": "http://evil.example"})
    assert answer.json()["code"] == "origin-refused"


async def test_another_host_name_is_refused(program: httpx.AsyncClient) -> None:
    """DNS rebinding: a page of an attacker whose name was pointed at 127.0.0.1."""
    answer = await program.get("/api/v1/notebooks", headers={"host": "evil.example:8600"})
    assert answer.status_code == 403
    assert answer.json()["code"] == "host-refused"


@pytest.mark.parametrize(
    "host", ["localhost:1; script-src *", "localhost:1 evil.example", "[", "[::1", "localhost:x", "x@localhost", ""]
)
async def test_a_host_that_is_none_is_refused_and_gets_into_no_policy(program: httpx.AsyncClient, host: str) -> None:
    for path in ("/static/frame/x.html", "/api/v1/notebooks"):
        answer = await program.get(path, headers={"host": host})
        assert answer.status_code == 403
        assert answer.json()["code"] == "host-refused"


@pytest.mark.parametrize("origin", ["http://[", "evil.example", "//127.0.0.1", "http://x@", "file://"])
async def test_an_origin_that_is_none_is_refused(browser: httpx.AsyncClient, origin: str) -> None:
    answer = await browser.post("/api/v1/notebooks", json={}, headers={"origin": origin})
    assert answer.status_code == 403
    assert answer.json()["code"] == "origin-refused"


async def test_the_page_has_its_policy_by_whatever_path_it_is_asked_for(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.get("/static/index.html")
    if answer.status_code == 404:
        pytest.skip("the page is not built: run `make page`")
    assert answer.headers["content-security-policy"] == static.PAGE_CSP


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static//etc/passwd"])
async def test_no_path_leaves_the_static_folder(program: httpx.AsyncClient, path: str) -> None:
    answer = await program.get(path)
    assert answer.status_code in (400, 404)
    assert b"open_core" not in answer.content
    assert b"root:" not in answer.content


async def test_the_page_forbids_foreign_scripts_and_frames(program: httpx.AsyncClient) -> None:
    answer = await program.get("/")
    if answer.status_code == 404:
        pytest.skip("the page is not built: run `make page`")
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "null"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
    ],
)
async def test_what_an_output_frame_asks_for_is_refused_even_with_the_cookie(
    browser: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await browser.get("/api/v1/notebooks", headers=headers)
    assert answer.status_code == 403
    assert answer.json()["code"] == "origin-refused"


async def test_a_link_from_elsewhere_opens_the_page(browser: httpx.AsyncClient) -> None:
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert (await browser.get("/api/v1/notebooks", headers=headers)).status_code == 200


async def test_a_notebooks_file_is_saved_and_never_run_as_a_script_or_a_page(program: httpx.AsyncClient) -> None:
    """A script of ours could else be what a notebook says: as Python, which is good JavaScript now and then."""
    book = f"/api/v1/notebooks/{(await program.post('/api/v1/notebooks', json={})).json()['id']}"
    revision = (await program.post(f"{book}/revisions", json={"name": "kept"})).json()["id"]
    for path in (f"{book}/file", f"{book}/file?format=py", f"{book}/revisions/{revision}/file"):
        answer = await program.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["content-disposition"].startswith("attachment; ")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")


async def test_files_of_output_frames_are_for_any_origin_and_sandboxed(anonymous: httpx.AsyncClient) -> None:
    documents = sorted((static.ROOT / "frame").glob("*.html"))
    if not documents:
        pytest.skip("the page is not built: run `make page`")
    answer = await anonymous.get(f"/static/frame/{documents[0].name}", headers={"origin": "null"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none'; ")
    assert "http:" not in policy.replace("https:", "")
    assert "immutable" in answer.headers["cache-control"]


async def test_scripts_of_widget_packages_are_for_any_origin_and_nothing_else_is(
    anonymous: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "nbextensions" / "pkg"
    folder.mkdir(parents=True)
    (folder / "index.js").write_text("define({})")
    (tmp_path / "secret.js").write_text("secret")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    answer = await anonymous.get("/static/nbextensions/pkg/index.js", headers={"origin": "null"})
    assert answer.text == "define({})"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "set-cookie" not in answer.headers
    for path in ("../secret.js", "%2e%2e/secret.js", "pkg/..%2f..%2fsecret.js", "/etc/passwd"):
        refused = await anonymous.get(f"/static/nbextensions/{path}")
        assert refused.status_code in (400, 404), path
        assert "secret" not in refused.text
