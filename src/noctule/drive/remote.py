"""Notebooks from elsewhere, by their address: GitHub, gists, and the hosts that the settings name. Nothing else is asked.

The server fetches, not the page: the page may connect to its own server alone (its CSP), and what is fetched becomes a file
of Drive at once. So that no address makes the server ask what only it can reach (SSRF), it speaks https to the named hosts on their
usual port, checks each redirect anew, and sends nothing of its own along.
"""

import asyncio
import re
from collections.abc import Collection
from typing import Any, Final
from urllib.parse import quote, unquote, urljoin, urlsplit

import httpx
import msgspec

from noctule.errors import Forbidden, Invalid, NotFound, TooLarge, Unavailable
from noctule_agent.wire.limits import IMPORT_BYTES, IMPORT_SECONDS

GITHUB_RAW: Final = "raw.githubusercontent.com"
GITHUB_API: Final = "api.github.com"
REDIRECTS: Final = 3
_KINDS: Final = (".ipynb", ".py")
_GITHUB_FILE: Final = re.compile(r"/([^/]+)/([^/]+)/(?:blob|raw|edit)/(.+)")
_GIST: Final = re.compile(r"/(?:[^/]+/)?([0-9a-f]{5,40})/?")
_COLAB_GIST: Final = re.compile(r"/gist/[^/]+/([0-9a-f]{5,40})(?:/.*)?")


class RawFile(msgspec.Struct, frozen=True):
    """A file at an address."""

    url: str
    name: str


class Gist(msgspec.Struct, frozen=True):
    """A gist, in which the notebook has to be found. `anchor`: the file that the address points at."""

    id: str
    anchor: str


def source_of(address: str) -> RawFile | Gist:
    """What an address that a person has copied means. Raises Invalid."""
    try:
        parts = urlsplit(address.strip())
        host, number = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise _no_address() from None
    if parts.scheme not in ("https", "http") or not host:
        raise _no_address()
    path, where = parts.path, host.removeprefix("www.")
    if where == "colab.research.google.com" and path.startswith("/github/"):
        where, path = "github.com", path.removeprefix("/github")
    colab_gist = _COLAB_GIST.fullmatch(path) if where == "colab.research.google.com" else None
    gist = colab_gist or (_GIST.fullmatch(path) if where == "gist.github.com" else None)
    if gist is not None:
        return Gist(gist[1], parts.fragment)
    file = _GITHUB_FILE.fullmatch(path) if where == "github.com" else None
    if file is not None:
        path, host = f"/{file[1]}/{file[2]}/{file[3]}", GITHUB_RAW
    elif where in ("github.com", "gist.github.com", "colab.research.google.com"):
        raise _no_address()
    query = f"?{parts.query}" if parts.query and host != GITHUB_RAW else ""
    port = "" if number in (None, 443) or parts.scheme == "http" else f":{number}"
    return RawFile(f"https://{host}{port}{quote(unquote(path))}{query}", _name_of(path))


def _name_of(path: str) -> str:
    name = unquote(path).rsplit("/", 1)[-1]
    if not name.endswith(_KINDS):
        raise Invalid(
            "import-not-notebook", "This is no notebook.", "The address has to lead to an .ipynb or .py file."
        )
    return name


def _no_address() -> Invalid:
    return Invalid(
        "import-address",
        "This is no address of a notebook.",
        "Copy the address of an .ipynb or .py file on GitHub, or of a gist.",
    )


class Remote:
    """Fetches notebooks from these hosts. `transport` is for tests."""

    def __init__(self, hosts: Collection[str], transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._hosts = frozenset(host.strip().lower() for host in hosts if host.strip())
        self._transport = transport

    async def fetch(self, address: str) -> tuple[str, bytes]:
        """Name and bytes of the notebook at this address."""
        source = source_of(address)
        try:
            async with asyncio.timeout(IMPORT_SECONDS), self._client() as client:
                if isinstance(source, Gist):
                    source = _file_of(await self._get(client, f"https://{GITHUB_API}/gists/{source.id}"), source)
                return source.name, await self._get(client, source.url)
        except TimeoutError:
            raise _failed(f"It did not answer within {IMPORT_SECONDS:g} s.") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _failed(f"{type(error).__name__}: {error}") from error

    def _client(self) -> httpx.AsyncClient:
        headers = {"user-agent": "noctule", "accept": "*/*"}
        return httpx.AsyncClient(transport=self._transport, headers=headers, follow_redirects=False, timeout=10)

    async def _get(self, client: httpx.AsyncClient, url: str) -> bytes:
        for _ in range(REDIRECTS + 1):
            self._check(url)
            async with client.stream("GET", url) as response:
                if response.is_redirect:
                    url = urljoin(url, response.headers.get("location", ""))
                    continue
                if response.status_code in (401, 403, 404, 410):
                    raise NotFound(
                        "import-not-found",
                        "There is no such notebook, or it is not public.",
                        f"The host answered {response.status_code}. Open the address in a private window to see.",
                    )
                if response.status_code != 200:
                    raise _failed(f"The host answered {response.status_code}.")
                return await _body(response)
        raise _failed("It redirects too often.")

    def _check(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            host = (parts.hostname or "").lower()
            plain = parts.scheme == "https" and parts.port in (None, 443) and parts.username is None
        except ValueError:
            host, plain = "", False
        if not plain or host not in self._hosts:
            raise Forbidden(
                "import-host-refused",
                "Notebooks are not opened from this host.",
                f"Allowed are: {', '.join(sorted(self._hosts)) or 'none'} (setting import_hosts). Download the file and upload it here.",
            )


async def _body(response: httpx.Response) -> bytes:
    data = bytearray()
    async for chunk in response.aiter_bytes():
        data += chunk
        if len(data) > IMPORT_BYTES:
            detail = f"More than {IMPORT_BYTES} bytes are not fetched. Download the file and upload it here."
            raise TooLarge("import-too-large", "This notebook is too large to be opened by its address.", detail)
    return bytes(data)


def _file_of(answer: bytes, gist: Gist) -> RawFile:
    """The file of a gist that is meant: that of the anchor, else its first notebook, else its first script."""
    try:
        files: Any = msgspec.json.decode(answer)["files"].values()
        found = [RawFile(str(file["raw_url"]), str(file["filename"])) for file in files]
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError) as error:
        raise _failed(f"The answer of GitHub is not understood ({error}).") from error
    notebooks = sorted(
        (file for file in found if file.name.endswith(_KINDS)), key=lambda file: file.name.endswith(".py")
    )
    meant = [file for file in notebooks if gist.anchor == "file-" + re.sub(r"[^a-z0-9_]+", "-", file.name.lower())]
    if not notebooks:
        raise NotFound("import-not-found", "This gist has no notebook.", "It has no .ipynb or .py file.")
    return [*meant, *notebooks][0]


def _failed(detail: str) -> Unavailable:
    return Unavailable("import-failed", "The notebook could not be fetched.", detail)
