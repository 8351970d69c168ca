"""How long to wait before the next try. Pure: chance is an argument."""

from collections.abc import Callable
from typing import Final

FIRST_SECONDS: Final = 0.25
LONGEST_SECONDS: Final = 10.0


class Backoff:
    """Doubling delays with jitter, so that clients that were cut off together do not come back together."""

    def __init__(self, chance: Callable[[], float]) -> None:
        """`chance` gives numbers in [0, 1)."""
        self._chance = chance
        self._next = FIRST_SECONDS

    def delay(self) -> float:
        """Seconds until the next try: between half of the current step and all of it."""
        step = self._next
        self._next = min(2 * step, LONGEST_SECONDS)
        return step * (1 + self._chance()) / 2

    def reset(self) -> None:
        """The last try was a success."""
        self._next = FIRST_SECONDS
