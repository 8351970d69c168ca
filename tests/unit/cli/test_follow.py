"""A run is followed to its end, whatever the page saw of it; a person may leave it or stop it."""

import asyncio
from datetime import UTC, datetime

import msgspec
import pytest

from noctule.cli import report
from noctule.cli.follow import follow
from noctule.cli.progress import Display, Now
from noctule.client.session import PageSession
from noctule.errors import NotFound, Unavailable
from noctule.runs.info import CellRun, RunInfo, RunState
from noctule_agent.wire import page as wire
from noctule_agent.wire.state import ExecutionPut, ExecutionState, ExecutionView, PromptPut, PromptView, RunSnapshot
from noctule_agent.wire.values import BatchId, Cause, CellId, ExecutionId, Millis, NotebookId, PromptId
from tests.support.virtual_time import virtual_time
from tests.unit.client.test_session import CELL, Server, execution, page

WHEN = datetime(2026, 11, 21, 10, 0, 0, tzinfo=UTC)


def run(state: RunState) -> RunInfo:
    return RunInfo(BatchId("b1"), NotebookId("n"), "a.ipynb", state, None, WHEN, [CellRun(CELL, state)])


class Shown(Display):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Now] = []

    def show(self, now: Now) -> None:
        self.seen.append(now)


class Rows:
    """What the server says when it is asked for the run."""

    def __init__(self, *answers: RunInfo | Exception) -> None:
        self._answers = list(answers)

    async def look(self, _: BatchId) -> RunInfo:
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


async def started(session: PageSession, rows: Rows, shown: Shown) -> "asyncio.Task[RunInfo]":
    asked: list[PromptView] = []
    return asyncio.ensure_future(follow(session, rows.look, run("queued"), shown, asked.append))


@virtual_time
async def test_it_ends_when_the_cells_of_the_run_have_ended_and_shows_the_line_that_runs() -> None:
    server, shown = Server(), Shown()
    async with page(server) as session:
        following = await started(session, Rows(run("ok")), shown)
        await server.accept()
        await server.say(wire.Ops(from_rev=0, rev=1, ops=[ExecutionPut(execution("running"))]))
        await session.until(lambda: session.executions(BatchId("b1")) or None)
        await server.say(wire.Ops(from_rev=1, rev=2, ops=[ExecutionPut(execution("ok"))]))
        assert (await following).state == "ok"
        assert "1" in [now.first_line for now in shown.seen]


@virtual_time
async def test_a_run_whose_end_the_page_did_not_see_is_asked_for() -> None:
    server = Server()
    async with page(server) as session:
        following = await started(session, Rows(Unavailable("x", "y"), run("running"), run("lost")), Shown())
        await server.accept(RunSnapshot(rev=9))
        assert (await following).state == "lost"


@virtual_time
async def test_a_cut_connection_is_shown_and_outlived() -> None:
    server, shown = Server(), Shown()
    async with page(server) as session:
        following = await started(session, Rows(run("ok")), shown)
        await server.accept(RunSnapshot(rev=1, executions=[execution("running")]))
        await session.ready()
        server.channel.cut()
        await server.accept(RunSnapshot(rev=2, executions=[execution("ok")]), rev=2)
        await server.say(wire.Ops(from_rev=1, rev=2, ops=[ExecutionPut(execution("ok"))]))
        assert (await following).state == "ok"
        assert any("connection" in now.trouble for now in shown.seen)


@virtual_time
async def test_a_question_is_told_once() -> None:
    server = Server()
    asked: list[PromptView] = []
    prompt = PromptView(
        id=PromptId("p"),
        execution_id=ExecutionId("x1"),
        cell_id=CellId("c1"),
        kind="text",
        text="Name: ",
        state="open",
        opened_at=Millis(1),
    )
    async with page(server) as session:
        following = asyncio.ensure_future(follow(session, Rows(run("ok")).look, run("queued"), Shown(), asked.append))
        await server.accept(RunSnapshot(rev=0, executions=[execution("running")]))
        await server.say(wire.Ops(from_rev=0, rev=1, ops=[PromptPut(prompt)]))
        await session.until(lambda: session.view.prompts or None)
        await server.say(wire.Ops(from_rev=1, rev=2, ops=[ExecutionPut(execution("ok"))]))
        await following
    assert asked == [prompt]


@virtual_time
async def test_a_notebook_that_was_deleted_meanwhile_ends_it_with_the_reason() -> None:
    server = Server()
    async with page(server) as session:
        following = await started(session, Rows(run("running")), Shown())
        await server.accept()
        await session.ready()
        await server.channel.close(wire.CLOSE_NOT_FOUND, "the notebook was deleted")
        with pytest.raises(Exception, match="deleted"):
            await following


def test_a_run_in_one_line_says_what_ran_how_long_and_why_it_ended() -> None:
    cells = [
        CellRun(CellId("a"), "ok", WHEN, WHEN.replace(second=3)),
        CellRun(CellId("b"), "lost", WHEN.replace(second=3), WHEN.replace(second=5)),
        CellRun(CellId("c"), "aborted"),
    ]
    cause = Cause("kernel-died", "The kernel was killed.")
    lost = RunInfo(BatchId("b1"), NotebookId("n"), "a.ipynb", "lost", cause, WHEN, cells)
    assert report.run_line(lost) == "lost: 2 of 3 cells in 5.0 s (The kernel was killed.)"
    assert report.run_line(run("ok")) == "ok: 0 of 1 cell"


def test_a_list_says_how_many_cells_came_to_their_end() -> None:
    cells = [CellRun(CellId(state), state, WHEN, WHEN) for state in ("ok", "error", "aborted", "lost")]
    listed = RunInfo(BatchId("b1"), NotebookId("n"), "a.ipynb", "lost", None, WHEN, cells)
    assert " 2/4 " in report.runs_table([listed])


def test_a_log_has_a_line_when_something_changed_and_not_too_many(capsys: pytest.CaptureFixture[str]) -> None:
    clock = iter((0.0, 0.5, 0.6, 7.0, 7.1))
    shown = Display(lambda: next(clock))
    two = msgspec.structs.replace(run("running"), cells=[CellRun(CELL, "queued"), CellRun(CellId("c2"), "queued")])
    begun = Now(two, [execution("running")], "train()", "")
    shown.show(begun)
    shown.show(begun)
    for _ in ("too soon", "now"):
        shown.show(Now(two, [execution("ok"), second("running")], "test()", ""))
    shown.show(Now(two, [execution("ok"), second("ok")], "", ""))
    assert capsys.readouterr().err.splitlines() == [
        "0 of 2 cells done; cell 1: train()",
        "1 of 2 cells done; cell 2: test()",
    ]


def second(state: ExecutionState) -> ExecutionView:
    return msgspec.structs.replace(execution(state), id=ExecutionId("x2"), cell_id=CellId("c2"))


def test_tables_show_every_run_and_every_cell() -> None:
    assert "b1" in report.runs_table([run("ok")])
    assert report.runs_table([]).splitlines() == ["RUN  STATE  CREATED  CELLS  NOTEBOOK"]
    assert report.cells_table(run("ok")).splitlines()[1].split() == ["1", "ok"]


def test_an_error_of_the_rows_other_than_unavailable_is_not_hidden() -> None:
    @virtual_time
    async def check() -> None:
        server = Server()
        async with page(server) as session:
            following = await started(session, Rows(NotFound("run-not-found", "gone")), Shown())
            await server.accept()
            with pytest.raises(NotFound):
                await following

    check()
