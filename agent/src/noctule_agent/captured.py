"""What one Output widget holds, as nbformat outputs. Pure.

Text is kept as it was written, but for what was written over in long runs of it. Other outputs stay undecoded; a display
keeps its display_id in `transient`. A widget that would hold more than its limit says so and captures no more until it is
cleared. The rules are those of the server's noctule.runs.widgets.
"""

import json
from typing import Any, Final, TypeVar

import msgspec

from .gather import overwritten
from .wire.limits import CAPTURED_FULL, KB

FOLD_CHARS: Final = 64 * KB
"""Text is folded in pieces of about this size, so that a long progress bar does not fill its widget."""

T = TypeVar("T")
Fields = dict[str, msgspec.Raw]
"""A JSON object whose values are not decoded."""


class _Transient(msgspec.Struct, frozen=True):
    display_id: str | None = None


_transient = msgspec.json.Decoder(_Transient)
_text = msgspec.json.Decoder(str)


def read(decoder: "msgspec.json.Decoder[T]", content: bytes | msgspec.Raw) -> T | None:
    """None for what is not as the protocol says; what only has bad characters is mended."""
    try:
        return decoder.decode(content)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        pass
    try:
        value = json.loads(bytes(content).decode(errors="replace"), parse_constant=lambda _: None)
        return decoder.decode(json.dumps(value, ensure_ascii=False).encode(errors="replace"))
    except (ValueError, RecursionError):
        return None


class Stream(msgspec.Struct):
    """Text that may grow: folded pieces, and those that came since."""

    name: str
    folded: list[str] = []
    fresh: list[str] = []
    fresh_chars: int = 0

    def write(self, text: str) -> int:
        """Returns how many characters more it has now."""
        self.fresh.append(text)
        self.fresh_chars += len(text)
        if self.fresh_chars <= FOLD_CHARS:
            return len(text)
        before = self.fresh_chars - len(text)
        folded, _ = overwritten("".join(self.fresh))
        self.folded.append(folded)
        self.fresh, self.fresh_chars = [], 0
        return len(folded) - before

    def output(self) -> dict[str, Any]:
        return {"output_type": "stream", "name": self.name, "text": "".join((*self.folded, *self.fresh))}


class Shown(msgspec.Struct):
    """Any other output, as nbformat has it, with its display_id in `transient`; undecoded."""

    fields: Fields
    display_id: str | None = None

    @property
    def size(self) -> int:
        return sum(memoryview(value).nbytes for value in self.fields.values())

    def output(self) -> dict[str, Any]:
        return self.fields


class Widget(msgspec.Struct):
    """`full`: it captures nothing until it is cleared."""

    msg_id: str = ""
    outputs: list[Stream | Shown] = []
    chars: int = 0
    full: bool = False
    clear_next: bool = False
    displays: set[str] = set()

    def put(self, fields: list[Fields]) -> None:
        """Its outputs are these from now on, whatever their size."""
        self.outputs, self.chars, self.full, self.displays = [], 0, False, set()
        for output in map(_output, fields):
            self._append(output)
            self.full |= isinstance(output, Stream) and output.output() == _full().output()

    def clear(self, *, wait: bool) -> None:
        self.clear_next = wait
        if not wait:
            self.put([])

    def write(self, name: str, text: str, limit: int) -> bool:
        """Whether anything changed."""
        if not self._takes(len(text), limit):
            return self._refuse()
        last = self.outputs[-1] if self.outputs else None
        if isinstance(last, Stream) and last.name == name:
            self.chars += last.write(text)
        else:
            self._append(_stream(name, text))
        return True

    def show(self, shown: Shown, limit: int) -> bool:
        """Whether anything changed."""
        if not self._takes(shown.size, limit):
            return self._refuse()
        self._append(shown)
        return True

    def update(self, display_id: str, content: Fields) -> None:
        for output in self.outputs:
            if isinstance(output, Shown) and output.display_id == display_id:
                self.chars -= output.size
                output.fields = output.fields | {key: content[key] for key in ("data", "metadata") if key in content}
                self.chars += output.size

    def _takes(self, chars: int, limit: int) -> bool:
        """An output is about to come: a pending clear happens now."""
        if self.clear_next:
            self.clear(wait=False)
        return not self.full and self.chars + chars <= limit

    def _refuse(self) -> bool:
        if self.full:
            return False
        self._append(_full())
        self.full = True
        return True

    def _append(self, output: Stream | Shown) -> None:
        self.outputs.append(output)
        if isinstance(output, Stream):
            self.chars += len(output.output()["text"])
        else:
            self.chars += output.size
            if output.display_id is not None:
                self.displays.add(output.display_id)


def _stream(name: str, text: str) -> Stream:
    stream = Stream(name)
    stream.write(text)
    return stream


def _full() -> Stream:
    return _stream("stderr", CAPTURED_FULL)


def _output(fields: Fields) -> Stream | Shown:
    if bytes(fields.get("output_type", b"")) == b'"stream"' and fields.keys() == {"output_type", "name", "text"}:
        name, text = read(_text, fields["name"]), read(_text, fields["text"])
        if name is not None and text is not None:
            return _stream(name, text)
    return Shown(fields, display_id_of(fields))


def display_id_of(fields: Fields) -> str | None:
    transient = read(_transient, fields["transient"]) if "transient" in fields else None
    return None if transient is None else transient.display_id or None
