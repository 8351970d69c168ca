"""What output has left in force in a terminal: modes, colours, margins, charsets. Pure; it draws nothing.

Fed with output that is about to be forgotten, it says (`prelude`) what to send to a fresh terminal so that the output that
follows means the same as it did: xterm's control sequences (invisible-island.net/xterm/ctlseqs), the part that has a memory.
A sequence or a character that is cut in two at the end of what was fed is held, and ends the prelude.
"""

import re

_TOKEN = re.compile(
    rb"\x1b(?:"
    rb"\[(?P<mark>[<-?]?)(?P<params>[0-9;:]*)(?P<between>[ -/]*)(?P<final>[@-~])"
    rb"|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)"
    rb"|(?P<escape>[ -/]*[0-OQ-WYZ\\`-~])"
    rb")|(?P<shift>[\x0e\x0f])"
)
_PARTIAL = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]*\x1b?|[ -/]*)\Z")
_PARTIAL_BYTES = 4096
_STRING_HEAD_BYTES = 2
_PARAMS_BYTES = 64
"""Of one control sequence; terminals understand no more than 32 numbers either. So the prelude is a few hundred bytes."""

_DEFAULT_ON = frozenset({7, 25})
_KNOWN = frozenset({1, 5, 6, 7, 9, 12, 25, 45, 66, 1000, 1002, 1003, 1004, 1005, 1006, 1007, 1015, 1016, 2004})
_ALTERNATE = frozenset({47, 1047, 1049})
_SOFT_RESET = frozenset({1, 6, 7, 25})

_SGR_GROUP = {
    **dict.fromkeys((1, 22), "bold"),
    **dict.fromkeys((2,), "faint"),
    **dict.fromkeys((3, 20, 23), "italic"),
    **dict.fromkeys((4, 21, 24), "underline"),
    **dict.fromkeys((5, 6, 25), "blink"),
    **dict.fromkeys((7, 27), "inverse"),
    **dict.fromkeys((8, 28), "hidden"),
    **dict.fromkeys((9, 29), "struck"),
    **dict.fromkeys((53, 55), "over"),
    **dict.fromkeys((*range(30, 40), *range(90, 98)), "ink"),
    **dict.fromkeys((*range(40, 50), *range(100, 108)), "ground"),
    **dict.fromkeys((58, 59), "line"),
}
_SGR_OFF = frozenset({22, 23, 24, 25, 27, 28, 29, 39, 49, 55, 59})
_SGR_LONG = frozenset({38, 48, 58})


