"""Notebooks: list, make, upload, rename, delete, download."""

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Annotated, Final, Literal
from urllib.parse import quote

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from noctule import templates
from noctule.http.context import AppRequest, TheCore, user_of
from noctule.http.items.access import check_away
from noctule.http.outputs import UNTRUSTED
from noctule.notebook.percent import ipynb_of_script, is_script, script_of_ipynb
from noctule.store.rows import NotebookRow
from noctule_agent.wire.values import ItemId, Millis, NotebookId

IPYNB: Final = "application/x-ipynb+json"
UNTITLED: Final = "Untitled.ipynb"
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
    """`template`: the id of what it begins with; without one it is empty. Without a name it has the template's title."""

    name: str | None = None
    template: str | None = None


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


def info(row: NotebookRow, stars: Collection[ItemId] = ()) -> NotebookInfo:
    return NotebookInfo(
        id=row.id,
        name=row.name,
        created_at=moment(row.created_at),
        updated_at=moment(row.updated_at),
        running=row.running,
        starred=ItemId(row.id) in stars,
    )


class Notebooks(Controller):
    path = "/api/v1/notebooks"
    tags = ("notebooks",)

    @get(
        summary="The notebooks of who asks, and those of others that they have opened and still have; the latest change first"
    )
    async def all(self, core: TheCore, request: AppRequest) -> NotebookList:
        user = user_of(request)
        stars = await core.drive.stars(user)
        return NotebookList([info(row, stars) for row in await core.library.all(user, core.accounts.roles.kept(user))])

    @post(summary="Make a notebook, empty or from a template")
    async def create(self, core: TheCore, request: AppRequest, data: JSONBody[NewNotebook]) -> NotebookInfo:
        name, content = data.name, None
        if data.template is not None:
            content = await asyncio.to_thread(templates.read, data.template)
            name = templates.named(data.template).title if name is None else name
            name = f"{name}.ipynb" if is_script(name) else name
        return info(await core.library.create(UNTITLED if name is None else name, user_of(request), content))

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
        name: FromQuery[str] = UNTITLED,
    ) -> NotebookInfo:
        return info(await core.library.create(name, user_of(request), await request.body()))

    @get("/{notebook_id:str}", summary="One notebook")
    async def one(self, core: TheCore, request: AppRequest, notebook_id: FromPath[str]) -> NotebookInfo:
        row = await core.library.get(NotebookId(notebook_id))
        user = user_of(request)
        await core.drive.opened(ItemId(notebook_id), user)
        return info(row, await core.drive.stars(user))

    @patch("/{notebook_id:str}/mine", summary="Star, or not")
    async def mine(
        self, core: TheCore, request: AppRequest, notebook_id: FromPath[str], data: JSONBody[Mine]
    ) -> NotebookInfo:
        user = user_of(request)
        await core.drive.star(ItemId(notebook_id), user, starred=data.starred)
        return info(await core.library.get(NotebookId(notebook_id)), await core.drive.stars(user))

    @patch("/{notebook_id:str}", summary="Rename")
    async def rename(self, core: TheCore, notebook_id: FromPath[str], data: JSONBody[Rename]) -> NotebookInfo:
        await core.drive.move(ItemId(notebook_id), name=data.name)
        return info(await core.library.get(NotebookId(notebook_id)))

    @delete("/{notebook_id:str}", summary="Move the notebook to the bin; its runtime ends")
    async def remove(self, core: TheCore, request: AppRequest, notebook_id: FromPath[str]) -> None:
        await core.library.get(NotebookId(notebook_id))
        await check_away(core, request, ItemId(notebook_id))
        await core.library.bin(ItemId(notebook_id), user_of(request))

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
