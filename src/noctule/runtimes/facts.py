"""Between the machine's states, the rows that keep them, and the views that pages see. Pure translations.

state         row.state               row.cause   row.draining
Queued        queued                  -           no
Starting      starting                -           no
Connected     connected               -           no
Unreachable   unreachable             why         no
Stopping      starting or connected   why         no             (by whether it ever greeted)
Draining      unreachable             why         yes
Ended         ended                   why         if the journal was not delivered
"""

from typing import Any

import msgspec

from noctule.store.rows import RuntimeRow
from noctule_agent.wire.link import Metrics
from noctule_agent.wire.state import RuntimeView
from noctule_agent.wire.values import Cause, Millis

from .lifecycle import Connected, Draining, Ended, Queued, Starting, State, Stopping, Unreachable

_UNKNOWN = Cause("unknown", "No cause was kept.")


def state_of(row: RuntimeRow, now: Millis) -> State:
    """The state that a row keeps. What the row does not date is dated `now`."""
    cause = row.cause if row.cause is not None else _UNKNOWN
    match row.state:
        case "queued":
            return Queued(row.created_at)
        case "starting" | "connected" if row.cause is not None:
            return Stopping(now, row.cause, greeted=row.state == "connected")
        case "starting":
            return Starting(now)
        case "connected":
            return Connected(row.connected_at or now)
        case "unreachable":
            return Draining(now, cause) if row.draining else Unreachable(now, cause)
        case "ended":
            return Ended(row.ended_at or now, cause, drained=not row.draining)


def row_with(row: RuntimeRow, state: State, **changes: Any) -> RuntimeRow:
    """The row that keeps this state, with other changes."""
    return msgspec.structs.replace(row, **_kept(state), **changes)


def _kept(state: State) -> dict[str, Any]:
    match state:
        case Queued():
            return {"state": "queued", "cause": None, "draining": False}
        case Starting():
            return {"state": "starting", "cause": None, "draining": False}
        case Connected(since=since):
            return {"state": "connected", "cause": None, "draining": False, "connected_at": since}
        case Unreachable(cause=cause):
            return {"state": "unreachable", "cause": cause, "draining": False}
        case Stopping(cause=cause, greeted=greeted):
            return {"state": "connected" if greeted else "starting", "cause": cause, "draining": False}
        case Draining(cause=cause):
            return {"state": "unreachable", "cause": cause, "draining": True}
        case Ended(since=since, cause=cause, drained=drained):
            return {"state": "ended", "cause": cause, "draining": not drained, "ended_at": since}


def view_of(row: RuntimeRow, state: State, metrics: Metrics | None) -> RuntimeView:
    """What a page sees. One that stops or drains takes no work any more: it shows as unreachable, with the reason."""
    match state:
        case Queued() | Starting() | Connected():
            shown, cause = row.state, None
        case Ended(cause=cause):
            shown = "ended"
        case Unreachable(cause=cause) | Stopping(cause=cause) | Draining(cause=cause):
            shown = "unreachable"
    measured = metrics if shown == "connected" else None
    return RuntimeView(
        id=row.id,
        state=shown,
        launcher=row.launcher,
        since=state.since,
        cause=cause,
        rss_bytes=None if measured is None else measured.rss_bytes,
        cpu_percent=None if measured is None else measured.cpu_percent,
        rss_limit_bytes=None if measured is None else measured.rss_limit_bytes,
        disk_free_bytes=None if measured is None else measured.disk_free_bytes,
        disk_total_bytes=None if measured is None else measured.disk_total_bytes,
    )
