"""Gathering of kernel messages into records: fewer and smaller, with the same outcome. Pure: no time, no journal.

What is folded away within one record, as it could never be seen in the end:
- consecutive `stream` messages of one parent and name become one message;
- in such text, a piece of a line that the next piece writes over entirely (`overwritten`);
- an `update_display_data` that a later one of the same display and parent replaces.
Everything else is kept as the kernel sent it, in order.
"""

import re
from collections.abc import Iterable, Iterator

import msgspec

from .wire.limits import GATHER_BURST, GATHER_SECONDS, MB, RECORD_BYTES
from .wire.link import KernelMessage, StreamSaid
from .wire.values import DECODE_ERRORS

STREAM_BYTES = 1 * MB
"""Text of one stream message of the journal, and about the size at which a record is closed."""
RECORD_HEAD_BYTES = 4096
"""Room in a record for what is around its messages."""

_stream_decoder = msgspec.json.Decoder(StreamSaid)
_encoder = msgspec.json.Encoder()


class _Transient(msgspec.Struct, frozen=True):
    display_id: str | None = None


class _DisplayUpdate(msgspec.Struct, frozen=True):
    transient: _Transient = _Transient()


_update_decoder = msgspec.json.Decoder(_DisplayUpdate)


class Gathered(msgspec.Struct, frozen=True):
    """The messages of one record."""

    messages: list[KernelMessage]
    folded: int = 0


class Oversized(msgspec.Struct, frozen=True):
    """A message that no record can hold; a visible gap takes its place."""

    msg_type: str
    size: int


class Bucket:
    """The leading edge leaves at once; under load, one record a GATHER_SECONDS. `now` is any steady clock in seconds."""

    def __init__(self) -> None:
        self._tokens = float(GATHER_BURST)
        self._at = 0.0

    def delay(self, now: float) -> float:
        """How long to gather before the next record; takes its token."""
        self._tokens = min(float(GATHER_BURST), self._tokens + max(0.0, now - self._at) / GATHER_SECONDS)
        self._at = now
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        # The token that comes next is spent by the record that waits for it.
        self._tokens = 0.0
        self._at = now + GATHER_SECONDS
        return GATHER_SECONDS


def gather(messages: Iterable[KernelMessage]) -> Iterator[Gathered | Oversized]:
    """Fold messages and cut them into records of about STREAM_BYTES."""
    kept, folded = _last_updates(list(messages))
    record: list[KernelMessage] = []
    size = 0
    for message, dropped in _merge_streams(kept):
        length = _size(message)
        oversized = length > RECORD_BYTES - RECORD_HEAD_BYTES
        if record and (oversized or size + length > STREAM_BYTES):
            yield Gathered(record, folded)
            record, size, folded = [], 0, 0
        folded += dropped
        if oversized:
            yield Oversized(message.msg_type, length)
            continue
        record.append(message)
        size += length
    if record:
        yield Gathered(record, folded)


def _size(message: KernelMessage) -> int:
    return len(message.content) + len(message.metadata) + sum(map(len, message.buffers)) + 64


# --- display updates -----------------------------------------------------------------------------------------------


def _last_updates(messages: list[KernelMessage]) -> tuple[list[KernelMessage], int]:
    seen: set[tuple[str, str]] = set()
    kept: list[KernelMessage] = []
    for message in reversed(messages):
        key = _update_key(message) if message.msg_type == "update_display_data" else None
        if key is not None and key in seen:
            continue
        if key is not None:
            seen.add(key)
        kept.append(message)
    kept.reverse()
    return kept, len(messages) - len(kept)


def _update_key(message: KernelMessage) -> tuple[str, str] | None:
    try:
        display_id = _update_decoder.decode(message.content).transient.display_id
    except DECODE_ERRORS:
        return None
    return None if display_id is None else (message.parent_id, display_id)


# --- streams -------------------------------------------------------------------------------------------------------


def _merge_streams(messages: list[KernelMessage]) -> Iterator[tuple[KernelMessage, int]]:
    """(message, number of pieces folded away in it)."""
    run: list[str] = []
    head: KernelMessage | None = None
    name = ""
    for message in messages:
        said = _stream(message)
        if said is None:
            yield from _joined(head, name, run)
            head, run = None, []
            yield message, 0
            continue
        if head is None or head.parent_id != message.parent_id or name != said.name:
            yield from _joined(head, name, run)
            head, name, run = message, said.name, []
        run.append(said.text)
    yield from _joined(head, name, run)


def _stream(message: KernelMessage) -> StreamSaid | None:
    """None for what is not a plain stream message, or cannot be decoded: that is kept as it is."""
    if message.msg_type != "stream" or message.metadata != b"{}" or message.buffers:
        return None
    try:
        return _stream_decoder.decode(message.content)
    except DECODE_ERRORS:
        return None


def _joined(head: KernelMessage | None, name: str, run: list[str]) -> Iterator[tuple[KernelMessage, int]]:
    if head is None:
        return
    text, dropped = overwritten("".join(run))
    if len(run) == 1 and not dropped and len(head.content) <= STREAM_BYTES:
        yield head, 0
        return
    step = STREAM_BYTES if text.isascii() else STREAM_BYTES // 4
    for start in range(0, len(text), step):
        content = _encoder.encode({"name": name, "text": text[start : start + step]})
        yield KernelMessage("stream", head.parent_id, content), dropped
        dropped = 0


_PLAIN = re.compile(r"[^\x00-\x1f\x7f-\x9f]*")


def overwritten(text: str) -> tuple[str, int]:
    """Drop pieces of lines that are written over from column 0, and how many were dropped.

    A piece is the text between two of `\\r` and `\\n`. It goes, with the `\\r` that ends it, when it starts in column 0
    (a `\\r` or `\\n` of this text is before it), it and the piece after it are plain printable text, and that one is not
    shorter: whatever the piece put into a column, the next puts another character there, and the cursor ends the same.
    Text with an escape sequence is left alone, as colours and movements reach over pieces.
    """
    if "\r" not in text or "\x1b" in text:
        return text, 0
    pieces = re.split(r"([\r\n])", text)
    kept = pieces[:1]
    dropped = 0
    # pieces = [text, end, text, end, ..., text]; from index 2 on, a text starts in column 0.
    for index in range(2, len(pieces), 2):
        piece = pieces[index]
        if index + 2 < len(pieces) and pieces[index + 1] == "\r" and _covers(pieces[index + 2], piece):
            # Its own start stays: the `\r` or `\n` before it now starts the next piece.
            pieces[index + 1] = pieces[index - 1]
            dropped += bool(piece)
            continue
        kept += [pieces[index - 1], piece]
    return "".join(kept), dropped


def _covers(later: str, earlier: str) -> bool:
    return len(later) >= len(earlier) and bool(_PLAIN.fullmatch(later)) and bool(_PLAIN.fullmatch(earlier))
