"""Message content made safe to keep: decoding that tolerates bad JSON, and MIME bundles as nbformat wants them. Pure.

What cannot be kept by some part of the system (lone surrogates in UTF-8, NUL in PostgreSQL, integers over 64 bits in
msgpack, NaN in JSON) is replaced here, at the one door, so that no message can stop the journal.
"""

import json
import math
import re
from typing import Any, Final

import msgspec

from noctule_agent.wire.limits import NESTING_DEPTH
from noctule_agent.wire.state import BlobRef, Inline, MimeBundle, MimeValue

_UNSAFE: Final = re.compile(r"[\ud800-\udfff]")
_NUL: Final = "\N{SYMBOL FOR NULL}"
_JSON_TYPE: Final = re.compile(r"application/(?:[^;]*\+)?json(?:;.*)?", re.IGNORECASE)
_decoder = msgspec.json.Decoder()


def content_of(raw: bytes) -> dict[str, Any] | None:
    """The JSON object of a message, mended where it must be; None when it is none."""
    try:
        value = _decoder.decode(raw)
        if b"\\u0000" in raw:
            value = mended(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        value = _tolerant(raw)
    return value if isinstance(value, dict) else None


def _tolerant(raw: bytes) -> Any:
    try:
        return mended(json.loads(raw.decode("utf-8", "replace")))
    except (ValueError, RecursionError):
        return None


def mended(value: Any, depth: int = NESTING_DEPTH) -> Any:
    """The JSON value with all that cannot be kept replaced; deeper than NESTING_DEPTH there is an ellipsis."""
    if isinstance(value, str):
        return mended_text(value)
    if isinstance(value, list | dict) and depth == 0:
        return "\N{HORIZONTAL ELLIPSIS}"
    if isinstance(value, list):
        return [mended(item, depth - 1) for item in value]
    if isinstance(value, dict):
        return {mended_text(str(key)): mended(item, depth - 1) for key, item in value.items()}
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return float(value) if abs(value) < 10**300 else None
    return value


def mended_text(text: str) -> str:
    if "\x00" in text:
        text = text.replace("\x00", _NUL)
    return text if text.isascii() else _UNSAFE.sub("\ufffd", text)


def is_json(mime_type: str) -> bool:
    """Whether values of this type are JSON and not text."""
    return _JSON_TYPE.fullmatch(mime_type) is not None


def bundle(data: Any) -> MimeBundle:
    """A display's data: text as one string (lists of lines are joined), JSON types as JSON."""
    if not isinstance(data, dict):
        return {}
    return {str(mime_type): Inline(_value(str(mime_type), value)) for mime_type, value in data.items()}


def _value(mime_type: str, value: Any) -> Any:
    if is_json(mime_type):
        return mended(value)
    return text_of(value)


def text_of(value: Any) -> str:
    """Text of a field that should be a string: nbformat also allows a list of strings."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "".join(value)
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def mapping(value: Any) -> dict[str, Any]:
    """Metadata: always an object."""
    return mended(value) if isinstance(value, dict) else {}


def size_of(data: MimeBundle) -> int:
    """About how many bytes a bundle takes."""
    return sum(len(mime_type) + _value_size(value) for mime_type, value in data.items())


def _value_size(value: MimeValue) -> int:
    if isinstance(value, BlobRef):
        return value.size
    return len(value.value) if isinstance(value.value, str) else json_size(value.value)


def json_size(value: Any) -> int:
    return len(msgspec.json.encode(value))
