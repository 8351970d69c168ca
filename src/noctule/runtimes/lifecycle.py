"""The life of a runtime: a pure machine, `step(state, event) -> Step | Rejected`, and `wants`, what a state needs done.

    Queued --Launched--> Starting --Greeted--> Connected <--LinkLost / Greeted--> Unreachable
      |                     |                      |                                  |
      |  LaunchFailed, StartTimedOut               +----------- AgentGone ------------+
      |                     |                      |                                  v
      |                     |                     Farewell                        Draining --Farewell--> Ended
      |                     v                      v                                  '----AgentGone, DrainFailed
      +--StopAsked-------> Ended <---------------- + <--Farewell-- Stopping --AgentGone--> Draining
                                                                      ^
                          Starting, Connected, Unreachable --StopAsked'

An agent that is gone without a farewell may have left records that the server has not got: it is launched once more, to
drain its journal, before the runtime ends; if that one goes too, again, DRAIN_LAUNCHES times in all. `Ended` is final and has a cause. The first wish to stop gives the cause.
What the kernel does (idle, busy, waiting) is the kernel's own and not kept here.

May not await, read a clock, make an id or touch a row.
"""

from typing import Final

import msgspec

from noctule_agent.wire.values import Cause, Millis

DRAIN_LAUNCHES: Final = 3
"""What cannot be delivered by then stays in the journal, which is kept."""

# --- states --------------------------------------------------------------------------------------------------------


class _State(msgspec.Struct, frozen=True, tag_field="state"):
    """Base of every state. `since` is when it was entered."""

    since: Millis


class Queued(_State, frozen=True, tag="queued"):
    """Wanted, not launched."""


class Starting(_State, frozen=True, tag="starting"):
    """Launched; the agent has not greeted yet."""


class Connected(_State, frozen=True, tag="connected"):
    """The agent is on the line."""


class Unreachable(_State, frozen=True, tag="unreachable"):
    """It was on the line. It may well run on."""

    cause: Cause


class Stopping(_State, frozen=True, tag="stopping"):
    """Its end is wished. `greeted`: it has been connected, so its journal may hold something."""

    cause: Cause
    greeted: bool


class Draining(_State, frozen=True, tag="draining"):
    """Its agent is gone; another one delivers the journal. `cause` is that of the end to come. `launches`: tried so far."""

    cause: Cause
    launches: int = 0


class Ended(_State, frozen=True, tag="ended"):
    """Final. `drained`: all that the journal held was delivered."""

    cause: Cause
    drained: bool


State = Queued | Starting | Connected | Unreachable | Stopping | Draining | Ended

# --- events --------------------------------------------------------------------------------------------------------


class _Event(msgspec.Struct, frozen=True):
    at: Millis


class Launched(_Event, frozen=True):
    """A launch begins (told before it is tried, so that none is ever forgotten)."""


class LaunchFailed(_Event, frozen=True):
    cause: Cause


class Greeted(_Event, frozen=True):
    """The agent said Hello, and it is the right one."""


class LinkLost(_Event, frozen=True):
    cause: Cause


class AgentGone(_Event, frozen=True):
    """The launcher says that the agent's process is no more, and the link has nothing more to give."""

    cause: Cause


class Farewell(_Event, frozen=True):
    """The agent said Bye: everything in its journal is delivered."""

    cause: Cause


class StartTimedOut(_Event, frozen=True):
    cause: Cause


class DrainFailed(_Event, frozen=True):
    """The draining agent does not get through."""


class JournalLost(_Event, frozen=True):
    """The agent's journal is not the one that was being applied: what is missing will never come."""

    cause: Cause


class StopAsked(_Event, frozen=True):
    cause: Cause


Event = (
    Launched
    | LaunchFailed
    | Greeted
    | LinkLost
    | AgentGone
    | Farewell
    | StartTimedOut
    | DrainFailed
    | JournalLost
    | StopAsked
)

# --- effects -------------------------------------------------------------------------------------------------------


class Launch(msgspec.Struct, frozen=True):
    """Start an agent with the next generation."""

    drain: bool


class TellStop(msgspec.Struct, frozen=True):
    """Ask the agent to end over its link; by its launcher when it has none or does not obey."""

    cause: Cause


