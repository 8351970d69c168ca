"""Everybody's role, against every route about an item, a notebook or a run, and every frame of a page.

What is expected is derived from the tables (accounts/capabilities.py, accounts/roles.py); those of the roles stand here once more.
"""

from dataclasses import dataclass
from typing import Any, Final

import msgspec
import pytest

from noctule.accounts.capabilities import (
    FRAMES,
    ITEM_PARAMETER,
    NOTEBOOK_PARAMETERS,
    REQUESTS,
    RUN_PARAMETER,
    Capability,
)
from noctule.accounts.common import By
from noctule.accounts.roles import MAY
from noctule.notebook.crdt import NotebookDoc
from noctule.notebook.ops import SetSource
from noctule.store import batches, grants
from noctule.store.rows import BatchRow, Role
from noctule_agent.wire import page as wire
from noctule_agent.wire.asks import InspectAsk
from noctule_agent.wire.ports import ChannelClosed
from noctule_agent.wire.values import (
    BatchId,
    CellId,
    CommentId,
    ExecutionId,
    ItemId,
    Millis,
    NotebookId,
    PromptId,
    ThreadId,
    UserId,
)
from tests.support.notebooks import ipynb
from tests.support.rooms import USER, RoomsWorld
from tests.support.team import Team, asked, found

HERE = By("server")
TABLE: Final = {
    "viewer": {"view"},
    "commenter": {"view", "comment"},
    "editor": {"view", "comment", "edit", "run"},
    "owner": {"view", "comment", "edit", "run", "share"},
}
"""docs/drive.md, "Who may what"."""
ABOUT: Final = (*NOTEBOOK_PARAMETERS, ITEM_PARAMETER, RUN_PARAMETER)
AWAY: Final = {("DELETE", "/api/v1/items/{item_id}"), ("DELETE", "/api/v1/notebooks/{notebook_id}")}
"""They change the folder that it lies in, too."""


def test_roles_are_what_the_documents_say() -> None:
    assert {role: {str(each) for each in held} for role, held in MAY.items()} == TABLE


@dataclass
class Case:
    """How the asker comes to a role for a notebook in a folder. `above`: the role for that folder."""

    name: str
    role: Role | None
    above: Role | None = None


CASES: Final = [
    Case("nothing", None),
    Case("viewer", "viewer"),
    Case("commenter", "commenter"),
    Case("editor", "editor"),
    Case("editor of the folder", "editor", "editor"),
    Case("viewer of the folder, editor of the notebook", "editor", "viewer"),
    Case("owner", "owner", "owner"),
    Case("editor once", None),
    Case("editor by a team", "editor"),
    Case("viewer by anyone", "viewer"),
    Case("editor by anyone, on the folder", "editor", "editor"),
    Case("editor of what lies in the bin", None),
    Case("editor of what lies in a folder in the bin", None),
    Case("editor of another notebook", None),
    Case("admin", None),
]


class Scene:
    """A server, an owner, and who asks."""

    def __init__(self, team: Team, owner: UserId, asker: UserId, lab: str) -> None:
        self.team = team
        self.core = team.core
        self.owner = owner
        self.asker = asker
        self.lab = lab
        self.made = 0

    async def set_up(self, case: Case) -> dict[str, str]:
        """A new folder and a new notebook, shared so; what the paths' parameters stand for."""
        self.made += 1
        core = self.core
        owner = self.asker if case.name == "owner" else self.owner
        folder = await core.drive.make_folder(await core.drive.home(owner), f"folder {self.made}")
        book = (await core.library.create("n.ipynb", owner, ipynb("1"), folder.id)).id
        other = (await core.library.create("other.ipynb", owner, ipynb("1"), folder.id)).id
        run = f"run{self.made}"
        row = BatchRow(BatchId(run), book, owner, "api", Millis(1), {})
        await core.store.write(lambda tx: batches.create(tx, row))
        await self.grant(case, folder.id, ItemId(book), ItemId(other))
        if case.name.endswith("in the bin"):
            await core.drive.bin(folder.id if "folder" in case.name else ItemId(book))
        return {"item_id": book, "notebook_id": book, "other_id": book, "run_id": run, "grant_id": f"g{self.made}"}

    async def grant(self, case: Case, folder: ItemId, book: ItemId, other: ItemId) -> None:
        now = self.core.clock.now()
        wanted: list[tuple[ItemId, str, str, Any, int | None]] = []
        if "once" in case.name:
            wanted.append((book, "user", self.asker, "editor", now - 1))
        elif "team" in case.name:
            wanted.append((book, "team", self.lab, "editor", None))
        elif "anyone" in case.name:
            wanted.append((folder if case.above else book, "anyone", "", case.role, None))
        elif "another" in case.name:
            wanted.append((other, "user", self.asker, "editor", None))
        elif "bin" in case.name:
            wanted.append((folder, "user", self.asker, "editor", None))
            wanted.append((book, "user", self.asker, "editor", None))
        elif case.role not in (None, "owner"):
            if case.above:
                wanted.append((folder, "user", self.asker, case.above, None))
            if case.above != case.role:
                wanted.append((book, "user", self.asker, case.role, None))
        rows = [
            grants.GrantRow(f"g{self.made}" + "-" * place, *each[:4], self.owner, now, each[4])  # type: ignore[arg-type]
            for place, each in enumerate(wanted)
        ]
        for row in rows:
            await self.core.store.write(lambda tx, row=row: grants.put(tx, row))  # type: ignore[misc]


