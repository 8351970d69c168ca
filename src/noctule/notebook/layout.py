"""The .ipynb as nbformat lays it out: indented by 1, sorted keys, texts as lists of lines. Pure; bytes in pieces.

Neither the file nor the lines of a long text are ever held at once: lines as objects take ten times what they say. A cell is
laid out in one call with holes in the place of its long texts, which are written into them part by part:

    {"cell_type": "code", "outputs": [{"text": \\x01 0 \\x01, ...}], ...}        JSON has no control character within a string

A line ends where `str.splitlines` says, as with nbformat. In JSON these ends are escapes or UTF-8, to which the quotes and
the indentation of the next line are put.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import orjson

from noctule.notebook.values import clean_text, has_nonfinite
from noctule.texts import Text

TRANSIENT: Final = ("orig_nbformat", "orig_nbformat_minor", "signature")
PIECE_BYTES: Final = 128 * 1024
"""About the size of a piece of the file: few calls for whoever takes it, and none of them long."""
_SPLIT_MIMES: Final = frozenset({"application/javascript", "image/svg+xml"})
_LONG: Final = 1024
"""Code points from which on a text has a hole of its own."""
_PART: Final = 64 * 1024
_PRETTY: Final = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS
_RARE_ENDS: Final = {end: orjson.dumps(end)[1:-1] for end in "\v\f\x1c\x1d\x1e\x85\u2028\u2029"}
"""What else than LF, CR and both ends a line, and how JSON has it."""

Content = Callable[[bytes], Iterator[bytes]]
"""Given the line break and indentation of the line where a value begins, the value."""


def pieces(nb: Mapping[str, Any]) -> Iterator[bytes]:
    """The file of a dict of nbformat 4.5 (as `project.to_ipynb` makes it), which is left as it is.

    Its cells may be any iterable: one is asked for when the one before it is written. Texts may be `Text`s.
    """
    return _gathered(_notebook(nb))


def _gathered(parts: Iterable[bytes]) -> Iterator[bytes]:
    held: list[bytes] = []
    size = 0
    for part in parts:
        held.append(part)
        size += len(part)
        if size >= PIECE_BYTES:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


def _notebook(nb: Mapping[str, Any]) -> Iterator[bytes]:
    holes = _Holes()
    metadata = {key: value for key, value in nb["metadata"].items() if key not in TRANSIENT}
    shape = {**nb, "metadata": metadata, "cells": holes.put(lambda _indent: _cells(nb["cells"]))}
    yield from holes.filled(_laid_out(shape))
    yield b"\n"


def _cells(cells: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    before = b"[\n  "
    for cell in cells:
        holes = _Holes()
        laid_out = _laid_out(_cell(cell, holes)).replace(b"\n", b"\n  ")
        yield before
        yield from holes.filled(laid_out)
        before = b",\n  "
    yield b"[]" if before.startswith(b"[") else b"\n ]"


# --- shapes: what is laid out in one call -------------------------------------------------------------------------------


class _Holes:
    """What is too long for a shape."""

    def __init__(self) -> None:
        self._contents: list[Content] = []

    def put(self, content: Content) -> orjson.Fragment:
        """What stands for it in the shape."""
        self._contents.append(content)
        return orjson.Fragment(b"\1%d\1" % (len(self._contents) - 1))

    def filled(self, shape: bytes) -> Iterator[bytes]:
        """The laid-out shape with everything in its place."""
        if not self._contents:
            yield shape
            return
        parts = iter(shape.split(b"\1"))
        part = next(parts)
        yield part
        for number, after in zip(parts, parts, strict=True):
            line = part[part.rindex(b"\n") :]
            yield from self._contents[int(number)](line[: line.index(b'"')])
            yield after
            part = after


def _cell(cell: dict[str, Any], holes: _Holes) -> dict[str, Any]:
    found = {**cell, "metadata": {key: value for key, value in cell["metadata"].items() if key != "trusted"}}
    if isinstance(cell.get("source"), str):
        found["source"] = _lines(cell["source"], holes)
    if isinstance(cell.get("attachments"), dict):
        found["attachments"] = {name: _bundle(bundle, holes) for name, bundle in cell["attachments"].items()}
    if cell["cell_type"] == "code":
        found["outputs"] = [_output(output, holes) for output in cell["outputs"]]
    return found


def _output(output: dict[str, Any], holes: _Holes) -> dict[str, Any]:
    kind = output.get("output_type")
    if kind in ("display_data", "execute_result") and isinstance(output.get("data"), dict):
        return {**output, "data": _bundle(output["data"], holes)}
    if kind == "stream" and isinstance(output.get("text"), str | Text):
        return {**output, "text": _lines(output["text"], holes)}
    return output


def _bundle(bundle: dict[str, Any], holes: _Holes) -> dict[str, Any]:
    return {
        key: (_lines if key.startswith("text/") or key in _SPLIT_MIMES else _string)(value, holes)
        if isinstance(value, str | Text)
        else value
        for key, value in bundle.items()
    }


def _lines(text: str | Text, holes: _Holes) -> list[str] | orjson.Fragment:
    if isinstance(text, str) and len(text) < _LONG:
        return text.splitlines(keepends=True)
    return holes.put(lambda indent: _written_lines(text, indent + b" "))


def _string(text: str | Text, holes: _Holes) -> str | orjson.Fragment:
    if isinstance(text, str) and len(text) < _LONG:
        return text
    return holes.put(lambda _indent: _written_string(text))


# --- long texts -------------------------------------------------------------------------------------------------------


def _written_string(text: str | Text) -> Iterator[bytes]:
    yield b'"'
    for part in _parts(text):
        yield _escaped(part)
    yield b'"'


def _written_lines(text: str | Text, indent: bytes) -> Iterator[bytes]:
    """A list of the lines of the text. `indent`: the line break before each, and its spaces."""
    between = b'",%b"' % indent
    before = b'[%b"' % indent
    for part in _parts(text):
        lines = _separated(part, between)
        ended = lines.removesuffix(between)
        yield before
        yield ended
        # What ends a line begins another one only when there is more.
        before = between if len(ended) < len(lines) else b""
    yield b"[]" if before.startswith(b"[") else b'"%b]' % indent[:-1]


def _parts(text: str | Text) -> Iterator[str]:
    """The text in parts of bounded size, none of them empty. CR and LF that belong together are not parted."""
    kept = ""
    for chunk in (text[at : at + _PART] for at in range(0, len(text), _PART)) if isinstance(text, str) else text:
        part = kept + chunk
        kept = "\r" if part.endswith("\r") else ""
        if part := part.removesuffix(kept):
            yield part
    if kept:
        yield kept


def _separated(part: str, between: bytes) -> bytes:
    """The part in JSON, and after each end of a line what is between two lines."""
    found = _escaped(part)
    # A character is found much faster in the text than its escape in JSON, and most texts have none but LF.
    if "\\" in part:
        # Put aside as NUL, which JSON never has: what looks like an escape after a backslash is none.
        found = found.replace(rb"\\", b"\0")
    found = found.replace(rb"\n", rb"\n" + between)
    if "\r" in part:
        found = found.replace(rb"\r", rb"\r" + between).replace(rb"\r" + between + rb"\n", rb"\r\n")
    for end, spelled in _RARE_ENDS.items():
        if end in part:
            found = found.replace(spelled, spelled + between)
    return found.replace(b"\0", rb"\\")


def _escaped(part: str) -> bytes:
    """In JSON, without the quotes."""
    try:
        return orjson.dumps(part)[1:-1]
    except orjson.JSONEncodeError:
        # A lone surrogate.
        return orjson.dumps(clean_text(part))[1:-1]


# --- all else ---------------------------------------------------------------------------------------------------------


def _laid_out(value: dict[str, Any]) -> bytes:
    """JSON in nbformat's layout."""
    try:
        pretty = orjson.dumps(value, option=_PRETTY)
        # What orjson cannot say is null.
        told = b"null" not in pretty or not has_nonfinite(value)
    except orjson.JSONEncodeError:
        # An integer beyond 64 bits, or a lone surrogate.
        told = False
    return _half_indented(pretty if told else orjson.dumps(_spelled(value), option=_PRETTY))


def _spelled(value: Any) -> Any:
    """What orjson does not know, as Python's json writes it; lone surrogates mended."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(key): _spelled(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_spelled(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return orjson.Fragment("NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity")
    if type(value) is int:
        return orjson.Fragment(str(value))
    return value


def _half_indented(pretty: bytes) -> bytes:
    """Indented by 1 instead of 2. JSON has no line break within a string, so spaces after one are indentation; and no
    NUL at all, which marks the lines that are done: the deepest first."""
    depth = 0
    while b"\n" + b"  " * (depth + 1) in pretty:
        depth += 1
    for level in range(depth, 0, -1):
        pretty = pretty.replace(b"\n" + b"  " * level, b"\0" + b" " * level)
    return pretty.replace(b"\0", b"\n")
