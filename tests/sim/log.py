"""What happened in a simulated world, with virtual times; and what went wrong. Structlog's events of the code go here too."""

from collections.abc import Callable, MutableMapping
from typing import Any

import structlog

LINES_SHOWN = 200


class SimLog:
    """`failed` is called for every event that only a defect logs; `excused(text)` tells what a fault of the world explains."""

    def __init__(self, now: Callable[[], float], failed: Callable[[str], None], excused: Callable[[str], bool]) -> None:
        self.lines: list[str] = []
        self.closed = False
        self._now = now
        self._failed = failed
        self._excused = excused

    def __call__(self, text: str) -> None:
        if not self.closed:
            self.lines.append(f"{self._now():10.4f}  {text}")

    def tail(self) -> str:
        return "\n".join(self.lines[-LINES_SHOWN:])

    def catch_structlog(self) -> None:
        """From now on, all that the server logs is a line here, and an error is a failure of the seed."""
        structlog.configure(
            processors=[structlog.processors.format_exc_info, self._processor], cache_logger_on_first_use=False
        )

    def _processor(self, _logger: Any, level: str, event: MutableMapping[str, Any]) -> Any:
        values = " ".join(f"{key}={value}" for key, value in event.items() if key not in ("event", "exception"))
        text = f"[{level}] {event.get('event')} {values}"
        self(text)
        if level in ("error", "exception", "critical"):
            whole = f"{text}\n{event.get('exception', '')}"
            if not self._excused(whole):
                self._failed(f"the server logged a defect: {whole}")
        raise structlog.DropEvent
