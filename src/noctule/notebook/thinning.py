"""Which revisions are kept as they grow old. Pure.

    age           of those that nobody named, one is kept for each
    a day         REVISION_SECONDS
    a week        hour
    two months    day
    a year        week
    more          none

Of each such span the last one stays. What was kept before something was changed by more than a hand (an import, a restore)
is the way back from it: the last REVISIONS_BEFORE of these stay for a week.
"""

from collections.abc import Iterable
from typing import Final, Literal

import msgspec

from noctule_agent.wire.limits import (
    REVISION_DAILY_DAYS,
    REVISION_HOURLY_DAYS,
    REVISION_SECONDS,
    REVISION_WEEKLY_DAYS,
    REVISIONS_BEFORE,
)
from noctule_agent.wire.values import Millis

Kind = Literal["automatic", "before-import", "before-restore", "named"]

_HOUR: Final = 3_600_000
_DAY: Final = 24 * _HOUR
_SPANS: Final = (
    (_DAY, int(REVISION_SECONDS * 1000)),
    (REVISION_HOURLY_DAYS * _DAY, _HOUR),
    (REVISION_DAILY_DAYS * _DAY, _DAY),
    (REVISION_WEEKLY_DAYS * _DAY, 7 * _DAY),
)
"""Up to this age, one is kept in a span of this length."""


class Aged(msgspec.Struct, frozen=True):
    id: str
    kind: Kind
    at: Millis


def superfluous(revisions: Iterable[Aged], now: Millis) -> list[str]:
    """The ids of those that are not kept any more."""
    gone: list[str] = []
    taken: set[tuple[int, int]] = set()
    ways_back = 0
    for one in sorted(revisions, key=lambda one: (one.at, one.id), reverse=True):
        if one.kind == "named":
            continue
        age = now - one.at
        ways_back += one.kind != "automatic"
        if one.kind != "automatic" and ways_back <= REVISIONS_BEFORE and age <= REVISION_HOURLY_DAYS * _DAY:
            continue
        span = next((length for oldest, length in _SPANS if age <= oldest), None)
        if span is None or (span, one.at // span) in taken:
            gone.append(one.id)
        else:
            taken.add((span, one.at // span))
    return gone
