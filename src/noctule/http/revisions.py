"""The past of a notebook: list, name, look, compare, restore."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from noctule.http.context import AppRequest, TheCore, user_of
from noctule.http.notebooks import moment
from noctule.http.outputs import UNTRUSTED
from noctule.notebook.compare import Pair, Side
from noctule.notebook.thinning import Kind
from noctule.rooms.rendering import whole
from noctule.rooms.restoring import Wish
from noctule.rooms.versions import NOW, Comparison, Moment, Said
from noctule.store.revisions import Place
from noctule.store.rows import RevisionRow
from noctule_agent.wire.limits import REVISION_WEEKLY_DAYS, REVISIONS_LISTED
from noctule_agent.wire.values import CellId, Millis, NotebookId, RevisionId

PLACE: Final = r"^\d{1,15}\.\w{1,64}$"
"""Where the rest of a list begins, as the answer before has it: a moment and an id."""


class RevisionInfo(msgspec.Struct):
    """`by`: who asked for it, "" when nobody did. `authors`: who wrote since the one before."""

    id: str
    at: datetime
    kind: Kind
    by: str
    authors: list[str]
    cells: int
    size: int
    name: str | None = None


class RevisionList(msgspec.Struct):
    """The last one first. `before` is what asks for the rest; null when there is none."""

    revisions: list[RevisionInfo]
    before: str | None


class NewRevision(msgspec.Struct):
    name: str


class RevisionName(msgspec.Struct):
    """None: it is thinned like the others."""

    name: str | None


class CellThen(msgspec.Struct, omit_defaults=True):
    """A cell as it was. `metadata` only where it differs from what it is compared with."""

    id: str
    type: str
    source: str
    outputs: bool = False
    metadata: dict[str, Any] | None = None


class RevisionContent(msgspec.Struct):
    revision: RevisionInfo
    cells: list[CellThen]
    metadata: dict[str, Any]


Fate = Literal["same", "changed", "added", "removed"]


class RowPair(msgspec.Struct, omit_defaults=True):
    """Cells that belong together. Of those that are the same only `new`. A cell that was moved may be the same."""

    fate: Fate
    old: CellThen | None = None
    new: CellThen | None = None
    moved: bool = False
    changed: list[str] = []


class ComparisonInfo(msgspec.Struct):
    """`old` and `new` are None for now. `metadata`: keys of the notebook's metadata that differ."""

    old: RevisionInfo | None
    new: RevisionInfo | None
    rows: list[RowPair]
    metadata: list[str]


class RestoreWish(msgspec.Struct):
    """`cells` None: all of it."""

    cells: list[str] | None = None
    outputs: bool = True


class RestoredInfo(msgspec.Struct):
    """`kept`: the revision to go back to. `busy`: cells that run or wait, whose outputs were left as they are."""

    kept: RevisionInfo
    busy: list[str]


class RevisionsRemoved(msgspec.Struct):
    removed: int


def info(row: RevisionRow) -> RevisionInfo:
    return RevisionInfo(
        id=row.id,
        at=moment(row.at),
        kind=row.kind,
        by=row.by,
        authors=row.authors,
        cells=row.cells,
        size=row.size,
        name=row.name,
    )


def _cell(side: Side, *, metadata: bool = False) -> CellThen:
    cell = side.cell
    shows = side.outputs is not None and side.outputs[0] is not None
    return CellThen(cell.id, cell.type, cell.source, shows, {**cell.extra, **cell.meta} if metadata else None)


def _comparison(found: Comparison) -> ComparisonInfo:
    rows = []
    for pair in found.pairs:
        old = None if pair.old is None else found.old.sides[pair.old]
        new = None if pair.new is None else found.new.sides[pair.new]
        full = "metadata" in pair.changed
        fate = _fate(pair)
        rows.append(
            RowPair(
                fate=fate,
                old=None if old is None or fate == "same" else _cell(old, metadata=full),
                new=None if new is None else _cell(new, metadata=full),
                moved=pair.moved,
                changed=list(pair.changed),
            )
        )
    return ComparisonInfo(_row_info(found.old), _row_info(found.new), rows, found.metadata)


def _fate(pair: Pair) -> Fate:
    if pair.old is None:
        return "added"
    if pair.new is None:
        return "removed"
    return "changed" if pair.changed else "same"


def _row_info(said: Said) -> RevisionInfo | None:
    return None if said.row is None else info(said.row)


def place_of(before: str) -> Place:
    """Of a text that PLACE describes."""
    moment_, _, id_ = before.partition(".")
    return Place(Millis(int(moment_)), RevisionId(id_))


def at(notebook_id: str, revision_id: str = NOW) -> Moment:
    return Moment(NotebookId(notebook_id), RevisionId(revision_id))


