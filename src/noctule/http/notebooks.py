"""Notebooks: list, make, upload, rename, delete, download."""

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Annotated, Final, Literal
from urllib.parse import quote

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from noctule.http.context import AppRequest, TheCore, principal_of, user_of
from noctule.http.outputs import UNTRUSTED
from noctule.notebook.percent import ipynb_of_script, script_of_ipynb
from noctule.store.rows import NotebookRow
from noctule_agent.wire.values import Millis, NotebookId

IPYNB: Final = "application/x-ipynb+json"
FileFormat = Annotated[Literal["ipynb", "py"], QueryParameter(name="format")]


class NotebookInfo(msgspec.Struct):
    """A notebook in a list. `running`: something of it runs or waits. `starred`: by who asks."""

    id: str
    name: str
    created_at: datetime
    updated_at: datetime
    running: bool = False
    starred: bool = False


class NotebookList(msgspec.Struct):
    notebooks: list[NotebookInfo]


class NewNotebook(msgspec.Struct):
    name: str = "Untitled.ipynb"


class Rename(msgspec.Struct):
    name: str


class Mine(msgspec.Struct):
    """What a person keeps of a notebook for themself."""

    starred: bool


class Address(msgspec.Struct):
    """Of an .ipynb or .py on GitHub, of a gist, or on a host that the settings name."""

    address: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]


def moment(at: Millis) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def info(row: NotebookRow, stars: Collection[NotebookId] = ()) -> NotebookInfo:
    return NotebookInfo(
        id=row.id,
        name=row.name,
        created_at=moment(row.created_at),
        updated_at=moment(row.updated_at),
        running=row.running,
        starred=row.id in stars,
    )


class Notebooks(Controller):
    path = "/api/v1/notebooks"
    tags = ("notebooks",)

    @get(summary="The notebooks of who asks, the latest change first")
    async def all(self, core: TheCore, request: AppRequest) -> NotebookList:
        principal = principal_of(request)
        stars = await core.library.stars(principal.account)
        rows = await core.library.all(core.accounts.roles.listed(principal))
        return NotebookList([info(row, stars) for row in rows])

    @post(summary="Make an empty notebook")
    async def create(self, core: TheCore, request: AppRequest, data: JSONBody[NewNotebook]) -> NotebookInfo:
        return info(await core.library.create(data.name, user_of(request)))

    @post("/import", summary="Copy a notebook from GitHub, a gist, or another allowed host into Drive")
    async def fetch(self, core: TheCore, request: AppRequest, data: JSONBody[Address]) -> NotebookInfo:
        name, found = await core.remote.fetch(data.address)
        return info(await core.library.create(name, user_of(request), found))

    @post("/convert", status_code=200, summary="The .ipynb that a .py is; nothing is kept", media_type=IPYNB)
    async def convert(self, request: AppRequest) -> Response[bytes]:
        data = await request.body()
        return Response(content=await asyncio.to_thread(ipynb_of_script, data), media_type=IPYNB)

    @post("/upload", summary="Make a notebook from the bytes of an .ipynb or a .py")
    async def upload(
        self,
        core: TheCore,
        request: AppRequest,
        name: FromQuery[str] = "Untitled.ipynb",
    ) -> NotebookInfo:
        return info(await core.library.create(name, user_of(request), await request.body()))

    @get("/{notebook_id:str}", summary="One notebook")
    async def one(self, core: TheCore, request: AppRequest, notebook_id: FromPath[str]) -> NotebookInfo:
        row = await core.library.get(NotebookId(notebook_id))
        return info(row, await core.library.stars(user_of(request)))

    @patch("/{notebook_id:str}/mine", summary="Star, or not")
    async def mine(
        self, core: TheCore, request: AppRequest, notebook_id: FromPath[str], data: JSONBody[Mine]
    ) -> NotebookInfo:
        user = user_of(request)
        row = await core.library.star(NotebookId(notebook_id), user, starred=data.starred)
        return info(row, await core.library.stars(user))

    @patch("/{notebook_id:str}", summary="Rename")
    async def rename(self, core: TheCore, notebook_id: FromPath[str], data: JSONBody[Rename]) -> NotebookInfo:
        return info(await core.library.rename(NotebookId(notebook_id), data.name))

    @delete("/{notebook_id:str}", summary="Delete the notebook, its file and its runtime")
    async def remove(self, core: TheCore, request: AppRequest, notebook_id: FromPath[str]) -> None:
        await core.library.remove(NotebookId(notebook_id), user_of(request))

    @get("/{notebook_id:str}/file", summary="The notebook of this moment, as .ipynb or .py", media_type=IPYNB)
    async def file(self, core: TheCore, notebook_id: FromPath[str], format_: FileFormat = "ipynb") -> Response[bytes]:
        row = await core.library.get(NotebookId(notebook_id))
        projection = await core.rooms.projection(NotebookId(notebook_id))
        data, media_type, name = await projection.bytes_now(), IPYNB, row.name
        if format_ == "py":
            data = await asyncio.to_thread(script_of_ipynb, data)
            media_type, name = "text/x-python; charset=utf-8", f"{row.name.removesuffix('.ipynb')}.py"
        disposition = f"attachment; filename*=UTF-8''{quote(name)}"
        return Response(content=data, media_type=media_type, headers={**UNTRUSTED, "content-disposition": disposition})
