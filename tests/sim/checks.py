"""The promise, checked after every commit of the server and of an agent, by the rows themselves (`rows.py`).

revisions and cursors    only grow; a cursor never passes what the agent journaled
executions               only move forward; a final state never changes; the state is what the journal says
outputs                  exactly what the journal says up to the cursor: nothing lost, doubled, reordered or foreign
documents                what a page was told is saved is in the log; a run has the source that its page had sent
views                    a page at revision R shows what the rows showed at R
comments                 what was acknowledged is there, once, and nothing of it is taken back (talk.py)
restores                 take nothing away that is in no revision, put nothing in twice (past.py)
journals                 are not trimmed beyond what the server has synced
"""

from collections.abc import Callable
from typing import Any

import msgspec

from noctule.store import Tx, runs
from noctule.store.blobs import BlobStore
from noctule_agent.wire.state import RunSnapshot, StreamOutput
from noctule_agent.wire.values import CellId, NotebookId
from tests.sim.disk import Disk
from tests.sim.machines import Machines
from tests.sim.pages import SentRun, SimPage
from tests.sim.past import Past
from tests.sim.rows import ExecutionRow, Rows
from tests.sim.shadow import Shadow, clocks, sources
from tests.sim.talk import Talk
from tests.sim.transcript import Item, Told, Transcript

FORWARD = {"queued": 0, "running": 1, "ok": 2, "error": 2, "aborted": 2, "lost": 2}
FINAL = frozenset(state for state, rank in FORWARD.items() if rank == 2)
DEEP_EVERY = 25
"""Commits between two looks at everything."""
ALL_INLINE = 1 << 30


