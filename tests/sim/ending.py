"""The end of a seed: heal everything, let time pass until it is quiet, then look whether every promise was kept in full."""

import asyncio
import json
from typing import TYPE_CHECKING, Any

from tests.sim import drive, hearing
from tests.sim.checks import FINAL
from tests.sim.rows import ExecutionRow
from tests.sim.shadow import sources
from tests.sim.transcript import Item

if TYPE_CHECKING:
    from tests.sim.world import World

QUIET_SECONDS = 900.0
"""By then all must be done: leases, patience and retries are shorter."""
CALM_SECONDS = 15


async def end(world: "World") -> None:
    world.note("== healing")
    _heal(world)
    await _quiet(world)
    world.note("== quiet")
    world.checks.deep()
    world.checks.talk.ended()
    world.checks.past.ended(world.checks.shadows)
    for check in (_executions, _heard, _views, _documents, _outside, _files, _processes):
        check(world)


def _heal(world: "World") -> None:
    world.disk.full_until = world.disk.latency = 0.0
    world.pages_parted_until = world.agents_parted_until = 0.0
    world.network.weather.duplicates = world.network.weather.slow_chance = 0.0
    for machine in world.machines.all.values():
        machine.full_until, machine.crash = 0.0, None
    if world.server is not None:
        world.server.crash_plan = None
        world.server.store.answers_lost = 0


async def _quiet(world: "World") -> None:
    """Nothing goes on for so long that what is debounced was written, and what was on its way arrived.

    It returns in a moment of rest: the checks that follow see no operations that are on their way.
    """
    deadline = world.loop.time() + QUIET_SECONDS
    calm = 0
    while (calm := calm + 1 if (restless := _restless(world)) is None else 0) < CALM_SECONDS:
        if world.loop.time() > deadline:
            world.fail(f"it does not come to rest: {restless}\n{world.loop.tasks_text()}")
            await asyncio.sleep(0)
            return
        _come_back(world)
        for page in world.pages:
            for prompt in page.view.prompts:
                page.do(f"answers {prompt.id}", page.answer(prompt.id, world.dice.token()))
            missing = [cell.cell_id for cell in page.view.cells if not cell.complete]
            if missing and page.live:
                page.do("scrolls through", page.need(*missing))
        await asyncio.sleep(1.0)


def _come_back(world: "World") -> None:
    """What lies in the bin is taken out of it; of every other notebook there is a page."""
    binned = world.checks.rows.binned()
    drive.take_back(world)
    for notebook_id in world.notebooks:
        if notebook_id not in binned and not any(page.notebook_id == notebook_id for page in world.pages):
            world.open_page(notebook_id)


def _restless(world: "World") -> str | None:
    """What is still going on, if anything."""
    if world.server is None or not world.server.pages_open:
        return "no server"
    if closed := set(world.notebooks) - {page.notebook_id for page in world.pages}:
        return f"in the bin, or not open: {sorted(closed)}"
    going = [row for row in world.checks.rows.executions() if row.state not in FINAL]
    if going:
        return "not final: " + ", ".join(f"{row.id} {row.state}{' accepted' if row.accepted else ''}" for row in going)
    revs = world.checks.rows.revs()
    for page in world.pages:
        if not page.live:
            return f"{page.name} is not connected: {page.connection}"
        if page._replica.saved < page._replica.edits:
            return f"{page.name} has edits that are not saved"
        if page.view.rev != revs[page.notebook_id]:
            return f"{page.name} is at rev {page.view.rev}, the rows at {revs[page.notebook_id]}"
        if not all(cell.complete for cell in page.view.cells):
            return f"{page.name} lacks outputs"
        if page.view.saved.pending or page.view.saved.cause is not None:
            return f"the file of {page.notebook_id} is not written: {page.view.saved}"
    for kernel in world.checks.rows.kernels():
        if not kernel.retired and kernel.cursor < len(world.machines.history(kernel.id)):
            return f"kernel {kernel.id} has records that are not applied"
    return None


# --- the promises ----------------------------------------------------------------------------------------------------


def _executions(world: "World") -> None:
    """All are final (`_quiet`), those that did not end ok say why; nothing runs without a kernel."""
    for row in world.checks.executions.values():
        world.checks.count(row.state)
        if row.state not in FINAL:
            world.fail(f"execution {row.id} is {row.state} at the end")
        if row.state in ("aborted", "lost") and row.cause is None:
            world.fail(f"execution {row.id} is {row.state} without a cause")
    for execution_id in world.machines.requests:
        if execution_id not in world.checks.executions:
            world.fail(f"a kernel ran execution {execution_id}, which has no row")


def _heard(world: "World") -> None:
    """Of each kernel all that it said was heard; where its agent died, at least what it said until its last known end."""
    machines = world.machines
    ended = {row.id for row in world.checks.executions.values() if row.state in ("ok", "error")}
    for kernel_id, words in machines.said.items():
        differing = hearing.differing(words, world.checks.told, machines.sure_words(kernel_id, ended))
        if differing is not None:
            world.fail(
                f"kernel {kernel_id} said something else of execution {differing.execution_id} than was heard\n"
                f"  it said   {differing.said}\n  rows have {differing.heard}"
            )


