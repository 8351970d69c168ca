"""How much all terminals of a runtime may say in a second. Pure: time comes in as an argument."""

from noctule_agent.wire.limits import TERMINAL_BYTES_PER_SECOND

BURST_SECONDS = 0.25


class Pace:
    """A token bucket. What was read is spent afterwards, so it may go below zero, and then reading pauses."""

    def __init__(self, per_second: int = TERMINAL_BYTES_PER_SECOND) -> None:
        self._per_second = per_second
        self._left = per_second * BURST_SECONDS
        self._at = 0.0

    def spend(self, now: float, size: int) -> float:
        """Seconds to pause now; 0 when more may be read at once."""
        full = self._per_second * BURST_SECONDS
        self._left = min(full, self._left + (now - self._at) * self._per_second) - size
        self._at = now
        return max(0.0, -self._left / self._per_second)
