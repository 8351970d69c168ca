"""SQLAlchemy engines for SQLite and PostgreSQL, set up so that a transaction means the same on both.

The writer's engine has one connection and starts transactions that will write; the reader's engine has a few, each
transaction a consistent snapshot that cannot write. Nothing here knows tables.
"""

import sqlite3
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import StaticPool

READERS: Final = 4
"""Read connections and threads."""

_BUSY_MS: Final = 5_000
"""How long a write waits for another program (a backup, a shell) that holds the SQLite write lock."""
_CHECKPOINT_PAGES: Final = 4_000
"""16 MB of WAL between checkpoints: a checkpoint syncs, so it should be rare."""
_WRITER_CACHE_KB: Final = 8 * 1024
_READER_CACHE_KB: Final = 4 * 1024
"""Rows in use. Of a long text, written or read once, all that fits would stay; the system caches it too."""
_WAL_LIMIT_BYTES: Final = 64 * 1024 * 1024


def writer_engine(url: str) -> Engine:
    """The engine of the one writer. For `sqlite://` (in memory) its one connection is the database."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(parsed, begin="BEGIN IMMEDIATE", query_only=False, poolclass=StaticPool)
    return create_engine(parsed, pool_size=1, max_overflow=0)


def reader_engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(parsed, begin="BEGIN", query_only=True, pool_size=READERS, max_overflow=0)
    return create_engine(
        parsed,
        pool_size=READERS,
        max_overflow=0,
        pool_pre_ping=True,
        isolation_level="REPEATABLE READ",
        connect_args={"options": "-c default_transaction_read_only=on"},
    )


def sqlite_file(url: str) -> Path | None:
    """The database file of a SQLite URL; None in memory or on PostgreSQL."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return None
    return Path(str(parsed.database))


def _sqlite_engine(url: URL, *, begin: str, query_only: bool, **options: Any) -> Engine:
    engine = create_engine(url, connect_args={"check_same_thread": False, "cached_statements": 512}, **options)

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        # The driver must not begin transactions by itself: it would do so late, and never for SAVEPOINT.
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout = {_BUSY_MS}",
            "journal_mode = WAL",
            "synchronous = NORMAL",
            "foreign_keys = ON",
            "temp_store = MEMORY",
            f"cache_size = -{_READER_CACHE_KB if query_only else _WRITER_CACHE_KB}",
            f"wal_autocheckpoint = {_CHECKPOINT_PAGES}",
            f"journal_size_limit = {_WAL_LIMIT_BYTES}",
            # Zeroes what costs no further writes; some systems' SQLite rewrites every deleted page (0.3 s for 50 MB).
            "secure_delete = FAST",
            f"query_only = {query_only:d}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
