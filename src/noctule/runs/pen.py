"""The colours and links that a terminal writes with, as values. Pure; knows nothing of lines or cursors.

A pen is what SGR sequences (`ESC [ ... m`) and OSC 8 hyperlinks add up to. `changed` applies a sequence, `between` gives
the shortest sequences that lead from one pen to another, `cells` takes a line apart into characters with their pens.
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple

SEQUENCE: Final = re.compile(
    r"\x1b(?:\[[\x20-\x3f]{0,64}[\x40-\x7e]"  # CSI
    r"|\][^\x07\x1b\n]{0,2048}(?:\x07|\x1b\\)"  # OSC
    r"|[PX^_][^\x1b\n]{0,2048}\x1b\\"  # DCS, SOS, PM, APC
    r"|[\x20-\x2f]{0,4}[\x30-\x4f\x51-\x57\x59\x5a\x5c\x60-\x7e])"  # two characters and charset choices
)
"""One whole escape sequence of ECMA-48."""

_STYLE: Final = re.compile(r"\x1b\[[0-9;:]*m|\x1b\]8;[^\x07\x1b\n]*(?:\x07|\x1b\\)")
_CLOSE_LINK: Final = "\x1b]8;;\x1b\\"

_CLEARS: Final[dict[int, tuple[int, ...]]] = {
    22: (1, 2), 23: (3,), 24: (4,), 25: (5,), 27: (7,), 28: (8,), 29: (9,), 10: (10,),
    39: (38,), 49: (48,), 54: (51,), 55: (53,), 59: (58,),
}  # fmt: skip
_SLOTS: Final[dict[int, int]] = (
    {1: 1, 2: 2, 3: 3, 20: 3, 4: 4, 21: 4, 5: 5, 6: 5, 7: 7, 8: 8, 9: 9, 51: 51, 52: 51, 53: 53}
    | dict.fromkeys(range(11, 20), 10)
    | dict.fromkeys((*range(30, 38), *range(90, 98)), 38)
    | dict.fromkeys((*range(40, 48), *range(100, 108)), 48)
)
"""Which attribute a code sets: of each attribute a pen has at most one code."""


class Pen(NamedTuple):
    """`sgr` are (attribute, code) pairs in the order of attributes; `link` is the OSC 8 sequence in force."""

    sgr: tuple[tuple[int, str], ...] = ()
    link: str = ""


BLANK: Final = Pen()
Cell = tuple[str, Pen]


def is_style(sequence: str) -> bool:
    """Whether this whole sequence changes the pen; others are for the terminal's cursor, screen or window."""
    return _STYLE.fullmatch(sequence) is not None


@lru_cache(maxsize=4096)
def changed(pen: Pen, sequence: str) -> Pen:
    """The pen after a style sequence."""
    if sequence.startswith("\x1b]"):
        target = sequence[4:].rstrip("\x07\x1b\\").partition(";")[2]
        return pen._replace(link=sequence if target else "")
    return pen._replace(sgr=_apply(dict(pen.sgr), sequence[2:-1].split(";")))


def _apply(attributes: dict[int, str], codes: list[str]) -> tuple[tuple[int, str], ...]:
    at = 0
    while at < len(codes):
        head = codes[at].partition(":")[0]
        code = int(head) if head else 0
        taken = _colour_length(codes, at) if code in (38, 48, 58) else 1
        if code == 0:
            attributes.clear()
        elif code in _CLEARS or codes[at] == "4:0":
            for attribute in _CLEARS.get(code, (4,)):
                attributes.pop(attribute, None)
        elif code in (38, 48, 58):
            attributes[code] = ";".join(codes[at : at + taken])
        elif code in _SLOTS:
            attributes[_SLOTS[code]] = codes[at]
        at += taken
    return tuple(sorted(attributes.items()))


def _colour_length(codes: list[str], at: int) -> int:
    """How many codes a colour takes: `38;5;n` three, `38;2;r;g;b` five, `38:...` one."""
    if ":" in codes[at] or at + 1 >= len(codes):
        return 1
    return {"5": 3, "2": 5}.get(codes[at + 1], 1)


def between(pen: Pen, wanted: Pen) -> str:
    """Sequences that change the one into the other; empty when they are equal."""
    if pen == wanted:
        return ""
    sequences = ""
    if pen.sgr != wanted.sgr:
        old, new = dict(pen.sgr), dict(wanted.sgr)
        if not old.keys() <= new.keys():
            sequences, old = "\x1b[0m", {}
        codes = [code for attribute, code in new.items() if old.get(attribute) != code]
        if codes:
            sequences += f"\x1b[{';'.join(codes)}m"
    if pen.link != wanted.link:
        sequences += wanted.link or _CLOSE_LINK
    return sequences


def after(pen: Pen, text: str) -> Pen:
    """The pen after a text that has style sequences in it."""
    if "\x1b" in text:
        if not pen.link and "\x1b]" not in text and (reset := text.rfind("\x1b[0m")) >= 0:
            pen, text = BLANK, text[reset + 4 :]
        for sequence in _STYLE.findall(text):
            pen = changed(pen, sequence)
    return pen


def width(text: str) -> int:
    """How many characters are seen."""
    return len(SEQUENCE.sub("", text)) if "\x1b" in text else len(text)


def cells(text: str, pen: Pen) -> tuple[list[Cell], Pen]:
    """The seen characters of a line with their pens, and the pen after it."""
    found: list[Cell] = []
    at = 0
    for match in _STYLE.finditer(text):
        found.extend((character, pen) for character in text[at : match.start()])
        pen = changed(pen, match.group())
        at = match.end()
    found.extend((character, pen) for character in text[at:])
    return found, pen


def written(start: Pen, line: list[Cell], end: Pen) -> str:
    """The line as text that begins with one pen and leaves another behind: what `cells` takes apart."""
    parts: list[str] = []
    pen = start
    for character, wanted in line:
        if wanted != pen:
            parts.append(between(pen, wanted))
            pen = wanted
        parts.append(character)
    parts.append(between(pen, end))
    return "".join(parts)
