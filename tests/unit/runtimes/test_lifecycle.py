"""The machine of a runtime, over every sequence of events."""

from hypothesis import given
from hypothesis import strategies as st

from noctule.runtimes.facts import row_with, state_of, view_of
from noctule.runtimes.lifecycle import (
    AgentGone,
    Connected,
    DrainFailed,
    Draining,
    Ended,
    Event,
    Farewell,
    Finish,
    Greeted,
    JournalLost,
    Launch,
    Launched,
    LaunchFailed,
    LinkLost,
    Queued,
    Rejected,
    Starting,
    StartTimedOut,
    State,
    Step,
    StopAsked,
    Stopping,
    Unreachable,
    step,
    wants,
)
from noctule.store.rows import RuntimeRow
from noctule_agent.wire.values import Cause, Millis, RuntimeId

T0 = Millis(1000)
AT = Millis(2000)


def cause(code: str) -> Cause:
    return Cause(code, f"because of {code}")


CAUSES = st.sampled_from([cause("stopped"), cause("agent-lost"), cause("launcher-failed"), cause("lease-ended")])
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(Launched, st.just(AT)),
    st.builds(LaunchFailed, st.just(AT), CAUSES),
    st.builds(Greeted, st.just(AT)),
    st.builds(LinkLost, st.just(AT), CAUSES),
    st.builds(AgentGone, st.just(AT), CAUSES),
    st.builds(Farewell, st.just(AT), CAUSES),
    st.builds(StartTimedOut, st.just(AT), CAUSES),
    st.builds(DrainFailed, st.just(AT)),
    st.builds(JournalLost, st.just(AT), CAUSES),
    st.builds(StopAsked, st.just(AT), CAUSES),
)


def through(state: State, *events: Event) -> State:
    for event in events:
        taken = step(state, event)
        assert isinstance(taken, Step), taken
        state = taken.state
    return state


def row() -> RuntimeRow:
    return RuntimeRow(RuntimeId("r"), "local", "fake", "python3", "queued", T0, generation=0)


@given(st.lists(EVENTS, max_size=12))
def test_whatever_happens_an_end_is_final_and_has_a_cause(events: list[Event]) -> None:
    state: State = Queued(T0)
    for event in events:
        taken = step(state, event)
        if isinstance(state, Ended):
            assert isinstance(taken, Rejected)
        if isinstance(taken, Step):
            state = taken.state
            assert taken.effects == wants(state)
    if isinstance(state, Ended):
        assert state.cause.code
        assert wants(state) == (Finish(state.cause, state.drained),)


@given(st.lists(EVENTS, max_size=12))
def test_a_row_keeps_every_reachable_state(events: list[Event]) -> None:
    state: State = Queued(T0)
    kept = row()
    for event in events:
        taken = step(state, event)
        if isinstance(taken, Step):
            state = taken.state
            kept = row_with(kept, state)
            again = state_of(kept, AT)
            assert type(again) is type(state)
            assert getattr(again, "cause", None) == getattr(state, "cause", None)
            assert getattr(again, "greeted", None) == getattr(state, "greeted", None)
            assert getattr(again, "drained", None) == getattr(state, "drained", None)


@given(st.lists(EVENTS, max_size=12))
def test_only_a_connected_runtime_shows_as_connected_and_the_first_wish_to_stop_gives_the_cause(
    events: list[Event],
) -> None:
    state: State = Queued(T0)
    wish: Cause | None = None
    for event in events:
        taken = step(state, event)
        if isinstance(taken, Rejected):
            continue
        if isinstance(event, StopAsked) and wish is None and not isinstance(state, Draining):
            wish = event.cause
        state = taken.state
        view = view_of(row_with(row(), state), state, None)
        assert (view.state == "connected") == isinstance(state, Connected)
        assert (view.state == "ended") == isinstance(state, Ended)
        if view.state in ("unreachable", "ended"):
            assert view.cause is not None
    if wish is not None and isinstance(state, Stopping | Draining | Ended):
        assert state.cause == wish


def test_an_agent_that_is_gone_without_a_farewell_is_drained_and_then_ended() -> None:
    lost = cause("agent-lost")
    draining = through(Queued(T0), Launched(AT), Greeted(AT), AgentGone(AT, lost))
    assert draining == Draining(AT, lost)
    assert wants(draining) == (Launch(drain=True),)
    assert through(draining, Launched(AT), Greeted(AT), Farewell(AT, cause("drained"))) == Ended(AT, lost, drained=True)


def test_draining_is_tried_again_so_often_and_then_the_journal_is_left_alone() -> None:
    lost, again = cause("agent-lost"), cause("again")
    state: State = Draining(AT, lost)
    for failure in (AgentGone(AT, again), DrainFailed(AT)):
        state = through(state, Launched(AT), failure)
        assert isinstance(state, Draining)
        assert wants(state) == (Launch(drain=True),)
    assert through(state, Launched(AT), LaunchFailed(AT, again)) == Ended(AT, lost, drained=False)


def test_an_agent_that_never_greeted_left_nothing_to_drain() -> None:
    failed = cause("launcher-failed")
    assert through(Queued(T0), Launched(AT), AgentGone(AT, failed)) == Ended(AT, failed, drained=True)
    stopped = cause("stopped")
    assert through(Queued(T0), Launched(AT), StopAsked(AT, stopped), AgentGone(AT, failed)) == Ended(
        AT, stopped, drained=True
    )


def test_an_agent_that_is_killed_while_it_stops_is_still_drained() -> None:
    stopped = cause("stopped")
    state = through(Queued(T0), Launched(AT), Greeted(AT), StopAsked(AT, stopped), AgentGone(AT, cause("agent-lost")))
    assert state == Draining(AT, stopped)


def test_a_lost_link_is_not_the_end_of_anything() -> None:
    state = through(Queued(T0), Launched(AT), Greeted(AT), LinkLost(AT, cause("link-lost")))
    assert state == Unreachable(AT, cause("link-lost"))
    assert through(state, Greeted(Millis(3000))) == Connected(Millis(3000))


def test_an_event_that_comes_too_late_is_a_value_and_changes_nothing() -> None:
    assert isinstance(step(Queued(T0), Greeted(AT)), Rejected)
    assert isinstance(step(Starting(T0), LinkLost(AT, cause("link-lost"))), Rejected)
