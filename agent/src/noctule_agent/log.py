"""The agent's log: one JSON object a line. Says what happened, never what a notebook contains."""

from typing import Protocol, TextIO

import msgspec

from .wire.ports import Clock

LogValue = str | int | float | bool | None


class Log(Protocol):
    def __call__(self, event: str, **fields: LogValue) -> None: ...


class LineLog:
    """Writes lines to a stream. A log that cannot be written must not end a runtime, so its errors are swallowed."""

    def __init__(self, stream: TextIO, clock: Clock) -> None:
        self._stream = stream
        self._clock = clock

    def __call__(self, event: str, **fields: LogValue) -> None:
        line = msgspec.json.encode({"at": self._clock.now(), "event": event, **fields}).decode()
        try:
            self._stream.write(line + "\n")
            self._stream.flush()
        except OSError:
            return


def silent(event: str, **fields: LogValue) -> None:
    """A log for those who want none."""
