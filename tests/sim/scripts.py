"""Short stories with exact timing: the named seeds. Each is about one defect that the simulation found.

`settle` lets what goes on come to its end; `ending.end` follows every script and checks everything.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import orjson

from noctule.notebook import ops
from noctule.rooms.restoring import Wish
from noctule.rooms.versions import Moment
from noctule_agent.kernels.base import HIDDEN
from noctule_agent.wire.state import StreamOutput
from noctule_agent.wire.values import CellId, NotebookId, RevisionId, UserId
from tests.sim import drive
from tests.sim.pages import SimPage
from tests.sim.past import RESTORER
from tests.sim.server import CrashPlan

if TYPE_CHECKING:
    from tests.sim.world import World

Script = Callable[["World"], Awaitable[None]]
FIRST = CellId("n0c0")


async def _opened(world: "World", *sources: str) -> SimPage:
    """A page on a new notebook with these cells."""
    page = world.open_page(await world.make_notebook(list(sources)))
    while not page.live:
        await asyncio.sleep(0.01)
    return page


async def _run(page: SimPage, seconds: float = 10.0, cell_id: CellId = FIRST) -> None:
    page.do(f"runs {cell_id}", page.run([cell_id]))
    await asyncio.sleep(seconds)


def _file_has(world: "World", notebook_id: NotebookId, text: str) -> None:
    (name,) = world.disk.rows.execute("SELECT CAST(name AS TEXT) FROM item WHERE id = ?", (notebook_id,)).fetchone()
    file = world.files.folder.get(name)
    if file is None or text.encode() not in file.data:
        world.fail(f"{name} does not have {text!r}")


async def a_run_is_delivered_though_its_page_is_closed(world: "World") -> None:
    page = await _opened(world, "print <a>")
    await _run(page)
    world.disk.pace = 0.3
    page.do("runs and closes", page.run([FIRST]))
    await asyncio.sleep(0.05)
    world.close_page(page)
    await asyncio.sleep(2.0)
    world.disk.pace = None


async def a_cell_that_clears_at_once_shows_its_new_outputs(world: "World") -> None:
    page = await _opened(world, "clear\nprint <a>")
    for _ in range(3):
        await _run(page, 5.0)


async def a_run_goes_on_when_the_answer_of_its_commit_is_lost(world: "World") -> None:
    page = await _opened(world, "print <a>")
    await _run(page)
    lose_an_answer(world)
    await _run(page)


async def records_go_on_when_the_answer_of_their_commit_is_lost(world: "World") -> None:
    page = await _opened(world, "print <a>\nsleep 2\nprint <b>\nsleep 2\nprint <c>")
    page.do("runs", page.run([FIRST]))
    await asyncio.sleep(3.0)
    lose_an_answer(world)
    await asyncio.sleep(10.0)


async def a_page_that_comes_while_its_room_is_opened_anew_is_not_turned_away(world: "World") -> None:
    page = await _opened(world, "print <a>")
    world.disk.pace = 0.2
    lose_an_answer(world)
    page.do("edits", page.edit(ops.SetSource(FIRST, "print <b>")))
    for _ in range(60):
        other = world.open_page(page.notebook_id)
        await asyncio.sleep(0.02)
        if len(world.pages) > 8:
            world.close_page(other)
    world.disk.pace = None


async def a_file_is_written_after_the_server_was_killed_before_it(world: "World") -> None:
    page = await _opened(world, "print <a>")
    await asyncio.sleep(5.0)
    page.do("edits", page.edit(ops.SetSource(FIRST, "print <b>")))
    await asyncio.sleep(0.5)
    world.close_page(page)
    assert world.server is not None
    world.server.kill()
    await asyncio.sleep(20.0)
    _file_has(world, page.notebook_id, "<b>")


async def a_file_is_written_after_the_disk_was_full(world: "World") -> None:
    page = await _opened(world, "print <a>")
    await asyncio.sleep(5.0)
    page.do("edits", page.edit(ops.SetSource(FIRST, "print <b>")))
    await asyncio.sleep(0.5)
    world.disk.full_until = world.loop.time() + 10.0
    await asyncio.sleep(30.0)
    _file_has(world, page.notebook_id, "<b>")


async def a_run_gets_a_runtime_though_the_disk_was_full_when_it_asked(world: "World") -> None:
    page = await _opened(world, "print <a>")
    world.disk.pace = 0.1
    running = page.process.spawn(page.run([FIRST]))
    await asyncio.wait([running])
    world.disk.full_until = world.loop.time() + 5.0
    await asyncio.sleep(1.0)
    world.disk.pace = None


async def what_a_kernel_says_while_it_is_held_is_heard_when_its_disk_has_room(world: "World") -> None:
    page = await _opened(world, "sleep 2\nprint <a>")
    page.do("runs", page.run([FIRST]))
    while not world.machines.requests:
        await asyncio.sleep(0.1)
    await asyncio.sleep(1.0)
    (machine,) = (machine for machine in world.machines.all.values() if machine.history)
    machine.full_until = world.loop.time() + 5.0
    # Something is to be written, so it is noticed.
    page.do("runs again", page.run([FIRST]))
    await asyncio.sleep(10.0)


async def a_file_that_was_not_noted_and_changed_outside_differs_from_what_was_written(world: "World") -> None:
    page = await _opened(world, "print <a>")
    await asyncio.sleep(5.0)
    page.do("edits", page.edit(ops.SetSource(FIRST, "print <b>")))
    await asyncio.sleep(1.0)
    # Of what the server writes this is the first: that the file is there.
    _server_dies(world, 5.0)
    await asyncio.sleep(3.0)
    _file_has(world, page.notebook_id, "<b>")
    _edit_outside(world, page, "print outside")
    await asyncio.sleep(15.0)
    if page.doc.source(FIRST) != "print <b>\nprint outside":
        world.fail(f"two changes became {page.doc.source(FIRST)!r}")


async def a_change_made_outside_is_taken_in_though_the_server_died_at_it(world: "World") -> None:
    page = await _opened(world, "print <a>")
    await asyncio.sleep(5.0)
    world.close_page(page)
    _server_dies(world, 1.0)
    _edit_outside(world, page, "print outside")
    await asyncio.sleep(10.0)


async def a_page_does_not_bring_back_what_the_server_that_died_was_taking_in(world: "World") -> None:
    page = await _opened(world, "print <a>")
    await asyncio.sleep(5.0)
    # The file is behind: the next server takes care of it before a page comes.
    page.do("edits", page.edit(ops.SetSource(FIRST, "print <b>")))
    await asyncio.sleep(0.5)
    _server_dies(world, 1.0)
    _edit_outside(world, page, "print outside")
    while world.server is not None:
        await asyncio.sleep(0.1)
    world.pages_parted_until = world.loop.time() + 10.0
    await asyncio.sleep(20.0)


async def a_deletion_is_brought_back_by_who_saw_it_when_its_writer_and_the_server_died(world: "World") -> None:
    """A deletion moves no state vector."""
    page = await _opened(world, "print <a>\nprint <b>")
    other = world.open_page(page.notebook_id)
    await asyncio.sleep(5.0)
    world.disk.pace = 1.0
    page.do("edits", page.edit(ops.SetSource(FIRST, "print <a>")))
    await asyncio.sleep(0.5)
    assert world.server is not None
    world.server.kill()
    world.close_page(page)
    world.disk.pace = None
    await asyncio.sleep(20.0)
    if other.doc.source(FIRST) != "print <a>":
        world.fail("the deletion was not seen")


async def a_file_that_changes_while_it_is_written_is_not_replaced(world: "World") -> None:
    page = await _opened(world, "print <a>")
    await asyncio.sleep(5.0)
    page.do("edits", page.edit(ops.SetSource(FIRST, "print <b>")))
    await asyncio.sleep(1.0)
    world.disk.pace = 0.5
    await asyncio.sleep(2.0)
    _edit_outside(world, page, "print outside")
    await asyncio.sleep(10.0)
    world.disk.pace = None


async def a_file_that_changes_while_there_is_nothing_to_write_is_not_noted(world: "World") -> None:
    page = await _opened(world, "print <a>")
    await asyncio.sleep(5.0)
    for source in ("print <b>", "print <a>"):
        page.do("edits", page.edit(ops.SetSource(FIRST, source)))
    await asyncio.sleep(1.0)
    world.disk.pace = 0.5
    await asyncio.sleep(2.0)
    _edit_outside(world, page, "print outside")
    await asyncio.sleep(10.0)
    world.disk.pace = None


async def a_file_that_was_written_is_shown_so_by_the_next_server(world: "World") -> None:
    page = await _opened(world, "print <a>")
    await asyncio.sleep(1.0)
    # Of what the server writes this is the first: that the file is there.
    lose_an_answer(world)
    await asyncio.sleep(2.0)
    if not page.view.saved.pending:
        world.fail("it is not shown that the file may not be written")
    world.server.kill()  # type: ignore[union-attr]


async def a_file_that_was_noted_by_a_server_that_died_then_differs_from_that(world: "World") -> None:
    page = await _opened(world, "print <a>\nprint <0>")
    await asyncio.sleep(5.0)
    page.do("edits", page.edit(ops.SetSource(FIRST, "print <a>\nprint <b>\nprint <0>")))
    await asyncio.sleep(1.0)
    # The next commit notes the file: the base of the one before it is still there.
    _server_dies(world, 1.0, "committed")
    while world.server is not None:
        await asyncio.sleep(0.1)
    # With the wrong base the end of this line would be taken for the end of that one.
    _edit_outside(world, page, "print outside <0>")
    await asyncio.sleep(10.0)


async def a_room_that_failed_with_a_file_to_take_in_is_opened_anew(world: "World") -> None:
    page = await _opened(world, "print <a>")
    await asyncio.sleep(5.0)
    page.do("edits", page.edit(ops.SetSource(FIRST, "print <b>")))
    lose_an_answer(world)
    _edit_outside(world, page, "print outside")
    await asyncio.sleep(10.0)


def _edit_outside(world: "World", page: SimPage, line: str) -> None:
    """Another program adds a line to the first cell of the page's .ipynb."""
    (name,) = world.disk.rows.execute(
        "SELECT CAST(name AS TEXT) FROM item WHERE id = ?", (page.notebook_id,)
    ).fetchone()
    nb = orjson.loads(world.files.folder[name].data)
    cell = next(cell for cell in nb["cells"] if cell["id"] == FIRST)
    cell["source"] = "".join(cell["source"]) + f"\n{line}"
    world.files.put(name, orjson.dumps(nb))
    world.remember_outside(page.notebook_id, FIRST, line)


