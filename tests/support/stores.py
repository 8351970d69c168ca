"""Stores for tests, on both databases.

`store`          an open, empty Store; the test runs once on SQLite and once on PostgreSQL
`database_url`   the URL of an empty, migrated database, on both
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from noctule.store import Store
from noctule.store.engine import writer_engine
from noctule.store.migrate import migrate
from noctule.store.tables import metadata
from tests.support.postgres import PostgresCluster


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database to copy: that is quicker than to migrate each."""
    path = tmp_path_factory.mktemp("template") / "noctule.db"
    engine = writer_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres_cluster: PostgresCluster) -> Iterator[Engine]:
    """One PostgreSQL database that is emptied after each test: that is quicker than to create each."""
    engine = writer_engine(postgres_cluster.url(postgres_cluster.create()))
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        path = tmp_path / "noctule.db"
        path.write_bytes(request.getfixturevalue("migrated_file").read_bytes())
        yield f"sqlite:///{path}"
        return
    engine: Engine = request.getfixturevalue("migrated_postgres")
    yield engine.url.render_as_string(hide_password=False)
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())


@pytest.fixture
async def store(database_url: str, tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(database_url, tmp_path / "blobs")
    yield opened
    await opened.close()
