"""Notebooks: list, make, upload, rename, delete, download."""

from datetime import UTC, datetime
from urllib.parse import quote

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody

from noctule.http.context import AppRequest, TheCore, user_of
from noctule.store.rows import NotebookRow
from noctule_agent.wire.values import Millis, NotebookId


class NotebookInfo(msgspec.Struct):
    """A notebook in a list. `running`: something of it runs or waits."""

    id: str
    name: str
    created_at: datetime
    updated_at: datetime
    running: bool = False


class NotebookList(msgspec.Struct):
    notebooks: list[NotebookInfo]


class NewNotebook(msgspec.Struct):
    name: str = "Untitled.ipynb"


class Rename(msgspec.Struct):
    name: str


def moment(at: Millis) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def info(row: NotebookRow) -> NotebookInfo:
    return NotebookInfo(
        id=row.id,
        name=row.name,
        created_at=moment(row.created_at),
        updated_at=moment(row.updated_at),
        running=row.running,
    )


class Notebooks(Controller):
    path = "/api/v1/notebooks"
    tags = ("notebooks",)

    @get(summary="All notebooks, the latest change first")
    async def all(self, core: TheCore) -> NotebookList:
        return NotebookList([info(row) for row in await core.library.all()])

    @post(summary="Make an empty notebook")
    async def create(self, core: TheCore, request: AppRequest, data: JSONBody[NewNotebook]) -> NotebookInfo:
        return info(await core.library.create(data.name, user_of(request)))

    @post("/upload", summary="Make a notebook from the bytes of an .ipynb")
    async def upload(
        self,
        core: TheCore,
        request: AppRequest,
        name: FromQuery[str] = "Untitled.ipynb",
    ) -> NotebookInfo:
        return info(await core.library.create(name, user_of(request), await request.body()))

    @get("/{notebook_id:str}", summary="One notebook")
    async def one(self, core: TheCore, notebook_id: FromPath[str]) -> NotebookInfo:
        return info(await core.library.get(NotebookId(notebook_id)))

    @patch("/{notebook_id:str}", summary="Rename")
    async def rename(self, core: TheCore, notebook_id: FromPath[str], data: JSONBody[Rename]) -> NotebookInfo:
        return info(await core.library.rename(NotebookId(notebook_id), data.name))

    @delete("/{notebook_id:str}", summary="Delete the notebook, its file and its runtime")
    async def remove(self, core: TheCore, request: AppRequest, notebook_id: FromPath[str]) -> None:
        await core.library.remove(NotebookId(notebook_id), user_of(request))

    @get("/{notebook_id:str}/file", summary="The .ipynb of this moment", media_type="application/x-ipynb+json")
    async def file(self, core: TheCore, notebook_id: FromPath[str]) -> Response[bytes]:
        row = await core.library.get(NotebookId(notebook_id))
        projection = await core.rooms.projection(NotebookId(notebook_id))
        return Response(
            content=await projection.bytes_now(),
            media_type="application/x-ipynb+json",
            headers={"content-disposition": f"attachment; filename*=UTF-8''{quote(row.name)}"},
        )