class Modes:
    def __init__(self) -> None:
        self._held = b""
        self._reset()

    def _reset(self) -> None:
        self._on: dict[int, bool] = {}
        self._alternate = 0
        self._ansi: set[int] = set()
        self._sgr: dict[str, bytes] = {}
        self._saved_sgr: dict[str, bytes] = {}
        self._margins = b""
        self._cursor = b""
        self._keypad = False
        self._charsets: dict[bytes, bytes] = {}
        self._shifted = False

    def feed(self, data: bytes) -> None:
        data = self._held + data
        end = 0
        for found in _TOKEN.finditer(data):
            end = found.end()
            self._token(found)
        self._held = _cut(data[end:])

    def prelude(self) -> bytes:
        """What a fresh terminal must be sent, and what of the output's end was incomplete."""
        parts = [f"\x1b[?{self._alternate}h".encode()] if self._alternate else []
        parts += [b"\x1b" + group + name for group, name in self._charsets.items()]
        parts += [b"\x0e"] if self._shifted else []
        parts += [b"\x1b[" + self._margins + b"r"] if self._margins else []
        parts += [f"\x1b[?{number}{'h' if on else 'l'}".encode() for number, on in self._on.items()]
        parts += [f"\x1b[{number}h".encode() for number in sorted(self._ansi)]
        parts += [b"\x1b="] if self._keypad else []
        parts += [b"\x1b[" + self._cursor + b" q"] if self._cursor else []
        parts += [b"\x1b[" + b";".join(self._sgr.values()) + b"m"] if self._sgr else []
        return b"".join(parts) + self._held

    # --- one token ---

    def _token(self, found: "re.Match[bytes]") -> None:
        if found["final"] is not None and len(found["params"]) <= _PARAMS_BYTES:
            self._csi(found["mark"], found["params"], found["between"], found["final"])
        elif found["escape"] is not None:
            self._escape(found["escape"])
        elif found["shift"] is not None:
            self._shifted = found["shift"] == b"\x0e"

    def _csi(self, mark: bytes, params: bytes, between: bytes, final: bytes) -> None:
        match mark, between, final:
            case b"?", b"", b"h" | b"l":
                for number in _numbers(params):
                    self._private(number, final == b"h")
            case b"", b"", b"h":
                self._ansi |= {number for number in _numbers(params) if number in (4, 20)}
            case b"", b"", b"l":
                self._ansi -= set(_numbers(params))
            case b"", b"", b"m":
                self._colour(params)
            case b"", b"", b"r":
                self._margins = params.strip(b";")
            case b"", b" ", b"q":
                self._cursor = params
            case b"", b"!", b"p":
                self._soft_reset()

    def _private(self, number: int, on: bool) -> None:
        if number in _ALTERNATE:
            self._alternate = number if on else 0
        elif number in _KNOWN:
            self._on.pop(number, None)
            if on != (number in _DEFAULT_ON):
                self._on[number] = on

    def _escape(self, rest: bytes) -> None:
        match rest[:1]:
            case b"c":
                self._reset()
            case b"=" | b">":
                self._keypad = rest == b"="
            case b"7":
                self._saved_sgr = dict(self._sgr)
            case b"8":
                self._sgr = dict(self._saved_sgr)
            case b"(" | b")" | b"*" | b"+" if len(rest) == 2:
                self._charsets.pop(rest[:1], None)
                if rest[1:] != b"B":
                    self._charsets[rest[:1]] = rest[1:]

    def _soft_reset(self) -> None:
        self._on = {number: on for number, on in self._on.items() if number not in _SOFT_RESET}
        self._ansi.clear()
        self._sgr, self._saved_sgr = {}, {}
        self._margins = b""
        self._charsets, self._shifted, self._keypad = {}, False, False

    def _colour(self, params: bytes) -> None:
        parts = params.split(b";")
        while parts:
            part = parts.pop(0)
            number = _number(part.partition(b":")[0])
            if number == 0:
                self._sgr = {}
                continue
            if number in _SGR_LONG and b":" not in part:
                more = {b"5": 2, b"2": 4}.get(parts[0] if parts else b"", 0)
                part = b";".join([part, *parts[:more]])
                del parts[:more]
            self._attribute(number, part)

    def _attribute(self, number: int, part: bytes) -> None:
        group = _SGR_GROUP.get(number)
        if group is None:
            return
        self._sgr.pop(group, None)
        if number == 22:
            self._sgr.pop("faint", None)
        if number not in _SGR_OFF and part != b"4:0":
            self._sgr[group] = part


def _numbers(params: bytes) -> list[int]:
    return [_number(part) for part in params.split(b";")]


def _number(part: bytes) -> int:
    return int(part[:9]) if part.isdigit() else 0


def _cut(tail: bytes) -> bytes:
    """The incomplete sequence or UTF-8 character at the end. Of a long string only its head: what it says is never used."""
    partial = _PARTIAL.search(tail)
    if partial is not None:
        held = partial[0]
        if len(held) > _PARTIAL_BYTES:
            return held[:_STRING_HEAD_BYTES] + (b"\x1b" if held.endswith(b"\x1b") else b"")
        return held
    for length in (1, 2, 3):
        lead = tail[-length] if len(tail) >= length else 0
        if lead >= 0xC0:
            return tail[-length:] if length < _utf8_length(lead) else b""
        if lead < 0x80:
            return b""
    return b""


def _utf8_length(lead: int) -> int:
    return 4 if lead >= 0xF0 else 3 if lead >= 0xE0 else 2
