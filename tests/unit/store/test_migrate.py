"""Both databases, made by the migrations, are what tables.py says."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

import noctule.store
from noctule.errors import StorageUnavailable
from noctule.store.engine import writer_engine
from noctule.store.migrate import HEAD, migrate, upgrade
from noctule.store.tables import metadata


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        engine = writer_engine(f"sqlite:///{tmp_path}/empty.db")
    else:
        make: Callable[[], str] = request.getfixturevalue("make_postgres")
        engine = writer_engine(make())
    yield engine
    engine.dispose()


def way(engine: Engine, name: str) -> None:
    """The two ways from nothing to the newest schema."""
    if name == "created":
        migrate(engine)
    else:
        with engine.begin() as connection:
            upgrade(connection)


@pytest.fixture(params=["created", "upgraded"])
def current(request: pytest.FixtureRequest, empty: Engine) -> Engine:
    way(empty, request.param)
    return empty


def test_both_ways_make_what_tables_says(current: Engine) -> None:
    with current.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def described(engine: Engine) -> dict[str, list[Any]]:
    found = inspect(engine)
    return {
        name: [
            [{**column, "type": str(column["type"])} for column in found.get_columns(name)],
            found.get_pk_constraint(name),
            sorted(found.get_foreign_keys(name), key=lambda key: str(key["name"])),
            # The condition of a partial index is an object, which equals itself alone.
            sorted(map(_plain, found.get_indexes(name)), key=lambda index: str(index["name"])),
            sorted(found.get_unique_constraints(name), key=lambda unique: str(unique["name"])),
        ]
        for name in sorted(found.get_table_names())
    }


def _plain(index: Mapping[str, Any]) -> dict[str, Any]:
    return {**index, "dialect_options": {key: str(value) for key, value in index.get("dialect_options", {}).items()}}


def test_both_ways_make_the_same(tmp_path: Path) -> None:
    engines = [writer_engine(f"sqlite:///{tmp_path}/{name}.db") for name in ("created", "upgraded")]
    for engine, name in zip(engines, ("created", "upgraded"), strict=True):
        way(engine, name)
    created, upgraded = map(described, engines)
    assert created == upgraded
    for engine in engines:
        engine.dispose()


def test_every_constraint_has_the_same_name_on_both_databases(current: Engine) -> None:
    found = inspect(current)
    for table in metadata.sorted_tables:
        names = {key["name"] for key in found.get_foreign_keys(table.name)}
        assert names == {key.name for key in table.foreign_key_constraints}
        assert {key["options"].get("ondelete") for key in found.get_foreign_keys(table.name)} <= {"CASCADE"}


def test_migrating_twice_changes_nothing(empty: Engine) -> None:
    migrate(empty)
    migrate(empty)
    with empty.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [HEAD]


def test_notebooks_of_the_flat_folder_become_items_with_all_that_they_have(empty: Engine) -> None:
    with empty.begin() as connection:
        upgrade(connection, "0008")
        for key, name, file_name in (("a", "new.ipynb", "old.ipynb"), ("b", "b.ipynb", "b.ipynb")):
            connection.execute(
                text(
                    "INSERT INTO notebook (id, name, owner, created_at, updated_at, rev, file_name, file_size, file_mtime_ns)"
                    " VALUES (:id, :name, 'you', 1, 2, 3, :file, 7, 9)"
                ),
                {"id": key, "name": name, "file": file_name},
            )
            connection.execute(
                text(
                    "INSERT INTO doc (notebook_id, epoch, seq, snapshot_seq, snapshot) VALUES (:id, 'e', 4, 4, :data)"
                ),
                {"id": key, "data": b"doc"},
            )
        connection.execute(text("INSERT INTO star (\"user\", notebook_id) VALUES ('you', 'b')"))
    migrate(empty)
    with empty.connect() as connection:
        rows = connection.execute(text("SELECT id, tree, parent, name, kind, size FROM item ORDER BY id")).all()
        assert [(row.id, row.tree, row.parent, bytes(row.name), row.kind, row.size) for row in rows] == [
            ("a", "you", "you", b"new.ipynb", "notebook", 7),
            ("b", "you", "you", b"b.ipynb", "notebook", 7),
            ("you", "you", None, b"", "folder", 0),
        ]
        assert connection.execute(text("SELECT id, rev FROM notebook ORDER BY id")).all() == [("a", 3), ("b", 3)]
        assert connection.execute(text("SELECT notebook_id, seq FROM doc ORDER BY 1")).all() == [("a", 4), ("b", 4)]
        assert connection.execute(text("SELECT item_id FROM star")).scalars().all() == ["b"]
    with empty.begin() as connection:
        connection.execute(text("DELETE FROM item WHERE id = 'a'"))
        assert connection.execute(text("SELECT notebook_id FROM doc")).scalars().all() == ["b"], "keys hold again"


def test_the_database_of_a_newer_noctule_is_refused_with_a_reason(empty: Engine) -> None:
    migrate(empty)
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from-the-future'"))
    with pytest.raises(StorageUnavailable) as refused:
        migrate(empty)
    assert refused.value.code == "database-newer"


def test_the_known_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(noctule.store.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_opening_a_current_database_does_not_import_alembic(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/current.db"
    engine = writer_engine(database)
    migrate(engine)
    engine.dispose()
    program = (
        "import asyncio, sys, pathlib; from noctule.store import Store\n"
        f"store = asyncio.run(Store.open({database!r}, pathlib.Path({str(tmp_path)!r}), inline=True))\n"
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
