"""Stores for tests, on both databases.

`store`          an open, empty Store; the test runs once on SQLite and once on PostgreSQL
`database_url`   the URL of an empty, migrated database, on both
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.support.postgres import PostgresCluster

from noctule.store import Store
from noctule.store.engine import writer_engine
from noctule.store.migrate import migrate


@pytest.fixture(scope="session")
def migrated_template(postgres_cluster: PostgresCluster) -> str:
    """A database to copy: that is quicker than to migrate each."""
    name = postgres_cluster.create()
    engine = writer_engine(postgres_cluster.url(name))
    migrate(engine)
    engine.dispose()
    return name


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "noctule.db"
    engine = writer_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        path = tmp_path / "noctule.db"
        path.write_bytes(request.getfixturevalue("migrated_file").read_bytes())
        yield f"sqlite:///{path}"
        return
    template: str = request.getfixturevalue("migrated_template")
    cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
    name = cluster.create(template)
    yield cluster.url(name)
    cluster.drop(name)


@pytest.fixture
async def store(database_url: str, tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(database_url, tmp_path / "blobs")
    yield opened
    await opened.close()
