"""What a page's person does, and what fate does, at one step of a seed. Each takes effect at once or starts something."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import orjson

from noctule.notebook import fractional, nbformat_io, ops
from noctule.notebook.crdt import NotebookDoc
from noctule.rooms.restoring import Wish
from noctule.rooms.versions import Moment
from noctule.store import BlobStore, Tx, documents
from noctule_agent.wire.values import Cause, CellId, Epoch, NotebookId, UserId
from tests.sim.disk import Crash
from tests.sim.drive import asked, bin_, rename, take_back
from tests.sim.pages import SimPage
from tests.sim.past import RESTORER
from tests.sim.server import STORE_STEPS, CrashPlan, Server

if TYPE_CHECKING:
    from tests.sim.world import World

PAGES_AT_MOST = 4


def act(world: "World", action: str) -> None:
    """Do it, if it can be done now."""
    if action in FATE:
        world.note(f"-- {action}")
        FATE[action](world)
        return
    if action == "open page":
        if len(world.pages) < PAGES_AT_MOST:
            world.open_page(world.dice.plan.choice(world.notebooks))
        return
    if not world.pages:
        return
    page = world.dice.plan.choice(world.pages)
    if action in ("close page", "reload page"):
        world.close_page(page)
        if action == "reload page":
            world.open_page(page.notebook_id)
    elif page.ready_now:
        PEOPLE[action](world, page)


# --- people ----------------------------------------------------------------------------------------------------------


def _code_cells(page: SimPage) -> list[CellId]:
    return [cell.id for cell in page.doc.cells() if cell.type == "code"]


def _some_cell(page: SimPage) -> CellId | None:
    cells = _code_cells(page)
    return page.chance.choice(cells) if cells else None


def edit(world: "World", page: SimPage) -> CellId | None:
    cell_id = _some_cell(page)
    if cell_id is None:
        return None
    source = page.doc.source(cell_id) or ""
    lines = source.split("\n") if source else []
    at = page.chance.randint(0, len(lines))
    if lines and page.chance.random() < 0.3:
        del lines[min(at, len(lines) - 1)]
    else:
        lines.insert(at, world.dice.line(page.chance))
    change = ops.SetSource(cell_id, "\n".join(lines), base=source)
    page.do(f"edits {cell_id}", page.edit(change))
    return cell_id


def edit_and_run(world: "World", page: SimPage) -> None:
    cell_id = edit(world, page)
    if cell_id is not None:
        page.do(f"runs {cell_id}", page.run([cell_id]))


def add_cell(world: "World", page: SimPage) -> None:
    cells = page.doc.cells()
    at = page.chance.randint(0, len(cells))
    before = cells[at - 1].pos if at > 0 else None
    after = cells[at].pos if at < len(cells) else None
    if before is not None and after is not None and before >= after:
        after = None
    cell_id = CellId(world.ids("c").new())
    insert = ops.InsertCell(cell_id, "code", fractional.between(before, after), world.dice.script(page.chance))
    page.do(f"adds {cell_id}", page.edit(insert))
    if page.chance.random() < 0.5:
        page.do(f"runs {cell_id}", page.run([cell_id]))


def delete_cell(world: "World", page: SimPage) -> None:
    cell_id = _some_cell(page)
    if cell_id is not None and len(_code_cells(page)) > 1:
        page.do(f"deletes {cell_id}", page.edit(ops.DeleteCell(cell_id)))


def move_cell(world: "World", page: SimPage) -> None:
    cells = page.doc.cells()
    if len(cells) > 1:
        cell = page.chance.choice(cells)
        pos = fractional.between(None, min(each.pos for each in cells) or None)
        page.do(f"moves {cell.id}", page.edit(ops.MoveCell(cell.id, pos)))


def run(world: "World", page: SimPage) -> None:
    cell_id = _some_cell(page)
    if cell_id is not None:
        page.do(f"runs {cell_id}", page.run([cell_id]))


def run_several(world: "World", page: SimPage) -> None:
    cells = _code_cells(page)
    chosen = [page.chance.choice(cells) for _ in range(page.chance.randint(2, 4))] if cells else []
    if chosen:
        page.do(f"runs {chosen}", page.run(chosen))


def run_all(world: "World", page: SimPage) -> None:
    if cells := _code_cells(page):
        page.do("runs all", page.run(cells))


def interrupt(world: "World", page: SimPage) -> None:
    page.do("interrupts", page.interrupt())


def restart(world: "World", page: SimPage) -> None:
    page.do("restarts the kernel", page.restart())


def cancel(world: "World", page: SimPage) -> None:
    waiting = [each.id for each in page.view.executions if each.state == "queued"]
    if waiting and page.chance.random() < 0.6:
        some = page.chance.sample(waiting, page.chance.randint(1, len(waiting)))
        page.do(f"cancels {some}", page.cancel(some))
    else:
        page.do("cancels all", page.cancel())


def clear(world: "World", page: SimPage) -> None:
    cell_id = _some_cell(page)
    chosen = [cell_id] if cell_id is not None and page.chance.random() < 0.7 else None
    page.do(f"clears {chosen or 'all'}", _clear(world, page, chosen))


async def _clear(world: "World", page: SimPage, chosen: list[CellId] | None) -> None:
    """From the wish until some time after its answer, outputs of these cells may go."""
    wish = (str(page.notebook_id), None if chosen is None else set(map(str, chosen)))
    checks = world.checks
    checks.clearing.append(wish)
    checks.excused.update(
        row.id
        for row in checks.executions.values()
        if row.notebook_id == wish[0] and (wish[1] is None or row.cell_id in wish[1])
    )
    try:
        await page.clear_outputs(chosen)
    finally:
        world.loop.call_later(30.0, checks.clearing.remove, wish, context=world.loop.outside.copy())


def connect(world: "World", page: SimPage) -> None:
    page.do("connects", page.connect_runtime())


def disconnect(world: "World", page: SimPage) -> None:
    page.do("disconnects", page.disconnect_runtime())


def answer(world: "World", page: SimPage) -> None:
    for prompt in page.view.prompts:
        page.do(f"answers {prompt.id}", page.answer(prompt.id, world.dice.token()))


def need(world: "World", page: SimPage) -> None:
    if missing := [cell.cell_id for cell in page.view.cells if not cell.complete]:
        page.do(f"scrolls to {missing}", page.need(*missing))


def comment(world: "World", page: SimPage) -> None:
    cell_id = _some_cell(page)
    if cell_id is not None:
        page.do(f"comments on {cell_id}", page.start_thread(cell_id, world.dice.token()))


def discuss(world: "World", page: SimPage) -> None:
    """Something about what was said, if anything was."""
    if not page.view.comments:
        comment(world, page)
        return
    chosen = page.chance.choice(page.view.comments)
    thread = next(each for each in page.view.threads if each.id == chosen.thread_id)
    match page.chance.choice(["reply", "edit", "edit", "edit", "resolve", "resolve", "delete"]):
        case "reply":
            page.do(f"replies in {thread.id}", page.reply(thread.id, world.dice.token()))
        case "edit":
            page.do(f"edits comment {chosen.id}", page.edit_comment(chosen, world.dice.token()))
        case "resolve":
            page.do(f"resolves or reopens {thread.id}", page.resolve(thread, resolved=not thread.resolved))
        case _:
            page.do(f"deletes comment {chosen.id}", page.delete_comment(chosen.id))


def pin(world: "World", page: SimPage) -> None:
    server = world.server
    if server is not None and server.pages_open:
        name = world.ids("v").new()
        world.note(f"{page.notebook_id} is pinned as {name}")
        server.process.spawn(asked(world, "pin", server.versions.pin(page.notebook_id, name, UserId("ann"))))


def restore(world: "World", page: SimPage) -> None:
    """Some revision that there is, whole or a cell of it."""
    server = world.server
    if server is not None and server.pages_open:
        dice = page.chance.random(), page.chance.random(), page.chance.random()
        server.process.spawn(asked(world, "restore", _restore(world, server, page.notebook_id, dice)))


async def _restore(world: "World", server: Server, notebook_id: NotebookId, dice: tuple[float, float, float]) -> None:
    found = (await server.versions.page(notebook_id, before=None, limit=1_000, named=False))[0]
    if not found:
        return
    row = found[int(dice[0] * len(found))]
    cells = None
    if dice[1] < 0.5:
        said = await server.versions.said(Moment(notebook_id, row.id))
        cells = [said.sides[int(dice[2] * len(said.sides))].cell.id] if said.sides else []
    world.note(f"{notebook_id} is restored from {row.id} {row.kind}: {cells or 'all'}")
    await server.versions.restore(notebook_id, Wish(row.id, cells), UserId(RESTORER))


PEOPLE: dict[str, Callable[["World", SimPage], object]] = {
    "edit": edit,
    "edit and run": edit_and_run,
    "add cell": add_cell,
    "delete cell": delete_cell,
    "move cell": move_cell,
    "run": run,
    "run several": run_several,
    "run all": run_all,
    "interrupt": interrupt,
    "restart": restart,
    "cancel": cancel,
    "clear": clear,
    "connect": connect,
    "disconnect": disconnect,
    "answer": answer,
    "need": need,
    "comment": comment,
    "discuss": discuss,
    "pin": pin,
    "restore": restore,
    "rename": rename,
}


# --- fate ------------------------------------------------------------------------------------------------------------


def kill_server(world: "World") -> None:
    if world.server is not None:
        world.restart_after = _down_for(world)
        world.server.kill()


def crash_at_a_step(world: "World") -> None:
    if world.server is not None:
        chance = world.dice.plan
        world.restart_after = _down_for(world)
        world.server.crash_plan = CrashPlan(chance.choice(STORE_STEPS), chance.choice([1, 1, 2, 3, 8]))


def deploy(world: "World") -> None:
    server = world.server
    if server is not None and server.pages_open:
        world.restart_after = _down_for(world)
        server.process.spawn(server.stop())


def _down_for(world: "World") -> float:
    return world.dice.plan.choice([0.0, 0.5, 0.5, 3.0, 3.0, 20.0, 60.0])


def disk_full(world: "World") -> None:
    world.disk.full_until = world.loop.time() + world.dice.plan.choice([0.2, 2.0, 15.0])


def slow_disk(world: "World") -> None:
    world.disk.latency = world.dice.plan.choice([0.0, 0.2, 1.5])


def answer_lost(world: "World") -> None:
    if world.server is not None:
        world.server.store.answers_lost = 1
        world.answers_were_lost = True


def kill_agent(world: "World") -> None:
    running = [process for process in world.machines.agents.values() if process.alive]
    if running:
        process = world.dice.plan.choice(running)
        process.kill()


def crash_agent_at_a_commit(world: "World") -> None:
    machines = list(world.machines.all.values())
    if machines:
        chance = world.dice.plan
        chance.choice(machines).crash = (chance.choice(["before", "after"]), chance.choice([1, 1, 2, 5]))


def fail_a_launch(world: "World") -> None:
    world.launcher.fail_next(Cause("launcher-failed", "The launcher failed (simulated)."))


def agent_disk_full(world: "World") -> None:
    machines = list(world.machines.all.values())
    if machines:
        chance = world.dice.plan
        chance.choice(machines).full_until = world.loop.time() + chance.choice([0.5, 5.0, 20.0])


def kill_kernel(world: "World") -> None:
    living = world.machines.live_kernels()
    if living:
        process, kernel = world.dice.plan.choice(living)
        try:
            process.call(kernel.kill)
        except Crash:
            return


def cut_page(world: "World") -> None:
    if ends := world.network.live("page"):
        world.network.cut(world.dice.plan.choice(ends))


def cut_agent(world: "World") -> None:
    if ends := world.network.live("agent"):
        world.network.cut(world.dice.plan.choice(ends))


def part_pages(world: "World") -> None:
    world.pages_parted_until = world.loop.time() + world.dice.plan.choice([1.0, 8.0, 40.0])
    for end in world.network.live("page"):
        world.network.cut(end)


def part_agents(world: "World") -> None:
    world.agents_parted_until = world.loop.time() + world.dice.plan.choice([1.0, 8.0, 40.0, 100.0])
    for end in world.network.live("agent"):
        world.network.cut(end)


def replace_document(world: "World") -> None:
    """Somebody brings an old version back while the server is down: another lineage, another epoch."""
    if world.server is not None:
        world.restart_after = _down_for(world)
        world.server.kill()
    notebook_id = world.dice.plan.choice(world.notebooks)
    cells = [
        {"id": cell_id, "cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}
        for cell_id, source in world.checks.shadows[notebook_id].moments[-1].sources.items()
    ]
    data = orjson.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    document = NotebookDoc.create(nbformat_io.parse(data, world.ids("n").new))
    with world.disk.engine.begin() as conn:
        epoch = Epoch(world.ids("epoch").new())
        documents.replace(Tx(conn, BlobStore(world.disk.blobs)), notebook_id, epoch, document.encode())


def edit_file_outside(world: "World") -> None:
    """Another program adds a line to a cell of the .ipynb, or a cell."""
    notebook_id = world.dice.plan.choice(world.notebooks)
    name = _name(world, notebook_id)
    file = world.files.folder.get(name)
    if file is None:
        return
    nb = orjson.loads(file.data)
    code = [cell for cell in nb["cells"] if cell["cell_type"] == "code"]
    token = f"outside-{world.dice.token()}"
    if code and world.dice.plan.random() < 0.6:
        cell = world.dice.plan.choice(code)
        cell["source"] = "".join(cell["source"]) + f"\nprint {token}"
    else:
        cell = {"id": world.ids("out").new(), "cell_type": "code", "source": f"print {token}", "metadata": {}}
        nb["cells"].append({**cell, "outputs": [], "execution_count": None})
    # A file that replaces one of which the rows say that it lies in the bin is another item: what is written there stays there.
    if world.dice.plan.random() < 0.5 and notebook_id not in world.checks.rows.binned():
        world.files.put(name, orjson.dumps(nb))
    else:
        world.files.write(name, orjson.dumps(nb))
    world.note(f"{name} is edited outside: {cell['id']} {token}")
    world.remember_outside(notebook_id, cell["id"], token)


def _name(world: "World", notebook_id: NotebookId) -> str:
    """As its row has it."""
    query = "SELECT CAST(name AS TEXT) FROM item WHERE id = ?"
    name: str = world.disk.rows.execute(query, (notebook_id,)).fetchone()[0]
    return name


def move_file_outside(world: "World") -> None:
    """Another program renames the .ipynb: the notebook has that name from then on.

    A file that replaced the known one under its name, and then moves before anybody looked, is another item: what was written
    there stays there.
    """
    notebook_id = world.dice.plan.choice(world.notebooks)
    name = _name(world, notebook_id)
    if name in world.files.folder:
        (known,) = world.disk.rows.execute("SELECT mark FROM item WHERE id = ?", (notebook_id,)).fetchone()
        if known != world.files.folder[name].mark_text:
            world.forget_outside(notebook_id)
        new = f"moved-{world.ids('name').new()}.ipynb"
        world.files.give(new, world.files.take(name))
        world.note(f"{name} is renamed to {new} outside")


def delete_file_outside(world: "World") -> None:
    """Another program deletes the .ipynb, and with it what was written there and not taken in yet."""
    notebook_id = world.dice.plan.choice(world.notebooks)
    name = _name(world, notebook_id)
    if name in world.files.folder:
        world.files.take(name)
        world.forget_outside(notebook_id)
        world.note(f"{name} is deleted outside")


FATE: dict[str, Callable[["World"], object]] = {
    "bin": bin_,
    "take back": take_back,
    "kill server": kill_server,
    "crash at a step": crash_at_a_step,
    "deploy": deploy,
    "disk full": disk_full,
    "slow disk": slow_disk,
    "answer lost": answer_lost,
    "kill agent": kill_agent,
    "crash agent at a commit": crash_agent_at_a_commit,
    "fail a launch": fail_a_launch,
    "agent disk full": agent_disk_full,
    "kill kernel": kill_kernel,
    "cut page": cut_page,
    "cut agent": cut_agent,
    "part pages": part_pages,
    "part agents": part_agents,
    "replace document": replace_document,
    "edit file outside": edit_file_outside,
    "move file outside": move_file_outside,
    "delete file outside": delete_file_outside,
}
