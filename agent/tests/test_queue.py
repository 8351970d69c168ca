"""The queue as a state machine: built by operations, judged by effects."""

from hypothesis import given
from hypothesis import strategies as st

from noctule_agent import queue
from noctule_agent.queue import (
    Accept,
    AwaitRest,
    Cancel,
    End,
    Enqueue,
    GaveUp,
    Interrupt,
    Item,
    KernelGone,
    KernelLeaving,
    KernelReplaced,
    KernelUp,
    Missed,
    Queue,
    Refuse,
    Replied,
    Reply,
    Start,
    WentIdle,
)
from noctule_agent.wire.values import Cause

DEAD = Cause("dead", "It died.")


def items(batch: str, *names: str, tag: bool = False) -> tuple[Item, ...]:
    return tuple(Item(name, batch, tag) for name in names)


def run(*ops: queue.Op) -> tuple[Queue, list[queue.Effect]]:
    """The state after all operations, and the effects of the last."""
    state, effects = Queue(), []
    for op in ops:
        state, effects = queue.step(state, op)
    return state, effects


def test_what_is_enqueued_before_the_kernel_is_up_waits():
    state, effects = run(Enqueue("b", items("b", "x", "y")))
    assert effects == [Accept("b", items("b", "x", "y"))]
    assert queue.step(state, KernelUp())[1] == [Start(Item("x", "b"))]


def test_one_half_of_the_end_is_not_the_end():
    state, effects = run(KernelUp(), Enqueue("b", items("b", "x")), Replied("x", Reply("ok", 1)))
    assert effects == [AwaitRest("x")]
    assert queue.step(state, WentIdle("x"))[1] == [End("x", "ok", 1)]
    _, effects = run(KernelUp(), Enqueue("b", items("b", "x")), WentIdle("x"), Replied("x", Reply("ok", 1)))
    assert effects == [End("x", "ok", 1)]


def test_the_next_starts_when_one_ends():
    _, effects = run(KernelUp(), Enqueue("b", items("b", "x", "y")), WentIdle("x"), Replied("x", Reply("ok", 1)))
    assert effects == [End("x", "ok", 1), Start(Item("y", "b"))]


def test_an_error_aborts_its_batch_and_goes_on_with_the_next():
    ops = [KernelUp(), Enqueue("b", items("b", "x", "y")), Enqueue("c", items("c", "z")), WentIdle("x")]
    _, effects = run(*ops, Replied("x", Reply("error", 1)))
    assert effects == [End("x", "error", 1), End("y", "aborted", cause=queue.EARLIER_ERROR), Start(Item("z", "c"))]


def test_an_expected_error_aborts_nothing():
    ops = [KernelUp(), Enqueue("b", items("b", "x", "y", tag=True)), WentIdle("x"), Replied("x", Reply("error", 1))]
    assert run(*ops)[1] == [End("x", "error", 1), Start(Item("y", "b", True))]


def test_a_missing_idle_is_told():
    ops = [KernelUp(), Enqueue("b", items("b", "x")), Replied("x", Reply("ok", 1)), GaveUp("x")]
    assert run(*ops)[1] == [Missed("x", queue.IDLE_MISSING), End("x", "ok", 1)]


def test_a_missing_reply_is_lost_unless_it_was_interrupted():
    ops = [KernelUp(), Enqueue("b", items("b", "x")), WentIdle("x")]
    assert run(*ops, GaveUp("x"))[1] == [End("x", "lost", cause=queue.REPLY_MISSING)]
    assert run(*ops, Interrupt(), GaveUp("x"))[1] == [End("x", "error", cause=queue.INTERRUPTED)]


def test_a_dead_kernel_loses_what_ran_and_aborts_what_waited():
    ops = [KernelUp(), Enqueue("b", items("b", "x", "y")), KernelGone(DEAD)]
    state, effects = run(*ops)
    assert effects == [End("x", "lost", cause=DEAD), End("y", "aborted", cause=DEAD)]
    assert state == Queue()


def test_what_comes_during_a_restart_waits_for_the_next_kernel():
    ops = [KernelUp(), Enqueue("b", items("b", "x", "y")), KernelLeaving(DEAD)]
    assert run(*ops)[1] == [End("y", "aborted", cause=DEAD)]
    ops += [Enqueue("c", items("c", "z")), KernelReplaced(DEAD)]
    assert run(*ops)[1] == [End("x", "lost", cause=DEAD)]
    assert run(*ops, KernelUp())[1] == [Start(Item("z", "c"))]


def test_cancel_and_interrupt_abort_only_what_waits():
    ops = [KernelUp(), Enqueue("b", items("b", "x", "y", "z"))]
    assert run(*ops, Cancel(frozenset({"x", "z", "unknown"})))[1] == [End("z", "aborted", cause=queue.CANCELLED)]
    _, effects = run(*ops, Interrupt())
    assert effects == [End(name, "aborted", cause=queue.QUEUE_INTERRUPTED) for name in ("y", "z")]


def test_a_full_queue_refuses_and_stays_as_it_was():
    state, _ = run(Enqueue("b", items("b", *(f"x{n}" for n in range(queue.QUEUE_EXECUTIONS)))))
    assert queue.step(state, Enqueue("c", items("c", "z"))) == (state, [Refuse(queue.QUEUE_FULL)])


NAMES = st.sampled_from("abcdef")
OPS = st.one_of(
    st.just(KernelUp()),
    st.builds(KernelGone, st.just(DEAD)),
    st.builds(KernelLeaving, st.just(DEAD)),
    st.builds(KernelReplaced, st.just(DEAD)),
    st.just(Interrupt()),
    st.builds(Cancel, st.one_of(st.none(), st.frozensets(NAMES))),
    st.builds(Replied, NAMES, st.builds(Reply, st.sampled_from(["ok", "error", "aborted"]))),
    st.builds(WentIdle, NAMES),
    st.builds(GaveUp, NAMES),
)


@given(st.lists(st.one_of(OPS, st.integers(1, 3)), max_size=40))
def test_every_accepted_execution_starts_at_most_once_and_ends_exactly_once(script: list):
    state, accepted, started, ended = Queue(), [], [], []
    fresh = iter("abcdef" + "".join(map(chr, range(0x4E00, 0x4F00))))
    for op in [*script, KernelGone(DEAD)]:
        if isinstance(op, int):
            op = Enqueue(f"b{len(accepted)}", items(f"b{len(accepted)}", *(next(fresh) for _ in range(op))))
        running = state.running
        state, effects = queue.step(state, op)
        accepted += [item.execution_id for e in effects if isinstance(e, Accept) for item in e.items]
        started += [e.item.execution_id for e in effects if isinstance(e, Start)]
        ended += [e.execution_id for e in effects if isinstance(e, End)]
        if any(isinstance(e, Start) for e in effects):
            assert running is None or running.item.execution_id in ended
    assert len(set(started)) == len(started)
    assert sorted(ended) == sorted(accepted)
    assert set(started) <= set(accepted)
