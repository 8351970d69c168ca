"""What people say: the same command twice is one, nothing that others changed is taken back, a thread goes with its last word."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctule.runs import comments as reducers
from noctule.runs.comments import mentions
from noctule.runs.conflate import conflate
from noctule.runs.state import Discussion, Rejected, RunState, Step
from noctule.runs.view import applied
from noctule_agent.wire.comments import CommentView, ThreadView
from noctule_agent.wire.limits import COMMENT_CHARS, COMMENT_CHARS_PER_NOTEBOOK, COMMENTS_PER_THREAD
from noctule_agent.wire.state import Op, RunSnapshot
from noctule_agent.wire.values import CellId, CommentId, Millis, ThreadId, UserId

ANN, BOB = UserId("ann"), UserId("bob")
T, C, NOW = ThreadId("t"), CommentId("c"), Millis(5)


def thread(name: str = "t") -> ThreadView:
    return ThreadView(ThreadId(name), CellId("a"), Millis(1), "x = 1")


def comment(name: str = "c", text: str = "Why?", by: UserId = ANN, of: str = "t") -> CommentView:
    return CommentView(CommentId(name), ThreadId(of), by, Millis(1), text)


def done(step: Step | Rejected) -> RunState:
    assert isinstance(step, Step), step
    return step.state


def refused(step: Step | Rejected) -> str:
    assert isinstance(step, Rejected)
    return step.code


@pytest.fixture
def begun() -> RunState:
    return done(reducers.start(RunState(), thread(), comment()))


def test_a_thread_begins_is_replied_to_and_goes_with_its_last_comment(begun: RunState) -> None:
    said = done(reducers.reply(begun, comment("c2", "So", BOB)))
    assert list(said.discussion.comments) == ["c", "c2"]
    first_gone = done(reducers.delete(said, C, ANN))
    assert list(first_gone.discussion.threads) == ["t"]
    assert done(reducers.delete(first_gone, CommentId("c2"), BOB)).discussion == Discussion()


COMMANDS: list[Callable[[RunState], Step | Rejected]] = [
    lambda state: reducers.start(state, thread("t2"), comment("c9", of="t2")),
    lambda state: reducers.reply(state, comment("c2", "So", BOB)),
    lambda state: reducers.edit(state, C, ANN, 0, "Why 2?", NOW),
    lambda state: reducers.delete(state, C, ANN),
    lambda state: reducers.resolve(state, T, BOB, 0, NOW, resolved=True),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_same_command_twice_changes_nothing_the_second_time(
    begun: RunState, command: Callable[[RunState], Step | Rejected]
) -> None:
    once = done(command(begun))
    assert once != begun
    again = command(once)
    assert isinstance(again, Step)
    assert (again.state, again.ops) == (once, [])


def test_an_edit_that_is_repeated_does_not_take_back_a_later_one(begun: RunState) -> None:
    first = done(reducers.edit(begun, C, ANN, 0, "first", NOW))
    second = done(reducers.edit(first, C, ANN, 1, "second", NOW))
    assert refused(reducers.edit(second, C, ANN, 0, "first", NOW)) == "comment-changed"


def test_a_resolution_that_is_repeated_does_not_take_back_that_it_was_reopened(begun: RunState) -> None:
    resolved = done(reducers.resolve(begun, T, ANN, 0, NOW, resolved=True))
    view = resolved.discussion.threads[T]
    assert (view.resolved, view.resolved_by, view.resolved_at, view.turn) == (True, ANN, NOW, 1)
    reopened = done(reducers.resolve(resolved, T, BOB, 1, NOW, resolved=False))
    assert reopened.discussion.threads[T] == ThreadView(T, CellId("a"), Millis(1), "x = 1", turn=2)
    assert refused(reducers.resolve(reopened, T, ANN, 0, NOW, resolved=True)) == "thread-changed"


def test_nobody_changes_or_deletes_what_somebody_else_wrote(begun: RunState) -> None:
    assert refused(reducers.edit(begun, C, BOB, 0, "mine", NOW)) == "comment-not-yours"
    assert refused(reducers.delete(begun, C, BOB)) == "comment-not-yours"


def test_what_is_gone_is_said_to_be_gone(begun: RunState) -> None:
    gone = done(reducers.delete(begun, C, ANN))
    assert refused(reducers.edit(gone, C, ANN, 0, "x", NOW)) == "comment-gone"
    assert refused(reducers.reply(gone, comment("c2"))) == "thread-gone"
    assert refused(reducers.resolve(gone, T, ANN, 0, NOW, resolved=True)) == "thread-gone"


def test_limits_are_refused_by_name(begun: RunState) -> None:
    assert refused(reducers.reply(begun, comment("c2", "x" * (COMMENT_CHARS + 1)))) == "comment-too-long"
    assert refused(reducers.edit(begun, C, ANN, 0, " \n", NOW)) == "comment-empty"
    full = begun
    for number in range(1, COMMENTS_PER_THREAD):
        full = done(reducers.reply(full, comment(f"r{number}", "x")))
    assert refused(reducers.reply(full, comment("one more"))) == "thread-full"
    state = begun
    for number in range(COMMENT_CHARS_PER_NOTEBOOK // COMMENT_CHARS - 1):
        state = done(reducers.reply(state, comment(f"r{number}", "x" * COMMENT_CHARS)))
    assert refused(reducers.reply(state, comment("last", "x" * COMMENT_CHARS))) == "comments-full"
    state = done(reducers.reply(state, comment("small", "x")))
    assert refused(reducers.edit(state, C, ANN, 0, "y" * COMMENT_CHARS, NOW)) == "comments-full"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ask @ada, or @bob.", ["ada", "bob"]),
        ("@ada @ada", ["ada"]),
        ("ada@example.org https://x.org/@ada a@b @ada-lovelace.", ["ada-lovelace"]),
        ("@小明，看这里", ["小明"]),
        ("@ @_x @@y", []),
    ],
)
def test_a_name_after_an_at_is_a_mention_and_an_address_is_none(text: str, names: list[str]) -> None:
    assert mentions(text) == names


names = st.sampled_from(["c1", "c2", "c3"])
threads = st.sampled_from(["t1", "t2"])
people = st.sampled_from([ANN, BOB])
commands = st.one_of(
    st.tuples(st.just("start"), threads, names, people),
    st.tuples(st.just("reply"), threads, names, people),
    st.tuples(st.just("edit"), names, people, st.integers(0, 2), st.sampled_from(["a", "b"])),
    st.tuples(st.just("delete"), names, people),
    st.tuples(st.just("resolve"), threads, people, st.integers(0, 2), st.booleans()),
)


def perform(state: RunState, command: tuple[Any, ...]) -> Step | Rejected:
    match command:
        case ("start", of, name, by):
            if CommentId(name) in state.discussion.comments:
                return Step(state, [])  # the rows refuse an id that was taken
            return reducers.start(state, thread(of), comment(name, by=by, of=of))
        case ("reply", of, name, by):
            return reducers.reply(state, comment(name, by=by, of=of))
        case ("edit", name, by, version, text):
            return reducers.edit(state, name, by, version, text, NOW)
        case ("delete", name, by):
            return reducers.delete(state, name, by)
        case (_, of, by, turn, resolved):
            return reducers.resolve(state, of, by, turn, NOW, resolved=resolved)
        case _:
            raise AssertionError(command)


@given(st.lists(commands, max_size=12), st.integers(0, 12))
def test_pages_and_reducer_agree_whenever_a_page_comes(said: list[tuple[Any, ...]], joins: int) -> None:
    """A page that was there all the time, one that came in between, and one that was sent conflated operations."""
    state, ops, at_join = RunState(), list[list[Op]](), RunSnapshot(rev=0)
    for command in said:
        if len(ops) == joins:
            at_join = _snapshot(state)
        step = perform(state, command)
        if isinstance(step, Step):
            state = step.state
            ops.append(step.ops)
    if len(ops) <= joins:
        joins, at_join = len(ops), _snapshot(state)
    flat = [op for each in ops for op in each]
    for snapshot, after in ((RunSnapshot(rev=0), flat), (at_join, [op for each in ops[joins:] for op in each])):
        for sent in (after, conflate(after)):
            assert applied(snapshot, 0, sent) == _snapshot(state)
    for each in state.discussion.threads:
        assert any(one.thread_id == each for one in state.discussion.comments.values())


def _snapshot(state: RunState) -> RunSnapshot:
    found = state.discussion
    return RunSnapshot(rev=0, threads=list(found.threads.values()), comments=list(found.comments.values()))
