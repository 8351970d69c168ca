"""The Range header (RFC 9110, 14): one range of bytes. Pure. What is no such range is answered with the whole."""

import re
from typing import Final

_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def asked(header: str | None, size: int) -> tuple[int, int] | None:
    """The bytes [start, stop) that are asked for, at least one; None for all of them."""
    match = _RANGE.fullmatch(header.strip()) if header else None
    if match is None:
        return None
    first, last = match[1], match[2]
    if first:
        start, stop = int(first), int(last) + 1 if last else size
    elif last:
        start, stop = size - int(last), size
    else:
        return None
    start, stop = max(start, 0), min(stop, size)
    return (start, stop) if start < stop else None
