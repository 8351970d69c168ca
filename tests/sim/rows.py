"""The rows of the server's database, read with plain SQL and none of the code under test."""

import json
import sqlite3
from collections.abc import Iterator

import msgspec

from tests.sim.transcript import Item


class ExecutionRow(msgspec.Struct, frozen=True):
    id: str
    notebook_id: str
    cell_id: str
    state: str
    accepted: int
    epoch: int | None
    cause: bytes | None
    finished_at: int | None
    execution_count: int | None


class KernelRow(msgspec.Struct, frozen=True):
    id: str
    runtime_id: str
    notebook_id: str | None
    cursor: int
    state: str
    retired: int


class DocRow(msgspec.Struct, frozen=True):
    notebook_id: str
    epoch: str
    seq: int
    snapshot_seq: int


class CommentRow(msgspec.Struct, frozen=True):
    id: str
    thread_id: str
    version: int
    deleted: int
    text: str


class Rows:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def revs(self) -> dict[str, int]:
        return dict(self._db.execute("SELECT id, rev FROM notebook ORDER BY id"))

    def kernels(self) -> list[KernelRow]:
        return [
            KernelRow(*row)
            for row in self._db.execute(
                "SELECT id, runtime_id, notebook_id, cursor, state, retired FROM kernel ORDER BY id"
            )
        ]

    def executions(self) -> list[ExecutionRow]:
        query = (
            "SELECT id, notebook_id, cell_id, state, accepted, epoch, cause, finished_at, execution_count"
            " FROM execution ORDER BY notebook_id, ord"
        )
        return [ExecutionRow(*row) for row in self._db.execute(query)]

    def source(self, execution_id: str) -> str | None:
        row = self._db.execute("SELECT source FROM execution WHERE id = ?", (execution_id,)).fetchone()
        return None if row is None else row[0].decode()

    def docs(self) -> list[DocRow]:
        return [DocRow(*row) for row in self._db.execute("SELECT notebook_id, epoch, seq, snapshot_seq FROM doc")]

    def snapshot(self, notebook_id: str) -> bytes:
        found: bytes = self._db.execute("SELECT snapshot FROM doc WHERE notebook_id = ?", (notebook_id,)).fetchone()[0]
        return found

    def updates(self, notebook_id: str, after: int) -> list[tuple[int, bytes]]:
        return self._db.execute(
            'SELECT seq, "update" FROM doc_update WHERE notebook_id = ? AND seq > ? ORDER BY seq', (notebook_id, after)
        ).fetchall()

    def written_by(self, author: str, notebook_id: str, after: int) -> list[int]:
        """The places in the log of what somebody wrote."""
        query = "SELECT seq FROM doc_update WHERE notebook_id = ? AND author = ? AND seq > ? ORDER BY seq"
        return [row[0] for row in self._db.execute(query, (notebook_id, author, after))]

    def kept(self, kind: str) -> list[str]:
        """The revisions of this kind."""
        return [row[0] for row in self._db.execute("SELECT id FROM revision WHERE kind = ? ORDER BY at, id", (kind,))]

    def binned(self) -> list[str]:
        """The notebooks that lie in the bin."""
        query = "SELECT notebook.id FROM notebook JOIN item ON item.id = notebook.id WHERE binned_at IS NOT NULL"
        return [row[0] for row in self._db.execute(f"{query} ORDER BY notebook.id")]

    def shows(self) -> dict[tuple[str, str], str | None]:
        return {(row[0], row[1]): row[2] for row in self._db.execute("SELECT notebook_id, cell_id, shows FROM cell")}

    def comments(self) -> list[CommentRow]:
        query = "SELECT id, thread_id, version, deleted, text FROM comment ORDER BY key"
        return [CommentRow(*row[:4], row[4].decode()) for row in self._db.execute(query)]

    def turns(self) -> dict[str, int]:
        return dict(self._db.execute("SELECT id, turn FROM thread ORDER BY id"))

    def runtimes(self) -> dict[str, str]:
        return dict(self._db.execute("SELECT id, state FROM runtime ORDER BY id"))

    def outputs(self, execution_ids: list[str] | None = None) -> dict[str, list[Item]]:
        """What each execution has, in order. None: of all."""
        where, values = "execution_id IS NOT NULL", []
        if execution_ids is not None:
            where, values = f"execution_id IN ({','.join('?' * len(execution_ids))})", execution_ids
        found: dict[str, list[Item]] = {}
        for execution_id, item in self._items("execution_id", where, values):
            found.setdefault(execution_id, []).append(item)
        return found

    def imported(self) -> dict[tuple[str, str], list[Item]]:
        """What cells of each notebook show of a file, or of a revision, in order."""
        found: dict[tuple[str, str], list[Item]] = {}
        for cell, item in self._items("notebook_id || ' ' || cell_id", "execution_id IS NULL", []):
            notebook_id, cell_id = cell.split(" ")
            found.setdefault((notebook_id, cell_id), []).append(item)
        return found

    def _items(self, key: str, where: str, values: list[str]) -> Iterator[tuple[str, Item]]:
        chunks: dict[int, str] = {}
        for output, text in self._db.execute(
            f"SELECT c.output, c.text FROM output_chunk c JOIN output o ON o.key = c.output WHERE {where}"
            " ORDER BY c.output, c.start",
            values,
        ):
            chunks[output] = chunks.get(output, "") + text.decode()
        for output, named, kind, name, tail, body in self._db.execute(
            f"SELECT key, {key}, kind, name, tail, body FROM output WHERE {where} ORDER BY key", values
        ):
            yield named, _item(kind, name, chunks.get(output, "") + tail.decode(), body)


def _item(kind: str, name: str | None, text: str, body: bytes) -> Item:
    if kind == "stream":
        return ("stream", name or "", text)
    said = json.loads(body)
    if kind == "display":
        value = said["data"]["text/plain"]
        shown = value["value"] if "value" in value else f"blob {value['sha256']}"
        return ("result" if said.get("result") else "display", shown)
    if kind == "error":
        return ("error", said["ename"])
    return ("cut", said["cause"]["code"])
