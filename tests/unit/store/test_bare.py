"""A reducer that starts from the rows knows what one that never stopped knows, after any journal (invariant 4)."""

from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noctule.runs import reduce as reducers
from noctule.runs.state import Kept, RunState, Slot, Step
from noctule.store import BlobStore, Tx, executions, kernels, runs, runtimes
from noctule.store.engine import writer_engine
from noctule.store.migrate import migrate
from noctule.store.rows import QueuedExecution
from noctule_agent.wire import link
from noctule_agent.wire.state import ExecutionView, KernelPut
from noctule_agent.wire.values import BatchId, Cause, CellId, ExecutionId, Millis, PromptId
from tests.support.notebook_rows import add_notebook
from tests.unit.store.builders import NB, batch, kernel, runtime

CELLS = st.sampled_from(["c1", "c2"])
TEXTS = st.sampled_from(["line\n", "50%", "\r60%", "\x1b[31mred", "a\nb\x1b[Ac", "x" * 3000, "\n", "𝄞\x00\b"])
SMALL = {"text/plain": "small"}
LARGE = {"text/html": "x" * 10_000}

messages = st.one_of(
    st.builds(
        lambda name, text: ("stream", {"name": name, "text": text}), st.sampled_from(["stdout", "stderr"]), TEXTS
    ),
    st.builds(
        lambda data, id_: (
            "display_data",
            {"data": data, "metadata": {}, "transient": {"display_id": id_} if id_ else {}},
        ),
        st.sampled_from([SMALL, LARGE]),
        st.sampled_from(["", "d1", "d2"]),
    ),
    st.builds(
        lambda id_: ("update_display_data", {"data": SMALL, "metadata": {"n": 1}, "transient": {"display_id": id_}}),
        st.sampled_from(["d1", "d2"]),
    ),
    st.builds(lambda wait: ("clear_output", {"wait": wait}), st.booleans()),
    st.just(("error", {"ename": "E", "evalue": "v", "traceback": ["t"]})),
    st.just(("execute_result", {"data": SMALL, "metadata": {}, "execution_count": 3})),
)
actions = st.one_of(
    st.tuples(st.just("run"), CELLS),
    st.tuples(st.just("say"), st.integers(0, 3), st.lists(messages, min_size=1, max_size=4)),
    st.tuples(st.just("end"), st.sampled_from(["ok", "error"])),
    st.tuples(st.just("ask")),
    st.tuples(st.just("restart")),
    st.tuples(st.just("clear")),
)


class Notebook:
    """A run state in memory beside its rows: every step goes to both."""

    def __init__(self, tx: Tx) -> None:
        self.tx = tx
        self.ids = (f"id{number}" for number in count())
        self.state = RunState()
        self.rev = 0
        self.epoch = 0
        self.runs: list[ExecutionId] = []
        add_notebook(tx, NB)
        runtimes.create(tx, runtime())
        kernels.create(tx, kernel())
        self.keep(reducers.show(self.state, KernelPut(kernels.view(kernel()))))
        self.restart()

    def keep(self, step: Any) -> None:
        assert isinstance(step, Step)
        self.state = step.state
        self.rev = runs.apply(self.tx, NB, self.rev, step.ops).rev

    def record(self, record: link.Record) -> None:
        self.keep(reducers.reduce(self.state, record, lambda: next(self.ids)))

    def restart(self) -> None:
        self.epoch += 1
        self.record(link.KernelStarting(self.epoch, Millis(2), "python3"))
        self.record(link.KernelReady(self.epoch, Millis(3)))

    def run(self, cell: str) -> None:
        name = f"x{len(self.runs)}"
        view = ExecutionView(ExecutionId(name), CellId(cell), BatchId(name), "queued", Millis(4))
        executions.queue(self.tx, NB, batch(name), [QueuedExecution(view, "")])
        self.keep(reducers.queue(self.state, [view]))
        self.runs.append(view.id)
        self.record(link.ExecutionStarted(view.id, self.epoch, Millis(5)))

    def say(self, back: int, said: list[tuple[str, dict[str, Any]]]) -> None:
        """The execution that began `back` executions ago says something."""
        parent = self.runs[-1 - back] if back < len(self.runs) else "unknown"
        wire = [link.KernelMessage(kind, parent, msgspec.json.encode(content)) for kind, content in said]
        self.record(link.Said(self.epoch, Millis(6), wire))

    def end(self, state: str) -> None:
        if self.runs:
            self.record(link.ExecutionEnded(self.runs[-1], Millis(7), state, 1, Cause("c", "m")))

    def ask(self) -> None:
        if self.runs:
            self.record(link.PromptOpened(PromptId(next(self.ids)), self.runs[-1], self.epoch, Millis(8), "Name?"))

    def clear(self) -> None:
        self.keep(reducers.clear_outputs(self.state, None))


def comparable(state: RunState) -> dict[str, Any]:
    """All that anything depends on: not sizes (code points in memory, bytes in rows), empty slots, the order of the
    places of a display, and displays of earlier kernels."""
    placed = {id_: set(places) for id_, places in state.displays.items()}

    def essence(slot: Slot, kept: Kept) -> Kept:
        displays = {id_ for id_ in kept.displays if any(place.slot == slot for place in placed.get(id_, ()))}
        return msgspec.structs.replace(kept, bytes=0, displays=frozenset(displays))

    outputs = {slot: essence(slot, kept) for slot, kept in state.outputs.items()}
    return {
        **msgspec.structs.asdict(state),
        "outputs": {slot: kept for slot, kept in outputs.items() if kept != Kept()},
        "displays": placed,
    }


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(journal=st.lists(actions, max_size=14))
def test_a_reducer_that_starts_from_the_rows_knows_what_one_that_never_stopped_knows(
    tmp_path_factory: pytest.TempPathFactory, journal: list[tuple[Any, ...]]
) -> None:
    engine = writer_engine("sqlite://")
    migrate(engine)
    blobs: Path = tmp_path_factory.getbasetemp() / "bare-blobs"
    with engine.connect() as connection:
        notebook = Notebook(Tx(connection, BlobStore(blobs)))
        for action, *arguments in journal:
            getattr(notebook, action)(*arguments)
        again = RunState.from_snapshot(runs.bare(notebook.tx, NB))
        assert comparable(again) == comparable(notebook.state)
    engine.dispose()


def test_the_same_on_both_databases(database_url: str, tmp_path: Path) -> None:
    engine = writer_engine(database_url)
    with engine.connect() as connection:
        notebook = Notebook(Tx(connection, BlobStore(tmp_path / "blobs")))
        for cell in ("c1", "c2", "c1", "c1"):
            notebook.run(cell)
            notebook.say(0, [("stream", {"name": "stdout", "text": "a\n\x1b[31mb"})])
            notebook.say(1, [("display_data", {"data": LARGE, "metadata": {}, "transient": {"display_id": "d1"}})])
            notebook.say(0, [("clear_output", {"wait": True})])
        notebook.ask()
        again = RunState.from_snapshot(runs.bare(notebook.tx, NB))
        assert comparable(again) == comparable(notebook.state)
    engine.dispose()
