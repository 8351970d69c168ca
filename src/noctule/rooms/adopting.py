"""A file that is opened as a notebook for the first time: its document is created, once (invariant 1), from what the file holds.

The file itself is not changed: it is noted as the one that shows all of the document.
"""

import hashlib

import structlog

from noctule.drive.notebook_files import FileStat, NotebookFiles
from noctule.errors import NotFound
from noctule.notebook import nbformat_io
from noctule.notebook.crdt import NotebookDoc
from noctule.notebook.nbformat_io import ParsedNotebook
from noctule.rooms.bases import Base, Bases, outputs_digest
from noctule.rooms.importing import notebook_ops
from noctule.rooms.services import Services
from noctule.store import Tx, documents, items, notebooks, runs
from noctule_agent.wire.values import Epoch, ItemId, NotebookId

log = structlog.get_logger()


async def adopt(services: Services, files: NotebookFiles, bases: Bases, notebook_id: NotebookId) -> None:
    """Nothing to do for one that was opened before. Raises NotFound, and Invalid or TooLarge with what is wrong with the file."""
    known, item = await services.store.read(
        lambda tx: (notebooks.get(tx, notebook_id) is not None, items.get(tx, ItemId(notebook_id)))
    )
    if known:
        return
    if item is None or item.kind != "notebook":
        raise NotFound("notebook-not-found", "There is no such notebook.", "It may have been deleted.")
    found = await files.stat(notebook_id)
    if found is None and await files.find(notebook_id):
        found = await files.stat(notebook_id)
    if found is None:
        raise NotFound("notebook-not-found", "The file of this notebook is gone.", "It was deleted outside of Noctule.")
    data = await files.read(notebook_id)
    digest = hashlib.sha256(data).hexdigest()
    parsed, document = await services.offload(_parse, services, data)
    outputs = {cell.id: outputs_digest(cell.outputs) for cell in parsed.cells if cell.type == "code"}
    base = Base(cells=document.cells(), nb=document.nb(), outputs=outputs, ours=False)
    await services.offload(bases.save, notebook_id, digest, base)
    snapshot = document.encode()
    await services.store.write(lambda tx: _create(tx, services, notebook_id, parsed, snapshot, digest, found))
    log.info("a file is open as a notebook", notebook=notebook_id)


def _parse(services: Services, data: bytes) -> tuple[ParsedNotebook, NotebookDoc]:
    parsed = nbformat_io.parse(data, services.ids.new)
    return parsed, NotebookDoc.create(parsed)


def _create(
    tx: Tx,
    services: Services,
    notebook_id: NotebookId,
    parsed: ParsedNotebook,
    snapshot: bytes,
    digest: str,
    found: FileStat,
) -> None:
    if notebooks.get(tx, notebook_id) is not None:
        return
    now = services.clock.now()
    notebooks.create(tx, notebook_id, now)
    documents.create(tx, notebook_id, Epoch(services.ids.new()), snapshot)
    ops = notebook_ops(parsed, services.ids)
    rev = runs.apply(tx, notebook_id, 0, ops).rev if ops else 0
    notebooks.set_projected(tx, notebook_id, rev, 0, digest, found.size, found.mtime_ns, now)
