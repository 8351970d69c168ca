"""What one session sends. Windows and acknowledgements are tested with the agent (test_agent.py)."""

import msgspec
import pytest

from agent.tests.harness import CountingIds
from noctule_agent.journal import Journal
from noctule_agent.outbox import Outbox
from noctule_agent.wire import link
from noctule_agent.wire.asks import Variable, VariableList
from noctule_agent.wire.files import Counted
from noctule_agent.wire.pipes import Result
from noctule_agent.wire.values import Cause, CommandId, Millis

FIGURES = link.Metrics(Millis(0), 10.0, 200_000_000, disk_free_bytes=10**10)


@pytest.fixture
def outbox(tmp_path):
    journal = Journal.open(tmp_path / "journal.db", CountingIds())
    yield Outbox(journal, {})
    journal.close()


def sent(outbox):
    return [msgspec.msgpack.decode(frame, type=link.FromAgent) for frame in outbox.frames([])]


def test_figures_that_hardly_changed_are_not_sent_again(outbox):
    outbox.metrics(FIGURES)
    assert sent(outbox) == [FIGURES]
    outbox.metrics(msgspec.structs.replace(FIGURES, at=Millis(5_000), cpu_percent=10.4, rss_bytes=201_000_000))
    assert sent(outbox) == []


@pytest.mark.parametrize(
    "change",
    [
        {"cpu_percent": 20.0},
        {"rss_bytes": 210_000_000},
        {"rss_limit_bytes": 10**9},
        {"disk_free_bytes": 9 * 10**9},
        {"stalled": Cause("journal-full", "The disk is full.")},
    ],
)
def test_figures_that_changed_are_sent(outbox, change):
    outbox.metrics(FIGURES)
    sent(outbox)
    changed = msgspec.structs.replace(FIGURES, at=Millis(5_000), **change)
    outbox.metrics(changed)
    assert sent(outbox) == [changed]


def test_what_creeps_is_sent_when_it_has_come_far_enough(outbox):
    outbox.metrics(FIGURES)
    for step in range(1, 21):
        outbox.metrics(msgspec.structs.replace(FIGURES, at=Millis(step), rss_bytes=FIGURES.rss_bytes + step * 200_000))
    assert [frame.rss_bytes for frame in sent(outbox)][-1] == FIGURES.rss_bytes + 11 * 200_000


@pytest.mark.parametrize(
    "answer",
    [
        Result(CommandId("c1"), Counted(1, 0, size=2**70)),
        link.Answered(CommandId("c1"), VariableList([Variable("x", "Tensor", shape=[2**70])], 1)),
        link.Answered(CommandId("c1"), VariableList([Variable("\ud800", "str")], 1)),
    ],
)
def test_an_answer_that_no_frame_holds_is_a_refusal_and_not_the_end_of_the_agent(outbox, answer):
    outbox.reply(answer)
    [said] = sent(outbox)
    assert (type(said), said.id, said.problem.code) == (type(answer), "c1", "answer-unsayable")
