"""Cut anywhere by a restart of the server, the records give the same operations and the same view."""

from itertools import pairwise

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from noctule.runs.conflate import conflate, fit_all
from noctule.runs.state import Limits
from noctule.runs.view import View, applied
from noctule_agent.wire import link
from noctule_agent.wire.state import RunSnapshot
from noctule_agent.wire.values import Cause, Millis, PromptId
from tests.unit.runs import model
from tests.unit.runs.model import (
    clear,
    comm,
    comm_update,
    display,
    ended,
    error,
    message,
    output_widget,
    run,
    said,
    started,
    stream,
)

EXECUTIONS = [("e1", "a"), ("e2", "b"), ("e3", "a"), ("e4", "a"), ("e5", "a")]
SMALL = Limits(outputs=6, bytes=90, captured=250)

requests = st.sampled_from([id_ for id_, _ in EXECUTIONS] + ["", "unknown", "callback"])
texts = st.sampled_from(["hello", "two\nlines\n", "\r50%", "ab\b\b", "\x1b[31mred\n", "\x1b[A", "\x1b[", "x" * 40, ""])
display_ids = st.sampled_from([None, "d1", "d2"])
widget_ids = st.sampled_from(["w1", "w2", "w3"])
captured = st.sampled_from(["", "e1", "e2", "callback"])
messages = st.one_of(
    st.builds(stream, requests, texts, st.sampled_from(["stdout", "stderr"])),
    st.builds(display, requests, texts, display_ids, st.sampled_from(["display_data", "execute_result"])),
    st.builds(display, requests, texts, st.sampled_from(["d1", "d2"]), st.just("update_display_data")),
    st.builds(lambda parent, wait: clear(parent, wait=wait), requests, st.booleans()),
    st.builds(error, requests),
    st.builds(lambda parent: message("execute_input", parent, {"execution_count": 3, "code": ""}), requests),
    st.builds(lambda parent: message("display_data", parent, b"{broken"), requests),
    st.builds(output_widget, widget_ids, captured),
    st.builds(lambda id_, msg_id: comm_update(id_, msg_id=msg_id), widget_ids, captured),
    st.builds(lambda id_, value: comm_update(id_, value=value, outputs=[]), widget_ids, st.integers(0, 3)),
    st.builds(lambda id_: comm("comm_close", id_), widget_ids),
)
epochs = st.integers(1, 3)
executions = st.sampled_from([id_ for id_, _ in EXECUTIONS])
records = st.one_of(
    st.builds(started, executions, epochs),
    st.builds(ended, executions, st.sampled_from(["ok", "error", "aborted", "lost"])),
    st.builds(lambda said_, epoch: said(*said_, epoch=epoch), st.lists(messages, max_size=5), epochs),
    st.builds(lambda said_: said(*said_), st.lists(messages, min_size=1, max_size=5)),
    st.builds(model.asked, executions, st.sampled_from(["p1", "p2"])),
    st.builds(
        lambda id_, yes: link.PromptClosed(PromptId(id_), Millis(5), yes), st.sampled_from(["p1", "p2"]), st.booleans()
    ),
    st.builds(lambda epoch: link.KernelStarting(epoch, Millis(4), "python3"), epochs),
    st.builds(lambda epoch: link.KernelReady(epoch, Millis(4)), epochs),
    st.builds(model.died, epochs),
    st.builds(lambda: link.Gap(1, Millis(6), Cause("iopub-gap", "Messages were missed."))),
)
streams_of_records = st.lists(records, max_size=25).map(
    lambda found: [model.STARTING, model.READY, started("e1"), *found]
)
cuts = st.sets(st.integers(0, 30), max_size=4).map(frozenset)


@given(streams_of_records, cuts, st.sampled_from([SMALL, Limits()]))
@settings(max_examples=400, deadline=None)
def test_a_restart_anywhere_changes_nothing(journal: list[link.Record], cuts: frozenset[int], limits: Limits) -> None:
    start = model.start(*EXECUTIONS)
    without = run(start, journal, limits=limits)
    restarted = run(start, journal, limits=limits, cuts=cuts)
    assert [step.ops for step in restarted] == [step.ops for step in without]
    assert [step.dropped for step in restarted] == [step.dropped for step in without]


@given(streams_of_records, st.lists(st.integers(0, 200), max_size=5))
@settings(max_examples=300, deadline=None)
def test_conflated_operations_lead_to_the_same_view(journal: list[link.Record], splits: list[int]) -> None:
    start = model.start(*EXECUTIONS)
    ops = [op for step in run(start, journal, limits=SMALL) for op in step.ops]
    whole = applied(start, 1, ops)
    edges = sorted({0, len(ops), *(split % (len(ops) + 1) for split in splits)})
    view = View(start)
    for begin, end in pairwise(edges):
        for op in fit_all(conflate(ops[begin:end])):
            view.apply(op)
    assert _by_cell(view.snapshot(1)) == _by_cell(whole)


def _by_cell(snapshot: RunSnapshot) -> RunSnapshot:
    """The order of cells is the document's, not the run state's."""
    return msgspec.structs.replace(snapshot, cells=sorted(snapshot.cells, key=lambda cell: cell.cell_id))
