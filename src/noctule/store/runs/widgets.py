"""Widget models of a notebook, by id and kernel epoch: put, patch, remove, read. Their buffers become blobs."""

import base64
from typing import Any

import msgspec
from sqlalchemy import bindparam, delete, insert, select, update

from noctule.runs.widgets import patched
from noctule.store import tables as t
from noctule.store.codec import to_json
from noctule.store.writer import Tx
from noctule_agent.wire.state import BlobRef, BufferPath, WidgetModel, WidgetPatch, WidgetPut
from noctule_agent.wire.values import NotebookId

Buffers = list[tuple[BufferPath, BlobRef]]

_decoder = msgspec.json.Decoder(WidgetModel)

_THIS = (
    t.widget.c.notebook_id == bindparam("notebook"),
    t.widget.c.id == bindparam("widget"),
    t.widget.c.epoch == bindparam("of_epoch"),
)
_INSERT = insert(t.widget)
_SET = update(t.widget).where(*_THIS).values(body=bindparam("new_body"))
_GET = select(t.widget.c.body).where(*_THIS)
_DELETE = delete(t.widget).where(*_THIS)
_LIST = (
    select(t.widget.c.body)
    .where(t.widget.c.notebook_id == bindparam("notebook"))
    .order_by(t.widget.c.epoch, t.widget.c.id)
)
_REFER = insert(t.widget_blob)
_HAS = select(t.widget_blob.c.sha256).where(
    t.widget_blob.c.notebook_id == bindparam("notebook"), t.widget_blob.c.sha256 == bindparam("digest")
)
_FORGET = delete(t.widget_blob).where(
    t.widget_blob.c.notebook_id == bindparam("notebook"),
    t.widget_blob.c.widget_id == bindparam("widget"),
    t.widget_blob.c.epoch == bindparam("of_epoch"),
)


def put(tx: Tx, notebook_id: NotebookId, op: WidgetPut) -> WidgetPut:
    """Insert or replace a model; the operation as pages may see it."""
    model = msgspec.structs.replace(op.model, buffers=op.model.buffers + _to_blobs(tx, op.raw_buffers))
    _write(tx, notebook_id, model)
    return WidgetPut(model)


def patch(tx: Tx, notebook_id: NotebookId, op: WidgetPatch) -> WidgetPatch:
    """Change top-level keys of a model; one that is gone stays gone. The operation as pages may see it."""
    op = msgspec.structs.replace(op, buffers=op.buffers + _to_blobs(tx, op.raw_buffers), raw_buffers=[])
    body = tx.conn.execute(_GET, _key(notebook_id, op.id, op.epoch)).scalar_one_or_none()
    if body is not None:
        _write(tx, notebook_id, patched(_decoder.decode(body), op))
    return op


def remove(tx: Tx, notebook_id: NotebookId, widget_id: str, epoch: int) -> None:
    """Idempotent."""
    tx.conn.execute(_DELETE, _key(notebook_id, widget_id, epoch))


def load(tx: Tx, notebook_id: NotebookId) -> list[WidgetModel]:
    return [_decoder.decode(body) for body in tx.conn.execute(_LIST, {"notebook": notebook_id}).scalars()]


def widget_buffer(tx: Tx, notebook_id: NotebookId, sha256: str) -> bytes | None:
    """The bytes of a buffer that some widget of this notebook has."""
    found = tx.conn.execute(_HAS.limit(1), {"notebook": notebook_id, "digest": sha256}).scalar_one_or_none()
    return None if found is None else tx.blobs.read(sha256)


def widget_state(tx: Tx, notebook_id: NotebookId) -> dict[str, Any] | None:
    """The models as the .ipynb keeps them (see notebook.project); None when there are none."""
    state = {model.id: _saved(tx, model) for model in load(tx, notebook_id) if "_model_module" in model.state}
    return {"version_major": 2, "version_minor": 0, "state": state} if state else None


def _saved(tx: Tx, model: WidgetModel) -> dict[str, Any]:
    saved: dict[str, Any] = {
        "model_name": model.state.get("_model_name"),
        "model_module": model.state.get("_model_module"),
        "model_module_version": model.state.get("_model_module_version"),
        "state": model.state,
    }
    if model.buffers:
        saved["buffers"] = [
            {"path": path, "encoding": "base64", "data": base64.b64encode(tx.blobs.read(ref.sha256)).decode("ascii")}
            for path, ref in model.buffers
        ]
    return saved


def _to_blobs(tx: Tx, raw: list[tuple[BufferPath, bytes]]) -> Buffers:
    stored = [(path, tx.blobs.put(data)) for path, data in raw]
    return [(path, BlobRef(blob.sha256, blob.size, "base64")) for path, blob in stored]


def _write(tx: Tx, notebook_id: NotebookId, model: WidgetModel) -> None:
    key = _key(notebook_id, model.id, model.epoch)
    body = to_json(model)
    if tx.conn.execute(_SET, {**key, "new_body": body}).rowcount == 0:
        tx.conn.execute(_INSERT, {"notebook_id": notebook_id, "id": model.id, "epoch": model.epoch, "body": body})
    else:
        tx.conn.execute(_FORGET, key)
    needed = sorted({ref.sha256 for _, ref in model.buffers})
    if needed:
        rows = [{"notebook_id": notebook_id, "widget_id": model.id, "epoch": model.epoch, "sha256": s} for s in needed]
        tx.conn.execute(_REFER, rows)


def _key(notebook_id: NotebookId, widget_id: str, epoch: int) -> dict[str, Any]:
    return {"notebook": notebook_id, "widget": widget_id, "of_epoch": epoch}
