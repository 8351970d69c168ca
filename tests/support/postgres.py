"""A private PostgreSQL for the tests: one cluster a session, in a temporary directory, on a unix socket.

`postgres_url` is a fresh, empty database. Without PostgreSQL on the machine these tests are skipped, and say so.
"""

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest


class PostgresCluster:
    """A running server. Names of databases are made by counting."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._numbers = itertools.count(1)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self._directory}"

    def create(self, template: str = "template1") -> str:
        """Create a database as a copy of another; its name."""
        name = f"noctule_{next(self._numbers)}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, name: str) -> None:
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        with psycopg.connect(f"host={self._directory} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(statement.encode())


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[PostgresCluster]:
    binaries = _binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL on this machine (initdb was not found)")
    user = _server_user()
    # The path of a unix socket is at most about 100 characters long: not pytest's tmp_path.
    directory = Path(tempfile.mkdtemp(prefix="noctule-pg-", dir="/tmp"))
    if user is not None:
        shutil.chown(directory, user)

    def run(program: str, *arguments: str) -> None:
        groups = [] if user is not None else None
        subprocess.run(
            [binaries / program, *arguments],
            check=True,
            capture_output=True,
            cwd=directory,
            user=user,
            extra_groups=groups,
        )

    data = str(directory / "data")
    options = f"-c listen_addresses='' -k {directory} -c fsync=off -c full_page_writes=off"
    try:
        run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        # Its output goes to a file: a pipe would stay open in the server.
        run("pg_ctl", "-D", data, "-w", "-l", str(directory / "log"), "-o", options, "start")
        try:
            yield PostgresCluster(directory)
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def make_postgres(postgres_cluster: PostgresCluster) -> Iterator[Callable[[], str]]:
    """Makes fresh, empty databases and gives their URLs."""
    names: list[str] = []

    def make() -> str:
        names.append(postgres_cluster.create())
        return postgres_cluster.url(names[-1])

    yield make
    for name in names:
        postgres_cluster.drop(name)


@pytest.fixture
def postgres_url(make_postgres: Callable[[], str]) -> str:
    """The URL of a fresh, empty database."""
    return make_postgres()


def _binaries() -> Path | None:
    """Where initdb is: on the path, or where Debian has it, the newest version first."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    return versions[-1].parent if versions else None


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root; another user runs it as itself."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    pytest.skip("PostgreSQL does not run as root, and there is no other user here")