class Checks:
    """`fail` is told of the first promise that is broken; what a page was promised is told to this by the page."""

    def __init__(
        self, disk: Disk, machines: Machines, fail: Callable[[str], None], note: Callable[[str], None]
    ) -> None:
        self.rows = Rows(disk.rows)
        self.transcripts: dict[str, Transcript] = {}
        self.told: dict[str, Told] = {}
        self.executions: dict[str, ExecutionRow] = {}
        self.shadows: dict[str, Shadow] = {}
        self.excused: set[str] = set()
        """Executions of whose outputs a person may have cleared some."""
        self.clearing: list[tuple[str, set[str] | None]] = []
        """Clears under way: (notebook, cells or all)."""
        self.synced: dict[str, int] = {}
        self.stats: dict[str, int] = {}
        self.talk = Talk(self.rows, fail, self.count)
        self.past = Past(disk, self.rows, fail, self.count)
        self.saved_updates: dict[tuple[str, str], list[bytes]] = {}
        self.done_runs: dict[str, str] = {}
        self._clients: dict[tuple[str, int], str] = {}
        """(notebook, Yjs client) -> the epoch in which that client wrote."""
        self._disk = disk
        self._machines = machines
        self._fail = fail
        self._note = note
        self._cursors: dict[str, int] = {}
        self._fed: dict[str, int] = {}
        self._revs: dict[str, int] = {}
        self._snapshots: dict[tuple[str, int], RunSnapshot] = {}
        self._commits = 0

    def count(self, what: str, by: int = 1) -> None:
        self.stats[what] = self.stats.get(what, 0) + by

    # --- after each commit of the server -----------------------------------------------------------------------------

    def committed(self) -> None:
        self._commits += 1
        self.count("commits")
        self._check_documents()
        self.talk.committed()
        self.past.committed(self.shadows)
        touched = self._follow_kernels()
        touched |= self._check_executions()
        deep = self._commits % DEEP_EVERY == 0
        self._check_outputs(None if deep else touched)
        self._check_revs()

    def deep(self) -> None:
        """All at once, the documents from their beginning, as a server that starts has it."""
        self._check_documents()
        for row in self.rows.docs():
            loaded = Shadow(self.rows, row.notebook_id)
            loaded.follow(row)
            if sources(loaded.doc) != sources(self.shadows[row.notebook_id].doc):
                self._fail(f"the document of {row.notebook_id} as loaded is not the one that was written")
            if not loaded.has(row.epoch, self.saved_updates.get((row.notebook_id, row.epoch), [])):
                self._fail(f"edits of {row.notebook_id} that pages were told are saved are not in the database")
        self._follow_kernels()
        self._check_executions()
        for execution_id, page in self.done_runs.items():
            if execution_id not in self.executions:
                self._fail(f"execution {execution_id}, acknowledged to {page}, has no row")
        self._check_outputs(None)

    def _check_revs(self) -> None:
        for notebook_id, rev in self.rows.revs().items():
            before = self._revs.get(notebook_id, 0)
            if rev < before:
                self._fail(f"notebook {notebook_id} went back from rev {before} to {rev}")
            self._revs[notebook_id] = rev
            if rev != before and self._commits % 4 == 0:
                self.keep_snapshot(notebook_id, rev)

    def keep_snapshot(self, notebook_id: str, rev: int) -> None:
        self._snapshots[notebook_id, rev] = self.snapshot(notebook_id)

    def snapshot(self, notebook_id: str) -> RunSnapshot:
        """The run state as the server's own code reads it from the rows now."""
        cells = [CellId(cell) for (notebook, cell) in self.rows.shows() if notebook == notebook_id]
        with self._disk.engine.connect() as conn:
            tx = Tx(conn, BlobStore(self._disk.blobs))
            return runs.snapshot(tx, NotebookId(notebook_id), cells, ALL_INLINE)

    def _follow_kernels(self) -> set[str]:
        """Read on in the journals, up to the cursors of the rows."""
        touched: set[str] = set()
        for row in self.rows.kernels():
            before = self._cursors.get(row.id, 0)
            if row.cursor < before:
                self._fail(f"the cursor of kernel {row.id} went back from {before} to {row.cursor}")
            self._cursors[row.id] = row.cursor
            fed = self._fed.get(row.id, 0)
            if row.cursor == fed:
                continue
            history = self._machines.history(row.id)
            if row.cursor > len(history):
                self._fail(
                    f"the cursor of kernel {row.id} is {row.cursor}, but its agent journaled only {len(history)}"
                )
                return touched
            transcript = self.transcripts.setdefault(row.id, Transcript())
            touched |= transcript.read(history[fed : row.cursor])
            self._fed[row.id] = row.cursor
            for execution_id, told in transcript.executions.items():
                if self.told.setdefault(execution_id, told) is not told:
                    self._fail(f"execution {execution_id} was accepted by two kernels, {row.id} is the second")
        return touched

    def _check_executions(self) -> set[str]:
        changed: set[str] = set()
        found = {row.id: row for row in self.rows.executions()}
        for gone in self.executions.keys() - found.keys():
            self._fail(f"the row of execution {gone} is gone")
        for id_, row in found.items():
            before = self.executions.get(id_)
            if before == row:
                continue
            changed.add(id_)
            if before is None:
                self._first_seen(row)
            else:
                self._check_forward(before, row)
            self._check_state(row)
        self.executions = found
        return changed

    def _first_seen(self, row: ExecutionRow) -> None:
        self.count("executions")
        for notebook_id, cells in self.clearing:
            if notebook_id == row.notebook_id and (cells is None or row.cell_id in cells):
                self.excused.add(row.id)

    def _check_forward(self, before: ExecutionRow, now: ExecutionRow) -> None:
        if FORWARD[now.state] < FORWARD[before.state]:
            self._fail(f"execution {now.id} went back from {before.state} to {now.state}")
        elif before.state in FINAL and (now.state, now.finished_at, now.cause) != (
            before.state,
            before.finished_at,
            before.cause,
        ):
            self._fail(f"execution {now.id} was final and changed: {before} -> {now}")
        if before.accepted and not now.accepted:
            self._fail(f"execution {now.id} was accepted and is not any more")

    def _check_state(self, row: ExecutionRow) -> None:
        told = self.told.get(row.id)
        said = told.state if told is not None else "queued"
        settled = row.state in ("aborted", "lost") and said not in FINAL
        if row.state != said and not settled:
            self._fail(f"execution {row.id} is {row.state} in the rows, but {said} by the journal up to the cursor")
        if row.state == "aborted" and row.id in self._machines.requests:
            self._fail(f"execution {row.id} is aborted - it never ran - but it was sent to a kernel")
        if told is not None and not row.accepted:
            self._fail(f"execution {row.id} was accepted in the journal but not in the rows")
        if row.state in FINAL and row.state not in ("ok", "error") and row.cause is None:
            self._fail(f"execution {row.id} is {row.state} without a cause")

    # --- outputs -----------------------------------------------------------------------------------------------------

    def _check_outputs(self, touched: set[str] | None) -> None:
        """None: all of them."""
        wanted = self.executions.keys() if touched is None else touched & self.executions.keys()
        if not wanted:
            return
        found = self.rows.outputs(None if touched is None else sorted(wanted))
        for execution_id in found.keys() - self.executions.keys():
            self._fail(f"there are outputs of execution {execution_id}, which has no row")
        shows = self.rows.shows()
        for execution_id in wanted:
            self._check_output(self.executions[execution_id], found.get(execution_id, []), shows)

    def _check_output(self, row: ExecutionRow, found: list[Item], shows: dict[tuple[str, str], str | None]) -> None:
        told = self.told.get(row.id)
        said = told.items() if told is not None else []
        if found == said:
            return
        shown = shows.get((row.notebook_id, row.cell_id)) == row.id
        if shown and row.id not in self.excused:
            self._fail(
                f"execution {row.id} has other outputs than the journal says:\n  rows    {found}\n  journal {said}"
            )
        elif not is_part(found, said):
            self._fail(f"execution {row.id} has outputs that were never said:\n  rows    {found}\n  journal {said}")

    # --- documents ---------------------------------------------------------------------------------------------------

    def _check_documents(self) -> None:
        for row in self.rows.docs():
            shadow = self.shadows.get(row.notebook_id)
            if shadow is None:
                shadow = self.shadows[row.notebook_id] = Shadow(self.rows, row.notebook_id)
            if row.epoch == shadow.epoch and row.seq < shadow.seq:
                self._fail(f"the document of {row.notebook_id} went back from {shadow.seq} to {row.seq}")
            if shadow.epoch and row.epoch != shadow.epoch:
                self.count("epochs")
            shadow.follow(row)
            self._check_lineage(shadow)
            if shadow.seq != row.seq:
                self._fail(f"the log of {row.notebook_id} ends at {shadow.seq}, its row says {row.seq}")

    def note_client(self, notebook_id: str, epoch: str, client: int) -> None:
        self._clients.setdefault((notebook_id, client), epoch)

    def _check_lineage(self, shadow: Shadow) -> None:
        """Two epochs never merge: nobody who wrote in another one is in this one."""
        for client in shadow.moments[-1].clocks:
            epoch = self._clients.setdefault((shadow.notebook_id, client), shadow.epoch)
            if epoch != shadow.epoch:
                self._fail(f"epoch {shadow.epoch} of {shadow.notebook_id} has edits that were made in epoch {epoch}")

    # --- what pages were promised ------------------------------------------------------------------------------------

    def saved(self, page: SimPage, epoch: str, updates: list[bytes]) -> None:
        self.count("saved", len(updates))
        self.saved_updates.setdefault((page.notebook_id, epoch), []).extend(updates)
        shadow = self.shadows.get(page.notebook_id)
        # The word may have been on its way while the server died and the document was replaced.
        if shadow is None or not shadow.has(epoch, updates):
            self._fail(f"{page.name} was told Saved in epoch {epoch} for an update that is not in its log")

    def done_run(self, run: SentRun) -> None:
        self.count("runs")
        shadow = self.shadows[run.notebook_id]
        for execution_id, cell_id in run.executions:
            self.done_runs[execution_id] = run.page
            source = self.rows.source(execution_id)
            if source is None:
                self._fail(f"{run.page} was told Done for a run, but execution {execution_id} has no row")
            elif run.epoch == shadow.epoch:
                could = shadow.sources_since(clocks(run.state_vector), cell_id)
                # A change from outside is in the log before anybody sees it (Room.edit): what the page itself showed may then be older
                # than what the log had before the page's own edit. Who runs it, runs what they see.
                if source not in (*could, run.shown.get(cell_id)):
                    self._fail(
                        f"{run.page} ran {cell_id} as {execution_id}: the rows have source {source!r};"
                        f" since what the page had sent it was {could!r}"
                    )

    # --- views -------------------------------------------------------------------------------------------------------

    def shows(self, page: SimPage) -> None:
        known = self._snapshots.get((page.notebook_id, page.view.rev))
        if known is not None:
            self.compare(page, known)

    def compare(self, page: SimPage, known: RunSnapshot) -> None:
        self.count("views")
        # A snapshot has the cells of its moment's document only.
        gone = {cell.cell_id for cell in known.cells if page.doc.cell(cell.cell_id) is None}
        removed = self.shadows[page.notebook_id].removed | gone
        left_out = {cell.cell_id for cell in page.view.cells if not cell.complete}
        mine, rows = normal(page.view, removed, left_out), normal(known, removed, left_out)
        for part in mine:
            if mine[part] != rows[part] and not (_binding(page.view, known) and part in ("kernel", "runtime")):
                self._fail(
                    f"{page.name} at rev {page.view.rev} shows other {part} than the rows:\n"
                    f"  page {_differing(mine[part], rows[part])}\n  rows {_differing(rows[part], mine[part])}"
                )
                return

    # --- journals ----------------------------------------------------------------------------------------------------

    def note_synced(self) -> None:
        """The server's disk has all that is committed now."""
        self.synced = {row.id: row.cursor for row in self.rows.kernels()}

    def check_journals(self) -> None:
        for machine in self._machines.all.values():
            for kernel_id, trimmed in machine.synced().items():
                if trimmed > self.synced.get(kernel_id, 0):
                    self._fail(
                        f"the journal of kernel {kernel_id} is trimmed up to {trimmed},"
                        f" the server has synced {self.synced.get(kernel_id, 0)}"
                    )