async def _pinned(world: "World", page: SimPage) -> RevisionId:
    """A revision of this moment."""
    assert world.server is not None
    pinning = world.server.versions.pin(page.notebook_id, "pinned", UserId("ann"))
    return (await world.server.process.spawn(pinning)).id


def _restores(world: "World", page: SimPage, revision_id: RevisionId) -> None:
    assert world.server is not None
    restoring = world.server.versions.restore(page.notebook_id, Wish(revision_id), UserId(RESTORER))
    world.server.process.spawn(drive.asked(world, "restore", restoring))


async def what_is_typed_while_a_revision_is_restored_stays(world: "World") -> None:
    """Between what is kept and the edit that takes it away there is time: the outputs come back first."""
    page = await _opened(world, "print <1001>\nprint <1002>", "print <1003>")
    await _run(page, 5.0)
    pinned = await _pinned(world, page)
    page.do("edits", page.edit(ops.SetSource(FIRST, "print <1001>\nprint <1004>")))
    await _run(page, 5.0)
    world.disk.pace = 0.2
    _restores(world, page, pinned)
    while not world.checks.rows.kept("before-restore"):
        await asyncio.sleep(0.05)
    for number in range(2001, 2012):
        await asyncio.sleep(0.1)
        for cell_id in (FIRST, CellId("n0c1")):
            source = page.doc.source(cell_id) or ""
            page.do("types", page.edit(ops.SetSource(cell_id, f"print <{cell_id[-1]}{number}>\n{source}")))
    world.disk.pace = None
    await asyncio.sleep(5.0)
    for cell_id, was in ((FIRST, "print <1001>\nprint <1002>"), (CellId("n0c1"), "print <1003>")):
        typed = [f"print <{cell_id[-1]}{number}>" for number in range(2011, 2000, -1)]
        if page.doc.source(cell_id) != "\n".join([*typed, was]):
            world.fail(f"{cell_id} is not what was restored and typed: {page.doc.source(cell_id)!r}")