class Finish(msgspec.Struct, frozen=True):
    """Nothing of it may run on; settle what its kernels left open; let its notebooks go."""

    cause: Cause
    drained: bool


Effect = Launch | TellStop | Finish


class Step(msgspec.Struct, frozen=True):
    state: State
    effects: tuple[Effect, ...] = ()


class Rejected(msgspec.Struct, frozen=True):
    """The event means nothing in this state: it came too late, or twice."""

    reason: str


def wants(state: State) -> tuple[Effect, ...]:
    """What has to be done in the world while a runtime is in this state. Repeated until the world agrees."""
    match state:
        case Queued():
            return (Launch(drain=False),)
        case Stopping(cause=cause):
            return (TellStop(cause),)
        case Draining():
            return (Launch(drain=True),)
        case Ended(cause=cause, drained=drained):
            return (Finish(cause, drained),)
        case Starting() | Connected() | Unreachable():
            return ()


def step(state: State, event: Event) -> Step | Rejected:
    after = _next(state, event)
    if after is None:
        return Rejected(f"{type(event).__name__} means nothing to a runtime that is {type(state).__name__.lower()}")
    return Step(after, wants(after))


def _next(state: State, event: Event) -> State | None:
    match state:
        case Queued():
            return _of_queued(event)
        case Starting():
            return _of_starting(event)
        case Connected() | Unreachable():
            return _of_running(state, event)
        case Stopping():
            return _of_stopping(state, event)
        case Draining():
            return _of_draining(state, event)
        case Ended():
            return None


def _of_queued(event: Event) -> State | None:
    match event:
        case Launched(at=at):
            return Starting(at)
        case LaunchFailed(at=at, cause=cause) | StopAsked(at=at, cause=cause):
            return Ended(at, cause, drained=True)
        case _:
            return None


def _of_starting(event: Event) -> State | None:
    match event:
        case Launched(at=at):
            return Starting(at)
        case Greeted(at=at):
            return Connected(at)
        case StopAsked(at=at, cause=cause):
            return Stopping(at, cause, greeted=False)
        case (
            LaunchFailed(at=at, cause=cause)
            | AgentGone(at=at, cause=cause)
            | StartTimedOut(at=at, cause=cause)
            | JournalLost(at=at, cause=cause)
        ):
            return Ended(at, cause, drained=True)
        case _:
            return None


def _of_running(state: Connected | Unreachable, event: Event) -> State | None:
    match event:
        case Greeted(at=at):
            return state if isinstance(state, Connected) else Connected(at)
        case LinkLost(at=at, cause=cause) if isinstance(state, Connected):
            return Unreachable(at, cause)
        case AgentGone(at=at, cause=cause):
            return Draining(at, cause)
        case Farewell(at=at, cause=cause):
            return Ended(at, cause, drained=True)
        case JournalLost(at=at, cause=cause):
            return Ended(at, cause, drained=False)
        case StopAsked(at=at, cause=cause):
            return Stopping(at, cause, greeted=True)
        case _:
            return None


def _of_stopping(state: Stopping, event: Event) -> State | None:
    match event:
        case Greeted(at=at):
            return Stopping(at, state.cause, greeted=True)
        case AgentGone(at=at):
            return Draining(at, state.cause) if state.greeted else Ended(at, state.cause, drained=True)
        case Farewell(at=at):
            return Ended(at, state.cause, drained=True)
        case JournalLost(at=at):
            return Ended(at, state.cause, drained=False)
        case _:
            return None


def _of_draining(state: Draining, event: Event) -> State | None:
    match event:
        case Launched(at=at):
            return Draining(at, state.cause, state.launches + 1)
        case Greeted():
            return state
        case LaunchFailed(at=at) | AgentGone(at=at) | DrainFailed(at=at) if state.launches < DRAIN_LAUNCHES:
            return Draining(at, state.cause, state.launches)
        case Farewell(at=at):
            return Ended(at, state.cause, drained=True)
        case LaunchFailed(at=at) | AgentGone(at=at) | DrainFailed(at=at) | JournalLost(at=at):
            return Ended(at, state.cause, drained=False)
        case _:
            return None
