"""The real clock and id maker: the only place of the agent that reads time and randomness."""

import secrets
import time

from .wire.values import Millis


class SystemClock:
    def now(self) -> Millis:
        return Millis(time.time_ns() // 1_000_000)


class RandomIds:
    def new(self) -> str:
        return secrets.token_hex(12)
