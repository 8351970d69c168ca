"""What people wrote in a notebook's file, to be searched: the cells' sources and nothing else. Pure; it changes no file.

Files come from anywhere. Outputs are passed over without being made values, so that a file of 64 MB is read in little more
memory than it takes; a source that is no text is left out, and a file that is no notebook says nothing. It never raises.
"""

import json
import re
from contextlib import suppress
from typing import Final

import msgspec

from noctule_agent.wire.limits import MB, SOURCE_BYTES_PER_CELL, TEXT_CHARS_PER_NOTEBOOK, TEXT_OBJECTS

_NOTHING: Final = msgspec.Raw(b'""')
_BOM: Final = b"\xef\xbb\xbf"
_SURROGATE: Final = b"\\ud"
_MENDED_BYTES: Final = 16 * MB
"""What Jupyter wrote with NaN in it is gone through in Python, which takes its time."""
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TOKEN: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|-?Infinity|NaN', re.DOTALL)
"""A string, or what Jupyter writes and JSON does not have."""


class CellText(msgspec.Struct, frozen=True, array_like=True):
    """`id` is empty where the file has none."""

    id: str
    text: str


class _Cell(msgspec.Struct):
    id: msgspec.Raw = _NOTHING
    source: msgspec.Raw = _NOTHING
    input: msgspec.Raw = _NOTHING
    """A code cell's source in nbformat 3."""


class _Sheet(msgspec.Struct):
    cells: list[_Cell] = []


class _Notebook(msgspec.Struct):
    cells: list[_Cell] = []
    worksheets: list[_Sheet] = []


_decode: Final = msgspec.json.Decoder(_Notebook).decode
_decode_text: Final = msgspec.json.Decoder(str | list[str]).decode


def cells_of(data: bytes) -> list[CellText]:
    """In order, up to TEXT_CHARS_PER_NOTEBOOK; the last one may be cut there."""
    found, left = [], TEXT_CHARS_PER_NOTEBOOK
    for cell in _cells(data.removeprefix(_BOM)):
        text = (_text(cell.source) or _text(cell.input))[:left]
        if text.strip():
            id_ = _text(cell.id)
            found.append(CellText(id_ if _ID.fullmatch(id_) else "", text))
        left -= len(text)
        if left <= 0:
            break
    return found


def _cells(data: bytes) -> list[_Cell]:
    # Each becomes a value here, if it is where a cell may be.
    if data.count(b"{") > TEXT_OBJECTS:
        return []
    try:
        return _decoded(data)
    except (msgspec.ValidationError, RecursionError):
        return []
    except msgspec.DecodeError:
        pass
    with suppress(msgspec.DecodeError, RecursionError):
        return _decoded(_mended(data)) if len(data) <= _MENDED_BYTES else []
    return []


def _decoded(data: bytes) -> list[_Cell]:
    found = _decode(data)
    return [*found.cells, *(cell for sheet in found.worksheets for cell in sheet.cells)]


def _mended(data: bytes) -> bytes:
    """As every reader of JSON takes it: without lone surrogates, NaN and Infinity."""
    pieces, at = bytearray(), 0
    for token in _TOKEN.finditer(data):
        raw = token[0]
        if raw.startswith(b'"') and _SURROGATE not in raw.lower():
            continue
        pieces += data[at : token.start()] + (_plain(raw) if raw.startswith(b'"') else b"null")
        at = token.end()
    return bytes(pieces + data[at:])


def _plain(raw: bytes) -> bytes:
    with suppress(ValueError):
        return json.dumps(_clean(json.loads(raw.decode(errors="replace"), strict=False))).encode()
    return raw


def _text(raw: msgspec.Raw) -> str:
    """Empty: too long for a source, or no text."""
    data = bytes(raw)
    if len(data) <= SOURCE_BYTES_PER_CELL:
        with suppress(msgspec.DecodeError, RecursionError):
            value = _decode_text(data.decode(errors="replace"))
            return value if isinstance(value, str) else "".join(value)
    return ""


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