# --- comparing -----------------------------------------------------------------------------------------------------------


def is_part(found: list[Item], said: list[Item]) -> bool:
    """Whether it is what is left of `said` when it was cleared at some moment: nothing new, doubled or out of order."""
    rest = iter(_words(said))
    return all(word in rest for word in _words(found)[1:])


def _words(items: list[Item]) -> list[Item]:
    words: list[Item] = []
    for item in items:
        if item[0] == "stream":
            words += [("line", item[1], line) for line in item[2].split("\n") if line]
        elif item[0] in ("display", "result"):
            words.append((item[0],))
        else:
            words.append(item)
    return words


def normal(view: RunSnapshot, removed: set[str], left_out: set[str]) -> dict[str, Any]:
    """What two ways to the same revision must agree on, save for cells that were deleted or whose outputs were left out."""
    shown = {cell.execution_id for cell in view.cells if cell.cell_id not in removed} | {
        each.id for each in view.executions if each.state in ("queued", "running")
    }
    return {
        "kernel": view.kernel,
        "runtime": view.runtime and msgspec.structs.replace(view.runtime, rss_bytes=None, cpu_percent=None),
        "saved": view.saved,
        # That a clear is to come is for the reducer alone.
        "executions": {
            each.id: msgspec.structs.replace(each, clear_next=False) for each in view.executions if each.id in shown
        },
        "cells": {
            cell.cell_id: (cell.execution_id, [_output(output) for output in cell.outputs])
            for cell in view.cells
            if cell.outputs and cell.cell_id not in removed and cell.cell_id not in left_out
        },
        "prompts": {prompt.id: prompt for prompt in view.prompts},
        "threads": {thread.id: thread for thread in view.threads},
        "comments": view.comments,
    }


def _binding(mine: RunSnapshot, rows: RunSnapshot) -> bool:
    """A kernel was bound in the rows and is announced with a later revision: the page shows the one before."""
    return (mine.kernel and mine.kernel.id) != (rows.kernel and rows.kernel.id)


def _output(output: Any) -> Any:
    """How much of a text is finished is for the reducer alone."""
    if isinstance(output, StreamOutput):
        return ("stream", output.id, output.name, output.text + output.tail, output.omitted, output.text_end)
    return output


def _differing(mine: Any, other: Any) -> Any:
    if isinstance(mine, dict) and isinstance(other, dict):
        return {key: value for key, value in mine.items() if other.get(key) != value}
    return mine
