"""How often somebody may try: token buckets by a name. Pure but for what it keeps; the time comes in with each call.

A bucket holds `most` tries and gets one back every `seconds`. Only buckets that are not full are kept, at most `names` of
them; past that, the one longest without a try is forgotten, which gives its owner tries and takes memory from nobody.
"""

import math
from collections import OrderedDict

from noctule_agent.wire.values import Millis


class Buckets:
    """See the module."""

    def __init__(self, most: int, seconds: float, names: int) -> None:
        self._most = most
        self._each = seconds * 1000
        self._names = names
        self._held: OrderedDict[str, tuple[float, Millis]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def wait(self, name: str, now: Millis) -> int:
        """The seconds until this name has a try; 0 when it has one."""
        left = self._left(name, now)
        return 0 if left >= 1 else max(1, math.ceil((1 - left) * self._each / 1000))

    def take(self, name: str, now: Millis) -> None:
        """One try, which `wait` allowed."""
        self._put(name, max(0.0, self._left(name, now) - 1), now)

    def give_back(self, name: str, now: Millis) -> None:
        """It was no guess."""
        self._put(name, self._left(name, now) + 1, now)

    def _left(self, name: str, now: Millis) -> float:
        left, at = self._held.get(name, (float(self._most), now))
        return min(self._most, left + max(0, now - at) / self._each)

    def _put(self, name: str, left: float, now: Millis) -> None:
        self._held.pop(name, None)
        if left < self._most:
            self._held[name] = (left, now)
        while len(self._held) > self._names:
            self._held.popitem(last=False)