async def a_restore_that_the_server_died_of_can_be_done_again(world: "World") -> None:
    """Whenever it dies, what there was before is kept or still there."""
    page = await _opened(world, "print <1001>", "print <1002>")
    await _run(page, 5.0)
    pinned = await _pinned(world, page)
    for commits in range(1, 7):
        page.do("edits", page.edit(ops.SetSource(FIRST, f"print <{2000 + commits}>"), ops.DeleteCell(CellId("n0c1"))))
        await _run(page, 5.0)
        assert world.server is not None
        world.restart_after = 1.0
        world.server.crash_plan = CrashPlan("commit", commits)
        _restores(world, page, pinned)
        await asyncio.sleep(10.0)
        await world.until_up()
        world.server.crash_plan = None
        _restores(world, page, pinned)
        await asyncio.sleep(10.0)
        found = [(cell.id, cell.source) for cell in page.doc.cells() if cell.type == "code"]
        if found != [(FIRST, "print <1001>"), ("n0c1", "print <1002>")]:
            world.fail(f"after a death at commit {commits} it is not what was restored: {found}")


async def a_file_follows_a_rename_whose_answer_was_lost(world: "World") -> None:
    page = await _opened(world, "print <a>")
    await asyncio.sleep(5.0)
    lose_an_answer(world)
    drive.rename(world, page)
    await asyncio.sleep(10.0)
    _one_file(world, page.notebook_id)


