"""Runs as the database of a data directory knows them, read while no server is there. Reads only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from noctule.config import Config
from noctule.errors import NotFound
from noctule.runs.info import RunInfo, describe
from noctule.store import Store, Tx, batches, executions, notebooks
from noctule.store.rows import BatchRow
from noctule_agent.wire.values import BatchId

LATEST: Final = 100


class Offline:
    """The reading part of `client.api.Api`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @classmethod
    @asynccontextmanager
    async def open(cls, config: Config) -> AsyncIterator["Offline"]:
        if config.database_url is None and not (config.data / "noctule.db").exists():
            raise NotFound("no-data", f"There is no Noctule in {config.data}.", "Give its directory with --data.")
        store = await Store.open(config.database, config.blobs)
        try:
            yield cls(store)
        finally:
            await store.close()

    async def run_info(self, run_id: BatchId) -> RunInfo:
        def read(tx: Tx) -> RunInfo:
            row = batches.get(tx, run_id)
            if row is None:
                raise NotFound(
                    "run-not-found", f"There is no run {run_id}.", "`noctule runs list` shows those there are."
                )
            return _describe(tx, row)

        return await self._store.read(read)

    async def list_runs(self) -> list[RunInfo]:
        return await self._store.read(lambda tx: [_describe(tx, row) for row in batches.list_all(tx, LATEST)])


def _describe(tx: Tx, row: BatchRow) -> RunInfo:
    notebook = notebooks.get(tx, row.notebook_id)
    name = notebook.name if notebook is not None else ""
    return describe(row.id, (row.notebook_id, name), row.created_at, executions.of_batch(tx, row.id))
