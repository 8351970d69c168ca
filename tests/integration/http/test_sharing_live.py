"""Open pages and terminals follow the rights behind them, at once when these change here, and soon when they change elsewhere."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgspec
import pytest

from noctule.accounts.common import NOTEBOOKS, By
from noctule.accounts.live import Held
from noctule.accounts.principal import Principal
from noctule.accounts.roles import MAY
from noctule.accounts.sharing import Gift
from noctule.http import sockets, terminals
from noctule.notebook.crdt import NotebookDoc
from noctule.notebook.ops import SetSource
from noctule.store import grants
from noctule.store.rows import GrantRow
from noctule_agent.wire import page as wire
from noctule_agent.wire.ports import ChannelClosed
from noctule_agent.wire.terminals import TerminalId
from noctule_agent.wire.values import ItemId, Millis, NotebookId, UserId
from tests.support.channels import memory_channel_pair
from tests.support.notebooks import ipynb
from tests.support.rooms import RawPage
from tests.support.team import Team

HERE = By("server")


class Notebook:
    """Of one owner, in a folder of theirs, with pages of others at it."""

    def __init__(self, team: Team, owner: Principal, id_: NotebookId, folder: ItemId) -> None:
        self.team = team
        self.core = team.core
        self.owner = owner
        self.id = id_
        self.folder = folder

    async def share(self, kind: Any, whom: str, role: Any, item: ItemId | None = None) -> str:
        gift = Gift(kind, whom, role)
        return (await self.core.accounts.sharing.put(self.owner, ItemId(item or self.id), gift)).id

    async def end(self, grant: str, item: ItemId | None = None) -> None:
        await self.core.accounts.sharing.end(self.owner, ItemId(item or self.id), grant)

    @asynccontextmanager
    async def page(self, who: Principal) -> AsyncIterator[tuple[RawPage, wire.Welcome]]:
        """As http/sockets.py serves it, over a channel in memory."""
        here, there = memory_channel_pair()
        serving = asyncio.create_task(sockets.serve_page(self.core, there, who, self.id))
        page = RawPage(here, Held())
        try:
            yield page, await page.open()
        finally:
            await here.close()
            await serving

    async def text(self) -> str:
        room = await self.core.rooms.open(self.id)
        return room.document.cells()[0].source


def principal(account: str) -> Principal:
    return Principal(UserId(account), NOTEBOOKS, session="a session")


@pytest.fixture
async def notebook(team: Team) -> Notebook:
    owner = UserId(await team.make("ada"))
    root = await team.core.drive.home(owner)
    folder = (await team.core.drive.make_folder(root, "shared")).id
    made = await team.core.library.create("n.ipynb", owner, ipynb("a = 1"), folder)
    return Notebook(team, principal(owner), made.id, folder)


@pytest.fixture
async def bob(team: Team) -> Principal:
    return principal(await team.make("bob"))


async def ended(page: RawPage) -> ChannelClosed:
    async with asyncio.timeout(5):
        while True:
            try:
                await page.channel.receive()
            except ChannelClosed as closed:
                return closed


def edit(welcome: wire.Welcome, source: str) -> wire.Update:
    document = NotebookDoc.load(welcome.update, [])
    return wire.Update(n=1, update=document.edit([SetSource(document.order()[0], source)]).update)


async def test_a_page_is_told_what_it_may_and_whose_the_notebook_is(notebook: Notebook, bob: Principal) -> None:
    await notebook.share("user", bob.account, "commenter")
    async with notebook.page(bob) as (_, welcome):
        assert welcome.capabilities == ["comment", "view"]
        assert welcome.owner == notebook.owner.account
    async with notebook.page(notebook.owner) as (_, welcome):
        assert welcome.capabilities == sorted(NOTEBOOKS)


async def test_an_editor_who_becomes_a_viewer_sees_on_and_edits_no_more(notebook: Notebook, bob: Principal) -> None:
    await notebook.share("user", bob.account, "editor")
    async with notebook.page(bob) as (page, welcome), notebook.page(notebook.owner) as (other, _):
        await page.send(edit(welcome, "a = 2"))
        assert (await page.next(wire.Saved)).n == 1
        await other.next(wire.PeerUpdate)
        await notebook.share("user", bob.account, "viewer")
        assert (await page.next(wire.Rights)).capabilities == ["view"]
        # What needs an answer gets one.
        await page.send(wire.Interrupt(id="no"))
        assert (await page.next(wire.Failed)).problem.code == "capability-refused"
        # An edit that was on its way cannot be answered, and harms nothing.
        await page.send(edit(welcome, "evil"))
        assert (await ended(page)).code == wire.CLOSE_UNAUTHORIZED
    assert await notebook.text() == "a = 2"
    async with notebook.page(bob) as (_, welcome):
        assert welcome.capabilities == ["view"]


async def test_a_viewer_who_becomes_an_editor_edits_without_coming_anew(notebook: Notebook, bob: Principal) -> None:
    await notebook.share("user", bob.account, "viewer")
    async with notebook.page(bob) as (page, welcome):
        await notebook.share("user", bob.account, "editor")
        assert (await page.next(wire.Rights)).capabilities == sorted(MAY["editor"])
        await page.send(edit(welcome, "b = 1"))
        assert (await page.next(wire.Saved)).n == 1
    assert await notebook.text() == "b = 1"


Change = Callable[[Notebook, Principal], Awaitable[None]]


async def _unshared(notebook: Notebook, bob: Principal) -> None:
    await notebook.end((await granted(notebook, notebook.folder))[0].id, notebook.folder)


async def _left(notebook: Notebook, bob: Principal) -> None:
    await notebook.core.accounts.sharing.leave(bob, notebook.folder)


async def _moved(notebook: Notebook, bob: Principal) -> None:
    await notebook.core.drive.move(ItemId(notebook.id), await notebook.core.drive.home(notebook.owner.account))


async def _above_moved(notebook: Notebook, bob: Principal) -> None:
    private = await notebook.core.drive.make_folder(ItemId(notebook.owner.account), "private")
    await notebook.core.drive.move(ItemId(notebook.id), private.id)


async def _binned(notebook: Notebook, bob: Principal) -> None:
    await notebook.core.drive.bin(notebook.folder)


@pytest.mark.parametrize("change", [_unshared, _left, _moved, _above_moved, _binned])
async def test_a_page_closes_when_its_right_to_see_ends(notebook: Notebook, bob: Principal, change: Change) -> None:
    await notebook.share("user", bob.account, "editor", notebook.folder)
    async with notebook.page(bob) as (page, welcome), notebook.page(notebook.owner) as (other, _):
        await change(notebook, bob)
        with suppress(ChannelClosed):
            await page.send(edit(welcome, "evil"))
        closed = await ended(page)
        assert (closed.code, closed.reason) == (wire.CLOSE_ACCESS_ENDED, "access-ended")
        await other.send(wire.Ping())
        await other.next(wire.Pong)
    assert await notebook.text() == "a = 1"


async def test_who_leaves_a_team_loses_what_it_has(team: Team, notebook: Notebook, bob: Principal) -> None:
    lab = await team.core.accounts.teams.make(HERE, "Lab")
    await team.core.accounts.teams.join(HERE, lab.id, bob.account)
    await notebook.share("team", lab.id, "editor")
    await notebook.share("anyone", "", "viewer")
    async with notebook.page(bob) as (page, _):
        await team.core.accounts.teams.leave(HERE, lab.id, bob.account)
        assert (await page.next(wire.Rights)).capabilities == ["view"]
        await team.core.accounts.teams.join(HERE, lab.id, bob.account)
        assert (await page.next(wire.Rights)).capabilities == sorted(MAY["editor"])
        await team.core.accounts.teams.remove(HERE, lab.id)
        assert (await page.next(wire.Rights)).capabilities == ["view"]


async def test_what_ended_elsewhere_is_seen_by_the_review(notebook: Notebook, bob: Principal) -> None:
    await notebook.share("user", bob.account, "viewer")
    now = notebook.core.clock.now()
    async with notebook.page(bob) as (page, _):
        # As if it had been granted until a moment ago.
        row = (await granted(notebook, ItemId(notebook.id)))[0]
        over = msgspec.structs.replace(row, expires_at=Millis(now - 1))
        await notebook.core.store.write(lambda tx: grants.put(tx, over))
        await notebook.core.accounts.review()
        assert (await ended(page)).code == wire.CLOSE_ACCESS_ENDED


async def test_a_terminal_closes_when_the_right_to_run_ends(notebook: Notebook, bob: Principal) -> None:
    await notebook.share("user", bob.account, "editor")
    here, there = memory_channel_pair()
    serving = asyncio.create_task(terminals.serve(notebook.core, there, bob, notebook.id, TerminalId("t")))
    page = RawPage(here, Held())
    while not len(notebook.core.accounts.live):
        await asyncio.sleep(0)
    await notebook.share("user", bob.account, "commenter")
    assert (await ended(page)).code == wire.CLOSE_ACCESS_ENDED
    await serving


async def test_a_right_that_ends_while_a_page_comes_keeps_it_out(notebook: Notebook, bob: Principal) -> None:
    grant = await notebook.share("user", bob.account, "viewer")
    here, there = memory_channel_pair()
    serving = asyncio.create_task(sockets.serve_page(notebook.core, there, bob, notebook.id))
    while not len(notebook.core.accounts.live):
        await asyncio.sleep(0)
    await notebook.end(grant)
    page = RawPage(here, Held())
    with pytest.raises(ChannelClosed):
        await page.open()
    await serving


async def test_the_room_of_a_notebook_that_is_given_away_goes_on(
    team: Team, notebook: Notebook, bob: Principal
) -> None:
    async with notebook.page(notebook.owner) as (page, welcome), notebook.page(notebook.owner) as (other, _):
        await page.send(edit(welcome, "a = 2"))
        await page.next(wire.Saved)
        await team.core.handing.over(ItemId(notebook.id), bob.account)
        await team.core.accounts.rights.review()
        assert (await page.next(wire.Rights)).capabilities == sorted(MAY["editor"])
        async with notebook.page(bob) as (mine, known):
            assert known.owner == bob.account
            assert known.capabilities == sorted(NOTEBOOKS)
            await mine.send(edit(known, "a = 3"))
            await mine.next(wire.Saved)
        await other.next(wire.PeerUpdate)
        projection = await team.core.rooms.projection(notebook.id)
        await projection.write()
    file = team.core.config.drive / bob.account / "n.ipynb"
    assert "a = 3" in file.read_text()
    assert not list((team.core.config.drive / notebook.owner.account).rglob("*.ipynb"))


async def granted(notebook: Notebook, item: ItemId) -> list[GrantRow]:
    return await notebook.core.store.read(lambda tx: grants.of_item(tx, item))
