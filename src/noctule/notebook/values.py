"""JSON values as the live document keeps them: one normal form for files, pages and server. It may not know pycrdt.

Yjs and pycrdt know the numbers of JavaScript: 5 comes back from a document as 5.0. So a float without a fraction *is* an
int here, on the way in and on the way out, as far as 64 bits go. Integers beyond them become floats; lone surrogates become U+FFFD, for no
UTF-8 can carry them. Whatever JSON cannot say (a client may send it) reads as None.
"""

import json
import math
import re
from collections.abc import Iterable
from typing import Any, Final

import orjson

from noctule_agent.wire.limits import NESTING_DEPTH

_LEAST: Final = -(2**63)
_MOST: Final = 2**63 - 2
"""2**63 - 1 comes back from yrs as 2**63."""
_HUGE: Final = 1.7976931348623157e308
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def clean_text(text: str) -> str:
    """The text without lone surrogates."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def has_pairs(text: str) -> bool:
    """Whether it has characters that are two units in UTF-16."""
    return not text.isascii() and max(text) > "\uffff"


def normal(value: Any, depth: int = NESTING_DEPTH) -> Any:
    """The value in normal form. Total: deeper than `depth` or not JSON is None."""
    if isinstance(value, str):
        return clean_text(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() and _LEAST <= value < _MOST else value
    if isinstance(value, int):
        return value if _LEAST <= value <= _MOST else _as_float(value)
    if depth <= 0:
        return None
    if isinstance(value, dict):
        return {clean_text(str(key)): normal(item, depth - 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [normal(item, depth - 1) for item in value]
    return None


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return _HUGE if value > 0 else -_HUGE


def clean_deep(value: Any) -> Any:
    """A JSON value (of bounded depth) with every text clean, numbers untouched."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(key): clean_deep(item) for key, item in value.items()}
    if isinstance(value, list):
        return [clean_deep(item) for item in value]
    return value


def canonical(value: Any) -> bytes:
    """One spelling for equal JSON: sorted keys, no white space. 1 and True differ, as do 1 and "1"."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except (orjson.JSONEncodeError, TypeError):
        return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str).encode(errors="surrogatepass")


def same(a: Any, b: Any) -> bool:
    """Whether two JSON values mean the same. Python's own == says that True is 1."""
    return a is b or canonical(a) == canonical(b)


def deeper_than(value: Any, depth: int) -> bool:
    """Whether containers nest more than `depth` deep. Walks level by level, so no depth can exhaust a stack."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(depth):
        if not level:
            return False
        level = [item for one in level for item in _items(one) if type(item) is dict or type(item) is list]
    return bool(level)


def has_nonfinite(value: Any) -> bool:
    """Whether a NaN or an infinity is in it: Python's json knows them, JSON and orjson do not."""
    todo = [value]
    while todo:
        one = todo.pop()
        if type(one) is float:
            if not math.isfinite(one):
                return True
        elif isinstance(one, dict | list):
            todo.extend(item for item in _items(one) if type(item) is not str)
    return False


def _items(container: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return container.values() if isinstance(container, dict) else container
