"""Brings a database to the newest schema. Alembic is imported only when there is something to do: it costs 0.2 s."""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, inspect, text

from noctule.errors import StorageUnavailable

HEAD: Final = "0001"
"""The newest revision in migrations/versions (a test holds them together)."""

_MIGRATIONS: Final = Path(__file__).parent / "migrations"


def migrate(engine: Engine) -> None:
    """Create or upgrade the tables in one transaction. Raises StorageUnavailable for the database of a newer Noctule."""
    with engine.begin() as connection:
        if _version(connection) != HEAD:
            _upgrade(connection)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return version


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StorageUnavailable(
            "database-newer",
            "This database was written by a newer Noctule.",
            f"Start that version, or one after it. ({error})",
        ) from error