class Revisions(Controller):
    path = "/api/v1/notebooks/{notebook_id:str}/revisions"
    tags = ("revisions",)

    @get(summary="The revisions of a notebook, the last one first")
    async def all(
        self,
        core: TheCore,
        notebook_id: FromPath[str],
        before: Annotated[str | None, QueryParameter(pattern=PLACE)] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=REVISIONS_LISTED)] = REVISIONS_LISTED,
        named: FromQuery[bool] = False,
    ) -> RevisionList:
        place = None if before is None else place_of(before)
        rows, rest = await core.versions.page(NotebookId(notebook_id), before=place, limit=limit, named=named)
        return RevisionList([info(row) for row in rows], None if rest is None else f"{rest.at}.{rest.id}")

    @post(summary="Save and pin a revision of this moment")
    async def pin(
        self, core: TheCore, request: AppRequest, notebook_id: FromPath[str], data: JSONBody[NewRevision]
    ) -> RevisionInfo:
        return info(await core.versions.pin(NotebookId(notebook_id), data.name, user_of(request)))

    @delete(summary="Delete the revisions that nobody named and that are older than so many days", status_code=200)
    async def remove_older(
        self,
        core: TheCore,
        notebook_id: FromPath[str],
        days: Annotated[int, QueryParameter(ge=0, le=REVISION_WEEKLY_DAYS)],
    ) -> RevisionsRemoved:
        return RevisionsRemoved(await core.versions.remove_older(NotebookId(notebook_id), days))

    @get("/{revision_id:str}", summary="The cells of a revision with their sources; `now` is this moment")
    async def one(self, core: TheCore, notebook_id: FromPath[str], revision_id: FromPath[str]) -> RevisionContent:
        asked = at(notebook_id, revision_id)
        row = await core.versions.row(asked)
        said = await core.versions.said(asked)
        return RevisionContent(info(row), [_cell(side) for side in said.sides], said.nb.get("metadata") or {})

    @patch("/{revision_id:str}", summary="Name a revision, so that it is kept; without a name it is unpinned")
    async def rename(
        self, core: TheCore, notebook_id: FromPath[str], revision_id: FromPath[str], data: JSONBody[RevisionName]
    ) -> RevisionInfo:
        return info(await core.versions.rename(NotebookId(notebook_id), RevisionId(revision_id), data.name))

    @delete("/{revision_id:str}", summary="Delete a revision")
    async def remove(self, core: TheCore, notebook_id: FromPath[str], revision_id: FromPath[str]) -> None:
        await core.versions.remove(NotebookId(notebook_id), RevisionId(revision_id))

    @get("/{revision_id:str}/file", summary="The .ipynb of a revision", media_type="application/x-ipynb+json")
    async def file(self, core: TheCore, notebook_id: FromPath[str], revision_id: FromPath[str]) -> Response[bytes]:
        asked = at(notebook_id, revision_id)
        notebook, row = await core.library.get(asked.notebook_id), await core.versions.row(asked)
        stem = notebook.name.removesuffix(".ipynb")
        name = f"{stem} ({row.name or moment(row.at).strftime('%Y-%m-%d %H.%M')}).ipynb"
        return Response(
            content=await core.versions.file(asked, whole),
            media_type="application/x-ipynb+json",
            headers={**UNTRUSTED, "content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"},
        )

    @get(
        "/{revision_id:str}/cells/{cell_id:str}/outputs", summary="The outputs of one cell, as the page socket has them"
    )
    async def outputs(
        self, core: TheCore, notebook_id: FromPath[str], revision_id: FromPath[str], cell_id: FromPath[str]
    ) -> Response[bytes]:
        found = await core.versions.outputs(at(notebook_id, revision_id), CellId(cell_id))
        return Response(content=msgspec.json.encode(found), media_type="application/json")

    @post("/{revision_id:str}/restore", status_code=200, summary="Restore a revision, or some cells of it")
    async def restore(
        self,
        core: TheCore,
        request: AppRequest,
        notebook_id: FromPath[str],
        revision_id: FromPath[str],
        data: JSONBody[RestoreWish],
    ) -> RestoredInfo:
        cells = None if data.cells is None else [CellId(cell_id) for cell_id in data.cells]
        wish = Wish(RevisionId(revision_id), cells, data.outputs)
        done = await core.versions.restore(NotebookId(notebook_id), wish, user_of(request))
        return RestoredInfo(info(done.kept), list(done.busy))


class Comparing(Controller):
    path = "/api/v1/notebooks/{notebook_id:str}"
    tags = ("revisions",)

    @get("/compare", summary="What is different between two revisions of a notebook; `now` is this moment")
    async def revisions(
        self, core: TheCore, notebook_id: FromPath[str], old: FromQuery[str], new: FromQuery[str] = NOW
    ) -> ComparisonInfo:
        return _comparison(await core.versions.compare(at(notebook_id, old), at(notebook_id, new)))

    @get("/compare/{other_id:str}", summary="What is different between two notebooks now")
    async def notebooks(self, core: TheCore, notebook_id: FromPath[str], other_id: FromPath[str]) -> ComparisonInfo:
        return _comparison(await core.versions.compare(at(notebook_id), at(other_id)))
