"""Values that a browser keeps for us and cannot change: JSON with a mark of its kind, in a cookie. They are not secret."""

import base64
import binascii
import hashlib
import hmac
from typing import TypeVar

import msgspec

from noctule.accounts.common import same

T = TypeVar("T", bound=msgspec.Struct)


def sign(key: bytes, value: msgspec.Struct) -> str:
    data = base64.urlsafe_b64encode(msgspec.json.encode(value)).decode().rstrip("=")
    return f"{data}.{_mark(key, type(value), data)}"


def read(key: bytes, kind: type[T], text: str) -> T | None:
    """None for what was not signed as this kind. Whether its time is over is the reader's to see."""
    data, _, mark = text.partition(".")
    if not same(mark, _mark(key, kind, data)):
        return None
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(data + "=" * (-len(data) % 4)), type=kind)
    except (msgspec.MsgspecError, binascii.Error, ValueError):
        return None


def _mark(key: bytes, kind: type[msgspec.Struct], data: str) -> str:
    return hmac.new(key, f"{kind.__name__}:{data}".encode(errors="surrogatepass"), hashlib.sha256).hexdigest()
