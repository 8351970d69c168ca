"""Revisions and restores, held against the log: what a restore takes away is in a revision that was kept before it.

It finds the edits of restores by their author, and reads what was kept at that moment.
"""

import re
from collections.abc import Callable, Mapping

from noctule.store import Tx, revisions
from noctule.store.blobs import BlobStore
from noctule.store.revisions import Content
from noctule_agent.wire.values import NotebookId
from tests.sim.disk import Disk
from tests.sim.rows import Rows
from tests.sim.shadow import Shadow

RESTORER = "restorer"
TOKEN = re.compile(r"(?<!outside )(?<!outside-)<\d+>")
"""What people write; other programs number their own."""


class Past:
    def __init__(self, disk: Disk, rows: Rows, fail: Callable[[str], None], count: Callable[[str], None]) -> None:
        self._disk = disk
        self._rows = rows
        self._fail = fail
        self._count = count
        self._seen: dict[str, int] = {}

    def committed(self, shadows: Mapping[str, Shadow]) -> None:
        for notebook_id, shadow in shadows.items():
            for seq in self._rows.written_by(RESTORER, notebook_id, self._seen.get(notebook_id, -1)):
                self._count("restores")
                self._check(shadow, seq)
            self._seen[notebook_id] = shadow.seq

    def _check(self, shadow: Shadow, seq: int) -> None:
        moments = {moment.seq: moment.sources for moment in shadow.moments}
        before, after = moments.get(seq - 1), moments.get(seq)
        if before is None or after is None:
            return
        there = {token for source in after.values() for token in TOKEN.findall(source)}
        gone = {token for source in before.values() for token in TOKEN.findall(source)} - there
        lost = gone - self._kept(shadow.notebook_id)
        if lost:
            self._fail(f"a restore of {shadow.notebook_id} took {sorted(lost)} away, which no revision has")

    def _kept(self, notebook_id: str) -> set[str]:
        """All that revisions say which were kept before something was restored."""
        found: set[str] = set()
        with self._disk.engine.connect() as conn:
            tx = Tx(conn, BlobStore(self._disk.blobs))
            rows, _ = revisions.list_page(tx, NotebookId(notebook_id), before=None, limit=1_000_000, named=False)
            for row in rows:
                if row.kind == "before-restore":
                    content = Content(tx, row.notebook_id, revisions.manifest(tx, row.notebook_id, row.id))
                    found.update(token for cell in content.cells() for token in TOKEN.findall(cell.source))
        return found

    def ended(self, shadows: Mapping[str, Shadow]) -> None:
        """Nothing was put in twice: every token is written once, and stands in one place at most."""
        for notebook_id, shadow in shadows.items():
            for cell_id, source in shadow.moments[-1].sources.items():
                tokens = TOKEN.findall(source)
                doubled = sorted({token for token in tokens if tokens.count(token) > 1})
                if doubled:
                    self._fail(f"{cell_id} of {notebook_id} has {doubled} twice:\n{source}")
