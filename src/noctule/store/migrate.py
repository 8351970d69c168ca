"""Brings a database to the newest schema.

An empty database gets it at once, from tables.py; an older one by its migrations, from the first table on. A test holds both
ways together. Alembic is imported only for the second: it costs 0.2 s, which a notebook run by itself would feel.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, inspect, text

from noctule.errors import StorageUnavailable
from noctule.store.tables import metadata

HEAD: Final = "0011"
"""The newest revision in migrations/versions (a test holds them together)."""

_MIGRATIONS: Final = Path(__file__).parent / "migrations"


def migrate(engine: Engine) -> None:
    """Create or upgrade the tables in one transaction. Raises StorageUnavailable for the database of a newer Noctule."""
    with _without_keys(engine), engine.begin() as connection:
        if not inspect(connection).get_table_names():
            _create(connection)
        elif _version(connection) != HEAD:
            upgrade(connection)
            if engine.dialect.name == "sqlite":
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                assert not broken, f"rows without what they belong to: {broken[:3]}"


@contextmanager
def _without_keys(engine: Engine) -> Iterator[None]:
    """SQLite changes a table by making it anew; when it drops the old one, nothing may go with it.

    It heeds this only outside of a transaction. What was changed is checked before it is committed (upgrade).
    """
    if engine.dialect.name != "sqlite":
        yield
        return
    with engine.connect() as held:
        rows = held.connection.driver_connection
        assert isinstance(rows, sqlite3.Connection)
        rows.execute("PRAGMA foreign_keys = OFF")
        try:
            yield
        finally:
            rows.execute("PRAGMA foreign_keys = ON")


def _create(connection: Connection) -> None:
    metadata.create_all(connection)
    # As Alembic makes it.
    connection.execute(
        text(
            "CREATE TABLE alembic_version"
            " (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
        )
    )
    connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": HEAD})


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return version


def upgrade(connection: Connection, to: str = "head") -> None:
    """Run the migrations that are missing, as far as this one. Raises StorageUnavailable for the database of a newer Noctule."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, to)
    except CommandError as error:
        raise StorageUnavailable(
            "database-newer",
            "This database was written by a newer Noctule.",
            f"Start that version, or one after it. ({error})",
        ) from error
