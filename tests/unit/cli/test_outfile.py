"""The executed notebook as a file: whole at any time, written as the run goes on and not more often than is good."""

import stat
from pathlib import Path

import pytest

from noctule.cli.outfile import CELL_SECONDS, PRINTING_SECONDS, SPARING, OutFile, check_writable, replace_file
from noctule.client.api import Api
from noctule.errors import Invalid, Unavailable
from noctule_agent.wire import page as wire
from noctule_agent.wire.state import ExecutionPut
from noctule_agent.wire.values import BatchId, NotebookId
from tests.support.virtual_time import asyncio, virtual_time
from tests.unit.client.test_session import Server, execution, page

RUN = BatchId("b1")


class Notebook(Api):
    """Gives another text each time. `seconds`: what it takes."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.asked = 0
        self.away = False

    async def ipynb(self, notebook_id: NotebookId) -> bytes:
        self.asked += 1
        await asyncio.sleep(self.seconds)
        if self.away:
            raise Unavailable("away", "The server is away.")
        return b"version %d" % self.asked


class InlineFile(OutFile):
    """Virtual time knows no threads."""

    async def put(self, data: bytes) -> None:
        replace_file(self.path, data)


async def ends(server: Server, cell: int) -> None:
    ended = ExecutionPut(execution("ok", id_=f"x{cell}"))
    await server.say(wire.Ops(from_rev=cell - 1, rev=cell, ops=[ended]))


@virtual_time
async def test_it_is_written_soon_after_a_cell_has_ended_and_not_while_nothing_ends(tmp_path: Path) -> None:
    server, api = Server(), Notebook()
    out = InlineFile(api, NotebookId("n"), tmp_path / "out.ipynb")
    async with page(server) as session:
        await server.accept()
        async with out.kept(session, RUN):
            await asyncio.sleep(100)
            assert not out.path.exists()
            await ends(server, 1)
            await ends(server, 2)
            await asyncio.sleep(CELL_SECONDS + 0.1)
            assert out.path.read_bytes() == b"version 1"
            await asyncio.sleep(100)
            assert api.asked == 1, "nothing new"
            await ends(server, 3)
            await asyncio.sleep(CELL_SECONDS + 0.1)
            assert out.path.read_bytes() == b"version 2"


@virtual_time
async def test_a_long_cell_that_prints_is_written_now_and_then(tmp_path: Path) -> None:
    server, api = Server(), Notebook()
    out = InlineFile(api, NotebookId("n"), tmp_path / "out.ipynb")
    async with page(server) as session:
        await server.accept()
        async with out.kept(session, RUN):
            for rev in range(1, 100):
                await server.say(wire.Ops(from_rev=rev - 1, rev=rev, ops=[ExecutionPut(execution("running"))]))
                await asyncio.sleep(1)
            assert api.asked == 99 // PRINTING_SECONDS


@virtual_time
async def test_a_notebook_that_takes_long_to_write_is_written_a_tenth_of_the_time(tmp_path: Path) -> None:
    server, api = Server(), Notebook(seconds=3.0)
    out = InlineFile(api, NotebookId("n"), tmp_path / "out.ipynb")
    async with page(server) as session:
        await server.accept()
        async with out.kept(session, RUN):
            for cell in range(1, 101):
                await ends(server, cell)
                await asyncio.sleep(1)
            assert 2 <= api.asked <= 1 + 100 / (3.0 * SPARING)


@virtual_time
async def test_a_write_that_fails_is_said_once_and_tried_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server, api = Server(), Notebook()
    api.away = True
    out = InlineFile(api, NotebookId("n"), tmp_path / "out.ipynb")
    async with page(server) as session:
        await server.accept()
        async with out.kept(session, RUN):
            for cell in range(1, 4):
                await ends(server, cell)
                await asyncio.sleep(CELL_SECONDS + 0.1)
            api.away = False
            await ends(server, 4)
            await asyncio.sleep(CELL_SECONDS + 0.1)
    assert capsys.readouterr().err.count("The server is away.") == 1
    assert out.path.read_bytes() == b"version 4"


@virtual_time
async def test_no_write_is_under_way_once_the_run_is_over(tmp_path: Path) -> None:
    server, api = Server(), Notebook(seconds=5.0)
    out = InlineFile(api, NotebookId("n"), tmp_path / "out.ipynb")
    async with page(server) as session:
        await server.accept()
        async with out.kept(session, RUN):
            await ends(server, 1)
            await asyncio.sleep(CELL_SECONDS + 1)
            assert not out.path.exists()
        assert out.path.read_bytes() == b"version 1"
        await out.write()
        assert out.path.read_bytes() == b"version 2"


def test_a_file_is_replaced_with_its_mode_kept_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "out.ipynb"
    path.write_bytes(b"old")
    path.chmod(0o640)
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.ipynb"]


def test_a_file_that_cannot_be_replaced_is_what_it_was(tmp_path: Path) -> None:
    path = tmp_path / "out.ipynb"
    path.mkdir()
    (path / "inside").touch()
    with pytest.raises(Invalid, match="cannot be written"):
        replace_file(path, b"new")
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.ipynb"]
    with pytest.raises(Invalid, match="cannot be written"):
        replace_file(tmp_path / "missing" / "out.ipynb", b"new")


def test_a_place_where_nothing_can_be_written_is_noticed_before_the_run(tmp_path: Path) -> None:
    check_writable(tmp_path / "out.ipynb")
    for path in (tmp_path, tmp_path / "missing" / "out.ipynb"):
        with pytest.raises(Invalid, match="cannot be written"):
            check_writable(path)