async def a_file_follows_a_rename_that_the_server_died_of(world: "World") -> None:
    """After the file was moved and before its row says so, or after that."""
    page = await _opened(world, "print <a>")
    for step, commits in (("commit", 1), ("committed", 1)):
        await asyncio.sleep(5.0)
        assert world.server is not None
        world.restart_after = 1.0
        world.server.crash_plan = CrashPlan(step, commits)
        drive.rename(world, page)
        while world.server is not None:
            await asyncio.sleep(0.1)
        await world.until_up()
        await asyncio.sleep(5.0)
        _one_file(world, page.notebook_id)


def _one_file(world: "World", notebook_id: NotebookId) -> None:
    (name,) = world.disk.rows.execute("SELECT CAST(name AS TEXT) FROM item WHERE id = ?", (notebook_id,)).fetchone()
    if list(world.files.folder) != [name]:
        world.fail(f"the file of {name} is not there, or another is left: {list(world.files.folder)}")


async def what_a_cell_says_while_a_revision_is_restored_is_shown_or_kept(world: "World") -> None:
    """A cell that ends between what is kept and the outputs that come back said its last words into neither."""
    page = await _opened(world, "print <1001>")
    await _run(page, 5.0)
    pinned = await _pinned(world, page)
    page.do("edits", page.edit(ops.SetSource(FIRST, "print <1002>\nsleep 2\nprint <1003>")))
    await asyncio.sleep(2.0)
    for tenths in range(6, 22, 2):
        page.do("runs", page.run([FIRST]))
        await asyncio.sleep(tenths / 10)
        world.disk.pace = 0.4
        _restores(world, page, pinned)
        await asyncio.sleep(8.0)
        world.disk.pace = None
        await asyncio.sleep(2.0)
        if not any("<1003>" in text for text in await _texts(world, page)):
            world.fail(f"what was said {tenths / 10} s before a restore is neither shown nor kept")
        page.do("edits", page.edit(ops.SetSource(FIRST, "print <1002>\nsleep 2\nprint <1003>")))
        await asyncio.sleep(2.0)


async def a_question_and_its_answer_are_shown_once_though_the_server_dies(world: "World") -> None:
    page = await _opened(world, "print <a>\ninput <q>?\nprint <b>")
    for step in ("commit", "committed"):
        await _run(page, 5.0)
        _server_dies(world, 2.0, step)
        await _answer(page, "<v>")
        await asyncio.sleep(20.0)
        _shows(world, page, "<a>\n<q>?<v>\n<v>\n<b>\n")