def expected(case: Case, method: str, template: str) -> str:
    needed = REQUESTS[method, template]
    assert needed is not None
    if case.role is None:
        return "hidden"
    if needed not in MAY[case.role]:
        return "refused"
    above = MAY[case.above] if case.above else frozenset[Capability]()
    return "refused" if (method, template) in AWAY and needed not in above else "in"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_every_route_about_something_asked_in_every_role(team: Team, case: Case) -> None:
    owner = UserId(await team.make("owner"))
    browser = await team.joined("asker", admin=case.name == "admin")
    asker = UserId((await browser.get("/api/v1/me")).json()["id"])
    lab = await team.core.accounts.teams.make(HERE, "Lab")
    await team.core.accounts.teams.join(HERE, lab.id, asker)
    scene = Scene(team, owner, asker, lab.id)
    named = await scene.set_up(case)
    routes = [key for key in REQUESTS if any(f"{{{name}}}" in key[1] for name in ABOUT) and key[0] != "WEBSOCKET"]
    assert len(routes) > 50
    wrong = []
    for method, template in routes:
        if REQUESTS[method, template] is None:
            continue
        if method == "DELETE":
            named = await scene.set_up(case)
        # No body is a list: whoever is let in changes nothing, and starts no runtime.
        answer = await browser.request(method, asked(method, template, named), json=[])
        assert answer.status_code < 500, f"{method} {template}: {answer.text}"
        if found(answer) != (want := expected(case, method, template)):
            wrong.append(f"{method} {template}: {found(answer)}, not {want}: {answer.text[:200]}")
        if method == "DELETE":
            named = await scene.set_up(case)
    assert not wrong, "\n".join(wrong)


# --- frames ---

CELL = CellId("cell")
SAMPLES: Final[dict[type, Any]] = {
    wire.Open: wire.Open(version=wire.VERSION),
    wire.Presence: wire.Presence(),
    wire.Ping: wire.Ping(),
    wire.Need: wire.Need(cell_ids=[]),
    wire.ClearOutputs: wire.ClearOutputs(id="c"),
    wire.StartThread: wire.StartThread(
        id="c", thread_id=ThreadId("t"), comment_id=CommentId("m"), cell_id=CELL, text="x"
    ),
    wire.Reply: wire.Reply(id="c", thread_id=ThreadId("t"), comment_id=CommentId("m"), text="x"),
    wire.EditComment: wire.EditComment(id="c", comment_id=CommentId("m"), version=1, text="x"),
    wire.DeleteComment: wire.DeleteComment(id="c", comment_id=CommentId("m")),
    wire.ResolveThread: wire.ResolveThread(id="c", thread_id=ThreadId("t"), turn=1, resolved=True),
    wire.Run: wire.Run(id="c", batch_id="b", executions=[wire.RunItem(ExecutionId("e"), CELL)]),
    wire.Interrupt: wire.Interrupt(id="c"),
    wire.Restart: wire.Restart(id="c"),
    wire.CancelRun: wire.CancelRun(id="c"),
    wire.Connect: wire.Connect(id="c"),
    wire.Disconnect: wire.Disconnect(id="c"),
    wire.AnswerPrompt: wire.AnswerPrompt(id="c", prompt_id=PromptId("p"), value="x"),
    wire.Comm: wire.Comm(id="c", msg_type="comm_msg", content=b"{}"),
    wire.Ask: wire.Ask(id="c", ask=InspectAsk(code="x", cursor=1)),
}


def sample(kind: type, welcome: wire.Welcome) -> Any:
    if kind is not wire.Update:
        return SAMPLES[kind]
    document = NotebookDoc.load(welcome.update, [])
    return wire.Update(n=1, update=document.edit([SetSource(document.order()[0], "edited")]).update)


async def what_came_of(world: RoomsWorld, notebook: NotebookId, kind: type, role: Role) -> str:
    page = world.dial(notebook, MAY[role])
    await page.send(sample(kind, await page.open()))
    await page.send(wire.Ping())
    decode = msgspec.msgpack.Decoder(wire.ToPage).decode
    try:
        while True:
            frame = decode(await page.channel.receive())
            if isinstance(frame, wire.Failed) and frame.problem.code == "capability-refused":
                return "refused"
            if isinstance(frame, wire.Pong):
                return "in"
    except ChannelClosed as closed:
        return "refused" if closed.code == wire.CLOSE_UNAUTHORIZED else "in"
    finally:
        await page.channel.close()


@pytest.mark.parametrize("role", list(MAY))
async def test_every_frame_sent_in_every_role(rooms_world: RoomsWorld, role: Role) -> None:
    assert {*SAMPLES, wire.Update} == set(FRAMES)
    wrong = []
    for kind, needed in FRAMES.items():
        notebook = (await rooms_world.library.create("n.ipynb", USER, ipynb("a = 1"))).id
        want = "in" if needed in MAY[role] else "refused"
        came = await what_came_of(rooms_world, notebook, kind, role)
        if came != want:
            wrong.append(f"{kind.__name__}: {came}, not {want}")
        source = (await rooms_world.rooms.open(notebook)).document.cells()[0].source
        assert source == ("edited" if kind is wire.Update and want == "in" else "a = 1")
    assert not wrong, "\n".join(wrong)