def _views(world: "World") -> None:
    for notebook_id in world.notebooks:
        known = world.checks.snapshot(notebook_id)
        for page in world.pages:
            if page.notebook_id == notebook_id:
                if page.view.rev != known.rev:
                    world.fail(f"{page.name} is at rev {page.view.rev}, the rows at {known.rev}")
                world.checks.compare(page, known)
                if page.view.kernel != known.kernel:
                    world.fail(f"{page.name} shows kernel {page.view.kernel}, the rows {known.kernel}")


def _documents(world: "World") -> None:
    for page in world.pages:
        shadow = world.checks.shadows[page.notebook_id]
        mine = {cell.id: cell.source for cell in page.doc.cells()}
        rows = sources(shadow.doc)
        if mine != rows:
            world.fail(f"{page.name} has another document than the rows:\n  page {mine}\n  rows {rows}")


def _outside(world: "World") -> None:
    """What other programs wrote into the files was taken in, once."""
    for edit in world.outside:
        shadow = world.checks.shadows[edit.notebook_id]
        seen = shadow.ever_had(edit.cell_id, edit.token)
        # Where somebody deleted the cell meanwhile, a change of it says nothing.
        if not seen and edit.cell_id not in shadow.removed:
            world.fail(f"{edit} was never taken in")
        if seen:
            world.checks.count("files taken in")
        if shadow.moments[-1].sources.get(edit.cell_id, "").count(edit.token) > 1:
            world.fail(f"{edit} was taken in twice")


def _files(world: "World") -> None:
    """The .ipynb shows the document and what its cells show."""
    outputs = world.checks.rows.outputs()
    imported = world.checks.rows.imported()
    shows = world.checks.rows.shows()
    for notebook_id, name in world.disk.rows.execute(
        "SELECT notebook.id, CAST(name AS TEXT) FROM notebook JOIN item ON item.id = notebook.id"
    ).fetchall():
        file = world.files.folder.get(name)
        if file is None:
            world.fail(f"{name} was never written")
            return
        cells = {cell["id"]: cell for cell in json.loads(file.data)["cells"]}
        rows = sources(world.checks.shadows[notebook_id].doc)
        written = {cell_id: "".join(cell["source"]) for cell_id, cell in cells.items()}
        if written != rows:
            world.fail(f"{name} has other sources than the document:\n  file {written}\n  rows {rows}")
        for cell_id, cell in cells.items():
            shown = shows.get((notebook_id, cell_id))
            said = imported.get((notebook_id, cell_id), []) if shown is None else outputs.get(shown, [])
            wanted = [item for item in said if not item[-1].startswith("blob")]
            found = [
                item
                for item in map(_file_item, cell.get("outputs", ()))
                if item[0] == "stream" or "###" not in item[-1]
            ]
            if cell["cell_type"] == "code" and not _same_in_file(found, wanted):
                world.fail(f"{name} shows other outputs of {cell_id}:\n  file {found}\n  rows {wanted}")


def _file_item(output: dict[str, Any]) -> Item:
    match output["output_type"]:
        case "stream":
            return ("stream", output["name"], "".join(output["text"]))
        case "error":
            return ("error", output["ename"])
        case kind:
            return ("result" if kind == "execute_result" else "display", "".join(output["data"]["text/plain"]))


def _same_in_file(found: list[Item], wanted: list[Item]) -> bool:
    """A file has no marks: they are text on stderr, and outputs that came back from a revision have them as text too."""

    def said(items: list[Item]) -> list[Item]:
        return [item for item in items if item[0] != "cut" and "[Noctule: " not in item[-1]]

    return said(found) == said(wanted)


def _processes(world: "World") -> None:
    """What runs is what the rows say runs: at most one runtime a notebook, and the pool."""
    states = world.checks.rows.runtimes()
    for runtime_id in world.launcher.running():
        if states.get(runtime_id, "ended") == "ended":
            world.fail(f"an agent of runtime {runtime_id} still runs, which is {states.get(runtime_id, 'unknown')}")
    # A commit whose answer was lost may have left a runtime that is only wished for; the next server launches or ends it.
    unheard = {"ended", "queued"} if world.answers_were_lost else {"ended"}
    live = [runtime_id for runtime_id, state in states.items() if state not in unheard]
    if len(live) > len(world.notebooks) + world.settings.pool_size:
        world.fail(f"more runtimes live than can be used: { {id_: states[id_] for id_ in live} }")
    for row in _running(world):
        world.fail(f"execution {row.id} runs without a kernel")


def _running(world: "World") -> list[ExecutionRow]:
    alive = {kernel.kernel_id for _, kernel in world.machines.live_kernels()}
    return [row for row in world.checks.executions.values() if row.state == "running" and not alive]
