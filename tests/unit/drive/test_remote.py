"""Opening by address: what an address means, and that no address makes the server ask what it must not."""

import json
from collections.abc import Callable

import httpx
import pytest

from noctule.drive.remote import Gist, RawFile, Remote, source_of
from noctule.errors import Forbidden, Invalid, NoctuleError, NotFound, TooLarge, Unavailable
from noctule_agent.wire.limits import IMPORT_BYTES

HOSTS = ("raw.githubusercontent.com", "gist.githubusercontent.com", "api.github.com")
RAW = "https://raw.githubusercontent.com"
NOTEBOOK = b'{"nbformat": 4}'


@pytest.mark.parametrize(
    ("address", "meant"),
    [
        ("https://github.com/o/r/blob/main/a/b.ipynb", RawFile(f"{RAW}/o/r/main/a/b.ipynb", "b.ipynb")),
        (" https://www.github.com/o/r/raw/v1/x%20y.py#L3 ", RawFile(f"{RAW}/o/r/v1/x%20y.py", "x y.py")),
        (f"{RAW}/o/r/main/a.ipynb?token=t", RawFile(f"{RAW}/o/r/main/a.ipynb", "a.ipynb")),
        (
            "https://colab.research.google.com/github/o/r/blob/main/a.ipynb",
            RawFile(f"{RAW}/o/r/main/a.ipynb", "a.ipynb"),
        ),
        ("https://gist.github.com/ada/0123456789abcdef", Gist("0123456789abcdef", "")),
        ("https://gist.github.com/0123456789abcdef#file-a-ipynb", Gist("0123456789abcdef", "file-a-ipynb")),
        ("https://colab.research.google.com/gist/ada/0123456789abcdef/a.ipynb", Gist("0123456789abcdef", "")),
        ("http://example.org/n.ipynb", RawFile("https://example.org/n.ipynb", "n.ipynb")),
    ],
)
def test_an_address_as_people_copy_it_leads_to_a_file(address: str, meant: object) -> None:
    assert source_of(address) == meant


@pytest.mark.parametrize(
    "address",
    [
        "",
        "github.com/o/r",
        "file:///etc/passwd.ipynb",
        "ftp://github.com/a.ipynb",
        "https://github.com/o/r",
        "https://github.com/o/r/blob/main/a.txt",
        "https://[::1/a.ipynb",
        "javascript:alert(1)",
        "https:///a.ipynb",
        "https://example.org:99999/a.ipynb",
        "https://example.org:x/a.ipynb",
    ],
)
def test_what_is_no_address_of_a_notebook_is_refused(address: str) -> None:
    with pytest.raises(Invalid):
        source_of(address)


def remote(answer: Callable[[httpx.Request], httpx.Response]) -> tuple[Remote, list[str]]:
    asked: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        assert "cookie" not in request.headers
        assert "authorization" not in request.headers
        return answer(request)

    return Remote(HOSTS, httpx.MockTransport(handle)), asked


async def test_a_file_of_github_is_fetched() -> None:
    made, asked = remote(lambda _: httpx.Response(200, content=NOTEBOOK))
    assert await made.fetch("https://github.com/o/r/blob/main/a.ipynb") == ("a.ipynb", NOTEBOOK)
    assert asked == [f"{RAW}/o/r/main/a.ipynb"]


@pytest.mark.parametrize(("anchor", "name"), [("", "b.ipynb"), ("#file-a-py", "a.py"), ("#file-none", "b.ipynb")])
async def test_the_notebook_of_a_gist_is_found(anchor: str, name: str) -> None:
    files = {
        file: {"filename": file, "raw_url": f"https://gist.githubusercontent.com/x/raw/{file}"}
        for file in ("a.py", "b.ipynb", "c.txt")
    }

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "api.github.com":
            return httpx.Response(200, json={"files": files})
        return httpx.Response(200, content=request.url.path.encode())

    made, _ = remote(answer)
    assert await made.fetch(f"https://gist.github.com/ada/0123456789abcdef{anchor}") == (
        name,
        f"/x/raw/{name}".encode(),
    )


@pytest.mark.parametrize(
    "address",
    [
        "https://169.254.169.254/latest/a.ipynb",
        "https://localhost/a.ipynb",
        "https://localhost:8600/a.ipynb",
        f"{RAW}:8080/o/r/main/a.ipynb",
        "https://raw.githubusercontent.com.evil.example/a.ipynb",
        "https://raw.githubusercontent.com@evil.example/a.ipynb",
        "https://evil.example/raw.githubusercontent.com/a.ipynb",
        "https://raw.githubusercontent.com\\@evil.example/a.ipynb",
    ],
)
async def test_no_other_host_is_asked(address: str) -> None:
    made, asked = remote(lambda _: httpx.Response(200, content=NOTEBOOK))
    with pytest.raises(NoctuleError) as refused:
        await made.fetch(address)
    assert isinstance(refused.value, Forbidden | Invalid)
    assert asked == []


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/a",
        "https://10.0.0.1/a",
        "https://evil.example/",
        "http://raw.githubusercontent.com/x",
        "//evil",
    ],
)
async def test_no_redirect_leads_elsewhere(location: str) -> None:
    made, asked = remote(lambda _: httpx.Response(302, headers={"location": location}))
    with pytest.raises(Forbidden, match="import-host-refused"):
        await made.fetch("https://github.com/o/r/blob/main/a.ipynb")
    assert len(asked) == 1


async def test_a_gist_cannot_name_another_host() -> None:
    files = {"a.ipynb": {"filename": "a.ipynb", "raw_url": "http://127.0.0.1:8600/api/v1/notebooks"}}
    made, asked = remote(lambda _: httpx.Response(200, content=json.dumps({"files": files}).encode()))
    with pytest.raises(Forbidden):
        await made.fetch("https://gist.github.com/ada/0123456789abcdef")
    assert asked == ["https://api.github.com/gists/0123456789abcdef"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda _: httpx.Response(404), NotFound),
        (lambda _: httpx.Response(500), Unavailable),
        (lambda _: httpx.Response(200, content=b"x" * (IMPORT_BYTES + 1)), TooLarge),
        (lambda request: httpx.Response(302, headers={"location": str(request.url)}), Unavailable),
    ],
)
async def test_what_goes_wrong_is_said(
    answer: Callable[[httpx.Request], httpx.Response], expected: type[NoctuleError]
) -> None:
    made, _ = remote(answer)
    with pytest.raises(expected):
        await made.fetch("https://github.com/o/r/blob/main/a.ipynb")


async def test_a_host_that_is_away_is_said() -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route")

    made, _ = remote(answer)
    with pytest.raises(Unavailable, match="no route"):
        await made.fetch("https://github.com/o/r/blob/main/a.ipynb")


async def test_no_host_is_asked_when_none_is_allowed() -> None:
    made = Remote(["", ""], httpx.MockTransport(lambda _: httpx.Response(200)))
    with pytest.raises(Forbidden, match="import-host-refused"):
        await made.fetch("https://github.com/o/r/blob/main/a.ipynb")
