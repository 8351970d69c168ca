"""Runtimes that are alive, for who manages: whose they are and since when, and nothing of what is in the notebooks."""

from datetime import datetime

import msgspec
from litestar import Controller, delete, get
from litestar.params import FromPath

from noctule.accounts.principal import Principal
from noctule.app import Core
from noctule.errors import NotFound
from noctule.http.context import AppRequest, TheCore, checked_id, principal_of
from noctule.http.notebooks import moment
from noctule.http.people import Person, person, somebody
from noctule.store import Tx, notebooks, runtimes
from noctule.store.rows import NotebookRow
from noctule_agent.wire.state import RuntimeState
from noctule_agent.wire.values import Cause, Millis, NotebookId, RuntimeId


class NamedNotebook(msgspec.Struct):
    id: str
    name: str


class AliveRuntime(msgspec.Struct):
    """`running`: something of the notebook runs or waits."""

    id: str
    notebook: NamedNotebook
    owner: Person
    state: RuntimeState
    started_at: datetime
    running: bool


class AliveRuntimes(msgspec.Struct):
    """The oldest first."""

    runtimes: list[AliveRuntime]


class AdminRuntimes(Controller):
    path = "/api/v1/admin/runtimes"
    tags = ("admin",)

    @get(summary="Runtimes that are alive, but for warm ones, which are nobody's")
    async def alive(self, core: TheCore) -> AliveRuntimes:
        views = {view.id: (view, notebook_id) for view, notebook_id in core.runtimes.of_notebooks()}

        def read(tx: Tx) -> tuple[dict[RuntimeId, Millis], dict[NotebookId, NotebookRow], set[NotebookId]]:
            wanted = [notebook_id for _, notebook_id in views.values()]
            rows = {notebook_id: notebooks.get(tx, notebook_id) for notebook_id in wanted}
            begun = {row.id: row.created_at for row in runtimes.list_live(tx)}
            return begun, {id_: row for id_, row in rows.items() if row}, set(notebooks.running(tx, wanted))

        begun, known, running = await core.store.read(read)
        owners = {row.tree for row in known.values()}
        people = {row.id: person(row) for row in await core.accounts.people.some(list(owners))}
        # What ended between the two looks is not told.
        there = [view_id for view_id in begun if view_id in views and views[view_id][1] in known]
        found = []
        for runtime_id in there:
            view, notebook_id = views[runtime_id]
            row = known[notebook_id]
            found.append(
                AliveRuntime(
                    id=runtime_id,
                    notebook=NamedNotebook(row.id, row.name),
                    owner=people.get(row.tree) or somebody(row.tree),
                    state=view.state,
                    started_at=moment(begun[runtime_id]),
                    running=notebook_id in running,
                )
            )
        return AliveRuntimes(found)

    @delete("/{runtime_id:str}", summary="End a runtime; its notebook says that an admin did")
    async def end(self, request: AppRequest, core: TheCore, runtime_id: FromPath[str]) -> None:
        wanted = RuntimeId(checked_id(runtime_id))
        cause = await _cause(core, principal_of(request))
        for view, notebook_id in core.runtimes.of_notebooks():
            if view.id == wanted:
                await core.rooms.end_runtime(notebook_id, cause)
                return
        raise NotFound("runtime-not-found", "There is no such runtime.", "It may have ended.")


async def _cause(core: Core, principal: Principal) -> Cause:
    found = await core.accounts.people.some([principal.account])
    who = f"{found[0].shown}, an admin," if found else "Who runs this server"
    return Cause("ended-by-admin", f"{who} ended the runtime.", {"by": principal.account})
