"""Noctule over HTTP: `Api` for a server that runs somewhere, and what only such a server can be asked."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import httpx
import msgspec

from noctule.client import channel
from noctule.client.problems import from_response
from noctule.errors import Invalid, NoctuleError, Unavailable
from noctule.runs.info import RunInfo
from noctule_agent.wire.ports import Channel
from noctule_agent.wire.values import BatchId, NotebookId

T = TypeVar("T")

TIMEOUT: Final = httpx.Timeout(60.0, connect=10.0)
"""A large notebook takes its time to be read or made."""


class _Created(msgspec.Struct):
    id: str


class _Stopping(msgspec.Struct):
    going_on: int


class _Runs(msgspec.Struct):
    runs: list[RunInfo]


class NoctuleClient:
    """An async context manager. `token` is the server's own, or (in team mode) a personal access token."""

    def __init__(self, base_url: str, token: str, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.base_url = channel.server_url(base_url)
        self._token = token
        self._http = httpx.AsyncClient(
            base_url=self.base_url + "/api/v1",
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=TIMEOUT,
            transport=transport,
            trust_env=not channel.is_loopback(base_url),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    # --- Api ---

    async def create_from_file(self, name: str, data: bytes) -> NotebookId:
        response = await self._request(
            "POST",
            "/notebooks/upload",
            params={"name": name},
            content=data,
            headers={"Content-Type": "application/x-ipynb+json"},
        )
        return NotebookId(_decode(response, _Created).id)

    async def run(self, notebook_id: NotebookId, params: Mapping[str, Any], *, allow_stdin: bool = True) -> BatchId:
        body = {"params": dict(params), "allow_stdin": allow_stdin}
        response = await self._request("POST", f"/notebooks/{_segment(notebook_id)}/runs", json=body)
        return BatchId(_decode(response, _Created).id)

    async def run_info(self, run_id: BatchId) -> RunInfo:
        return _decode(await self._request("GET", f"/runs/{_segment(run_id)}"), RunInfo)

    async def list_runs(self) -> list[RunInfo]:
        return _decode(await self._request("GET", "/runs"), _Runs).runs

    async def ipynb(self, notebook_id: NotebookId) -> bytes:
        return (await self._request("GET", f"/notebooks/{_segment(notebook_id)}/file")).content

    async def dial(self, notebook_id: NotebookId) -> Channel:
        return await channel.dial(self.base_url, self._token, notebook_id)

    # --- of a server alone ---

    async def stop_server(self, *, runtimes: bool) -> int:
        """Returns when the server has understood; with `runtimes`, when they have ended. How many go on without it."""
        response = await self._request("POST", "/admin/stop", json={"runtimes": runtimes})
        return _decode(response, _Stopping).going_on

    async def _request(self, method: str, path: str, **extra: Any) -> httpx.Response:
        try:
            response = await self._http.request(method, path, **extra)
        except httpx.TransportError as error:
            raise channel.unreachable(self.base_url, error) from error
        if response.is_success:
            return response
        raise _problem(response)


def _problem(response: httpx.Response) -> NoctuleError:
    if response.is_redirect:
        return Unavailable("not-noctule", "The server sends this request elsewhere; is the address right?")
    return from_response(response.status_code, response.content)


def _decode(response: httpx.Response, wanted: type[T]) -> T:
    try:
        return msgspec.json.decode(response.content, type=wanted)
    except msgspec.MsgspecError as error:
        raise Unavailable(
            "not-noctule", "The server's answer is not one of Noctule's; is the address right?", f"{error}"
        ) from error


def _segment(value: str) -> str:
    """One segment of a path: an id typed by a person must not reach another place."""
    if not value or value in (".", "..") or any(letter in value for letter in "/?#%\\"):
        raise Invalid("id-invalid", f"{value!r} is not an id.")
    return value
