"""Values to columns and back. Text and JSON become UTF-8 bytes, so that NUL survives on PostgreSQL too. Pure."""

from typing import Any

import msgspec
from sqlalchemy import RowMapping

from noctule_agent.wire.state import ExecutionView, RuntimeView, SavedView
from noctule_agent.wire.values import Cause, ExecutionId

History = list[ExecutionId | None]
"""What a cell showed, in order; the last one is what it shows."""

_json = msgspec.json.Encoder()
_cause = msgspec.json.Decoder(Cause)
_runtime = msgspec.json.Decoder(RuntimeView)
_saved = msgspec.json.Decoder(SavedView)
_history = msgspec.json.Decoder(list[ExecutionId | None])
_object = msgspec.json.Decoder(dict[str, Any])


def to_json(value: Any) -> bytes:
    return _json.encode(value)


def optional_json(value: Any) -> bytes | None:
    return None if value is None else _json.encode(value)


def to_object(data: bytes) -> dict[str, Any]:
    return _object.decode(data)


def to_history(data: bytes) -> History:
    return _history.decode(data)


def to_cause(data: bytes | None) -> Cause | None:
    return None if data is None else _cause.decode(data)


def to_runtime_view(data: bytes | None) -> RuntimeView | None:
    return None if data is None else _runtime.decode(data)


def to_saved_view(data: bytes | None) -> SavedView:
    return SavedView() if data is None else _saved.decode(data)


def execution_columns(view: ExecutionView) -> dict[str, Any]:
    """The columns of an ExecutionView; `ord`, `source`, `accepted`, `raises_exception` and `allow_stdin` are not in it."""
    return {
        "id": view.id,
        "cell_id": view.cell_id,
        "batch_id": view.batch_id,
        "state": view.state,
        "queued_at": view.queued_at,
        "source_hash": view.source_hash,
        "started_at": view.started_at,
        "finished_at": view.finished_at,
        "execution_count": view.execution_count,
        "cause": optional_json(view.cause),
        "by": view.by,
        "epoch": view.epoch,
        "clear_next": view.clear_next,
    }


def to_execution(row: RowMapping) -> ExecutionView:
    return ExecutionView(
        id=row["id"],
        cell_id=row["cell_id"],
        batch_id=row["batch_id"],
        state=row["state"],
        queued_at=row["queued_at"],
        source_hash=row["source_hash"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        execution_count=row["execution_count"],
        cause=to_cause(row["cause"]),
        by=row["by"],
        epoch=row["epoch"],
        clear_next=row["clear_next"],
    )
