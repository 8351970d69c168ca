"""Files and folders: seen, made, changed, binned. Every item is asked for by its id."""

import asyncio
from typing import Annotated, Literal

from litestar import Controller, delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from noctule import templates
from noctule.drive.places import shown
from noctule.errors import Invalid
from noctule.http.context import AppRequest, TheCore, principal_of, user_of
from noctule.http.items.access import beside, check_away, named, other
from noctule.http.items.answers import answered, away, cursor_of, described, listed, standings
from noctule.http.items.shapes import (
    TIGHT,
    Above,
    After,
    Change,
    DriveInfo,
    Item,
    ItemList,
    ItemPage,
    Keep,
    Limit,
    Line,
    NewItem,
    NewNotebookHere,
    SpaceInfo,
)
from noctule.http.me import maybe
from noctule.http.notebooks import Address
from noctule.notebook.percent import is_script
from noctule.store import items
from noctule_agent.wire.limits import LARGEST_ITEMS
from noctule_agent.wire.values import ItemId


class Drives(Controller):
    path = "/api/v1"
    tags = ("drive",)

    @get("/drive", summary="The asker's own Drive: its root, what it holds, what it may hold")
    async def drive(self, core: TheCore, request: AppRequest) -> DriveInfo:
        user = user_of(request)
        root = await core.drive.home(user)
        usage, quota = await core.drive.usage(user), await core.transfers.quota(user)
        tight = quota is not None and usage.used >= TIGHT * quota
        return DriveInfo(
            root,
            usage.used,
            quota,
            usage.binned,
            tight,
            await core.accounts.sharing.waiting(user),
            maybe(await core.accounts.people.left_at(user)),
        )

    @get("/drive/largest", summary="What takes most of the asker's Drive; what lies in the bin as a whole")
    async def largest(
        self,
        core: TheCore,
        request: AppRequest,
        limit: Annotated[int, QueryParameter(ge=1, le=LARGEST_ITEMS)] = 20,
    ) -> ItemList:
        user = user_of(request)
        await core.drive.home(user)
        return ItemList(await described(core, user, await core.drive.largest(user, limit)), None)

    @get(
        "/items",
        summary="Items of all folders: those that were opened last, starred, shared by others, deleted, or ran meanwhile; or found by their names, and in notebooks",
    )
    async def listed(
        self,
        core: TheCore,
        request: AppRequest,
        view: FromQuery[Literal["recent", "starred", "shared", "bin", "away"] | None] = None,
        search: FromQuery[str | None] = None,
        inside: FromQuery[bool] = False,
        after: After = None,
        limit: Limit = 100,
    ) -> ItemList:
        user = user_of(request)
        order = "search" if search is not None else view
        if order is None:
            raise Invalid("view-missing", "The request does not say which items.", "Ask for a view, or search.")
        cursor = cursor_of(after, order)
        if search is not None:
            found = await core.drive.search(user, search, cursor, limit, core.accounts.roles.kept(user), inside=inside)
            answer = await listed(core, user, found.page, order)
            for item in answer.items:
                item.lines = [Line(line.cell_id, line.text) for line in found.lines.get(ItemId(item.id), [])]
            return answer
        if view == "away":
            return await away(core, user, limit)
        if view is None or view == "bin":
            page = await core.drive.binned(user, cursor, limit)
        else:
            keep = core.accounts.roles.kept(user, shared=view == "shared")
            page = await core.drive.view(view, user, cursor, limit, keep)
        return await listed(core, user, page, order)

    @get("/items/{item_id:str}", summary="One item, and the folders above it")
    async def one(self, core: TheCore, request: AppRequest, item_id: FromPath[str]) -> ItemPage:
        user = user_of(request)
        row = await core.drive.get(await named(core, request, item_id))
        path = await core.drive.path(row.id)
        found = await standings(core, user, [*path, row])
        own = found.get(row.id)
        if own is not None and own.role != "owner" and own.open and not own.named:
            # A link led here, and nothing else does: from now on it is in their lists.
            await core.drive.opened(row.id, user)
        [item] = await described(core, user, [row])
        known = [above for above in path if above.id in found and found[above.id].role is not None]
        return ItemPage(item, [Above(above.id, shown(above.name)) for above in known])

    @get("/items/{item_id:str}/space", summary="What an item takes: its file, its revisions, its outputs")
    async def space(self, core: TheCore, request: AppRequest, item_id: FromPath[str]) -> SpaceInfo:
        found = await core.drive.space(await named(core, request, item_id))
        return SpaceInfo(found.file, found.revisions, found.outputs)

    @get("/items/{item_id:str}/children", summary="What is in a folder")
    async def children(
        self,
        core: TheCore,
        request: AppRequest,
        item_id: FromPath[str],
        sort: FromQuery[Literal["name", "changed", "size"]] = "name",
        descending: FromQuery[bool] = False,
        after: After = None,
        limit: Limit = 100,
    ) -> ItemList:
        folder = await named(core, request, item_id)
        columns: dict[str, Literal["mtime_ns", "size"] | None] = {"name": None, "changed": "mtime_ns", "size": "size"}
        order = f"{sort}-" if descending else sort
        page = await core.drive.children(folder, items.Order(columns[sort], descending), cursor_of(after, order), limit)
        found = await listed(core, user_of(request), page, order)
        if after is None:
            found.total = await core.drive.count(folder)
        return found

    # --- making and changing ---

    @post("/items/{item_id:str}/folders", summary="Make a folder")
    async def make_folder(
        self, core: TheCore, request: AppRequest, item_id: FromPath[str], data: JSONBody[NewItem]
    ) -> Item:
        return await answered(
            core, request, await core.drive.make_folder(await named(core, request, item_id), data.name)
        )

    @post("/items/{item_id:str}/notebooks", summary="Make a notebook; a taken name gets a number")
    async def make_notebook(
        self, core: TheCore, request: AppRequest, item_id: FromPath[str], data: JSONBody[NewNotebookHere]
    ) -> Item:
        folder = await named(core, request, item_id)
        name, content = data.name, None
        if data.template is not None:
            content = await asyncio.to_thread(templates.read, data.template)
            name = templates.named(data.template).title if name is None else name
            name = f"{name}.ipynb" if is_script(name) else name
        made = await core.library.create(name or "Untitled.ipynb", user_of(request), content, folder)
        return await answered(core, request, await core.drive.get(ItemId(made.id)))

    @post("/items/{item_id:str}/import", summary="Copy a notebook from GitHub, a gist, or another allowed host")
    async def fetch(self, core: TheCore, request: AppRequest, item_id: FromPath[str], data: JSONBody[Address]) -> Item:
        folder = await named(core, request, item_id)
        name, found = await core.remote.fetch(data.address)
        made = await core.library.create(name, user_of(request), found, folder)
        return await answered(core, request, await core.drive.get(ItemId(made.id)))

    @patch("/items/{item_id:str}", summary="Rename, move, or both; nothing is replaced")
    async def change(self, core: TheCore, request: AppRequest, item_id: FromPath[str], data: JSONBody[Change]) -> Item:
        item = await named(core, request, item_id)
        parent = None if data.parent is None else await other(core, request, data.parent)
        if parent is not None and parent != (await core.drive.row(item)).parent:
            await check_away(core, request, item)
        return await answered(core, request, await core.drive.move(item, parent, data.name))

    @post("/items/{item_id:str}/copy", summary="Copy a file, or a folder with all in it, under a free name")
    async def copy(self, core: TheCore, request: AppRequest, item_id: FromPath[str], data: JSONBody[Change]) -> Item:
        item = await named(core, request, item_id)
        if data.parent is None:
            parent = await beside(core, request, item)
        else:
            parent = await other(core, request, data.parent)
        await core.library.written(item)
        await core.transfers.room((await core.drive.row(parent)).tree, await core.drive.size(item))
        return await answered(core, request, await core.drive.copy(item, parent, data.name))

    @delete("/items/{item_id:str}", summary="To the bin; from there, for ever", status_code=200)
    async def remove(
        self, core: TheCore, request: AppRequest, item_id: FromPath[str], forever: FromQuery[bool] = False
    ) -> Item:
        item = await named(core, request, item_id)
        row = await check_away(core, request, item)
        if forever:
            gone = await answered(core, request, await core.drive.get(item))
            await core.library.erase(item)
            return gone
        # As it was to them: of what lies in the bin only its owner knows.
        before = await standings(core, user_of(request), [row])
        binned = await core.library.bin(item, user_of(request))
        [answer] = await described(core, user_of(request), [binned], before)
        return answer

    @post("/items/{item_id:str}/restore", summary="Out of the bin", status_code=200)
    async def restore(self, core: TheCore, request: AppRequest, item_id: FromPath[str]) -> Item:
        return await answered(core, request, await core.library.restore(await named(core, request, item_id)))

    @delete("/items", summary="Empty the bin")
    async def empty(self, core: TheCore, request: AppRequest, view: FromQuery[Literal["bin"]]) -> None:
        del view
        await core.library.empty_bin(user_of(request))

    @patch("/items/{item_id:str}/mine", summary="Star, or not")
    async def mine(self, core: TheCore, request: AppRequest, item_id: FromPath[str], data: JSONBody[Keep]) -> Item:
        item = await named(core, request, item_id)
        return await answered(core, request, await core.drive.star(item, user_of(request), starred=data.starred))

    @delete("/items/{item_id:str}/mine", summary="Give up what one has of another's item")
    async def leave(self, core: TheCore, request: AppRequest, item_id: FromPath[str]) -> None:
        await core.accounts.sharing.leave(principal_of(request), await named(core, request, item_id))