async def an_answer_is_shown_if_it_was_journaled_though_the_agent_died_of_it(world: "World") -> None:
    page = await _opened(world, "print <a>\nsecret <q>?\nprint <b>")
    for when, shown in (("before", "<a>\n"), ("after", f"<a>\n<q>?{HIDDEN}\n")):
        await _run(page, 10.0)
        for machine in world.machines.all.values():
            machine.crash = (when, 1)
        await _answer(page, "<v>")
        await asyncio.sleep(30.0)
        _shows(world, page, shown)


async def _answer(page: SimPage, value: str) -> None:
    (prompt,) = page.view.prompts
    page.do(f"answers {prompt.id}", page.answer(prompt.id, value))


def _shows(world: "World", page: SimPage, text: str) -> None:
    (cell,) = page.view.cells
    shown = "".join(output.text + output.tail for output in cell.outputs if isinstance(output, StreamOutput))
    if shown != text:
        world.fail(f"the cell shows {shown!r}, and not {text!r}")


async def _texts(world: "World", page: SimPage) -> list[str]:
    """What the first cell shows, and what the last revision says that it showed."""
    assert world.server is not None
    versions, notebook_id = world.server.versions, page.notebook_id

    async def ask() -> list[str]:
        (last,), _ = await versions.page(notebook_id, before=None, limit=1, named=False)
        moments = (Moment(notebook_id), Moment(notebook_id, last.id))
        found = [(await versions.outputs(moment, FIRST)).outputs for moment in moments]
        return [output.text for outputs in found for output in outputs if isinstance(output, StreamOutput)]

    return await world.server.process.spawn(ask())


def _server_dies(world: "World", seconds: float, step: str = "commit") -> None:
    """At this step of its next commit, and is down for so long."""
    assert world.server is not None
    world.restart_after = seconds
    world.server.crash_plan = CrashPlan(step, 1)


def lose_an_answer(world: "World") -> None:
    """The next commit is done, and reported as failed."""
    assert world.server is not None
    world.server.store.answers_lost = 1
    world.answers_were_lost = True


SCRIPTS: dict[str, Script] = {
    script.__name__: script
    for script in (
        a_run_is_delivered_though_its_page_is_closed,
        a_cell_that_clears_at_once_shows_its_new_outputs,
        a_run_goes_on_when_the_answer_of_its_commit_is_lost,
        records_go_on_when_the_answer_of_their_commit_is_lost,
        a_page_that_comes_while_its_room_is_opened_anew_is_not_turned_away,
        a_file_is_written_after_the_server_was_killed_before_it,
        a_file_is_written_after_the_disk_was_full,
        a_run_gets_a_runtime_though_the_disk_was_full_when_it_asked,
        what_a_kernel_says_while_it_is_held_is_heard_when_its_disk_has_room,
        a_file_that_was_not_noted_and_changed_outside_differs_from_what_was_written,
        a_change_made_outside_is_taken_in_though_the_server_died_at_it,
        a_page_does_not_bring_back_what_the_server_that_died_was_taking_in,
        a_deletion_is_brought_back_by_who_saw_it_when_its_writer_and_the_server_died,
        a_file_that_changes_while_it_is_written_is_not_replaced,
        a_file_that_changes_while_there_is_nothing_to_write_is_not_noted,
        a_file_that_was_written_is_shown_so_by_the_next_server,
        a_file_that_was_noted_by_a_server_that_died_then_differs_from_that,
        a_room_that_failed_with_a_file_to_take_in_is_opened_anew,
        what_is_typed_while_a_revision_is_restored_stays,
        a_restore_that_the_server_died_of_can_be_done_again,
        a_file_follows_a_rename_whose_answer_was_lost,
        a_file_follows_a_rename_that_the_server_died_of,
        what_a_cell_says_while_a_revision_is_restored_is_shown_or_kept,
        a_question_and_its_answer_are_shown_once_though_the_server_dies,
        an_answer_is_shown_if_it_was_journaled_though_the_agent_died_of_it,
    )
}
