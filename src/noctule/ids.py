"""The real clock and id maker. Everything else gets them as arguments (invariant 8)."""

import secrets
import time

from noctule_agent.wire.values import Millis


class SystemClock:
    def now(self) -> Millis:
        return Millis(time.time_ns() // 1_000_000)


class RandomIds:
    def new(self) -> str:
        return secrets.token_hex(12)
