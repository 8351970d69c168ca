"""Names of files: bytes on the disk, text on the wire, one for one. Pure.

A byte that is no part of UTF-8 stands as U+F700 + byte, which are characters that no font shows and no keyboard has; should a
name hold one of these itself, its bytes are written so too. So every name has one text, and that text leads back to it.
"""

from noctule_agent.refusal import Refusal
from noctule_agent.wire.values import Problem

_BASE = 0xF700
_FIRST, _LAST = _BASE + 0x80, _BASE + 0xFF
NAME_BYTES = 255
PATH_BYTES = 4096

PART_PREFIX = b".noctule-part-"
"""What is being written, beside its place. Not listed."""

Parts = tuple[bytes, ...]


def shown(raw: bytes) -> str:
    """The text of a name."""
    text = raw.decode("utf-8", "surrogateescape")
    return "".join(_shown(char) for char in text) if not text.isascii() else text


def _shown(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return chr(code - 0xDC00 + _BASE)
    if _FIRST <= code <= _LAST:
        return "".join(chr(_BASE + byte) for byte in char.encode())
    return char


def escapes(char: str) -> bool:
    """Whether it stands for a byte, and not for itself."""
    return _FIRST <= ord(char) <= _LAST


def raw(name: str) -> bytes:
    """The name of a text. Raises UnicodeEncodeError."""
    if name.isascii():
        return name.encode()
    return b"".join(bytes([ord(char) - _BASE]) if escapes(char) else char.encode("utf-8") for char in name)


def parts_of(path: str) -> Parts:
    """The names on a path; none for the root. Raises Refusal for what could mean anything but a place beneath it."""
    if path == "":
        return ()
    try:
        parts = tuple(raw(part) for part in path.split("/"))
    except UnicodeEncodeError:
        raise Refusal(invalid("It has a character that no name can have.")) from None
    for part in parts:
        if part in (b"", b".", b".."):
            raise Refusal(invalid("A part of it is empty, `.` or `..`."))
        if b"\0" in part or b"/" in part:
            raise Refusal(invalid("It has a character that no name can have."))
        if len(part) > NAME_BYTES:
            raise Refusal(invalid(f"A name may have {NAME_BYTES} bytes."))
    if sum(map(len, parts)) + len(parts) > PATH_BYTES:
        raise Refusal(invalid(f"A path may have {PATH_BYTES} bytes."))
    return parts


def path_of(parts: Parts) -> str:
    return "/".join(shown(part) for part in parts)


def invalid(detail: str) -> Problem:
    return Problem("path-invalid", "This is no path of a file here.", detail, 422)
