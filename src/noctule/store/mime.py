"""MIME values: small ones stay inline, large ones become blobs; and blobs back to values. No SQL."""

import base64
import binascii
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from noctule.texts import Text
from noctule_agent.wire.limits import INLINE_BYTES
from noctule_agent.wire.state import BlobRef, Inline, MimeBundle, MimeValue

from .blobs import BlobStore
from .dataframes import table_lines
from .pictures import picture_size

_BINARY_PREFIXES = ("image/", "audio/", "video/")
_CHUNK_BYTES: Final = 3 * 64 * 1024
"""Three bytes are four characters of base64: pieces of it can be joined."""


def externalize(bundle: MimeBundle, blobs: BlobStore) -> MimeBundle:
    """The bundle with every value of more than INLINE_BYTES in a blob."""
    return {mime_type: _externalize(mime_type, value, blobs) for mime_type, value in bundle.items()}


def internalize(bundle: MimeBundle, blobs: BlobStore) -> MimeBundle:
    """The bundle with every value in it, as nbformat has it; a text that is a blob is read when it is written.

    Raises NotFound when a blob is gone, if need be only then.
    """
    return {mime_type: _internalize(value, blobs) for mime_type, value in bundle.items()}


def references(bundle: MimeBundle) -> set[str]:
    """The blobs that the bundle needs."""
    return {value.sha256 for value in bundle.values() if isinstance(value, BlobRef)}


def is_binary(mime_type: str) -> bool:
    """Whether nbformat has the value in base64."""
    if mime_type == "application/pdf":
        return True
    return mime_type.startswith(_BINARY_PREFIXES) and not mime_type.startswith("image/svg")


def _externalize(mime_type: str, value: MimeValue, blobs: BlobStore) -> MimeValue:
    if isinstance(value, BlobRef):
        return value
    content = value.value
    if not isinstance(content, str):
        data = msgspec.json.encode(content)
        return value if len(data) <= INLINE_BYTES else _put(data, "json", blobs)
    # A code point takes one to four bytes: most small texts need not be encoded to be known as small.
    if len(content) * 4 <= INLINE_BYTES:
        return value
    data = content.encode()
    if len(data) <= INLINE_BYTES:
        return value
    decoded = _decode(data) if is_binary(mime_type) else None
    if decoded is None:
        ref = _put(data, "text", blobs)
        return msgspec.structs.replace(ref, rows=table_lines(content)) if mime_type == "text/html" else ref
    ref = _put(decoded, "base64", blobs)
    size = picture_size(decoded) if mime_type.startswith("image/") else None
    return ref if size is None else msgspec.structs.replace(ref, width=size[0], height=size[1])


def _internalize(value: MimeValue, blobs: BlobStore) -> Inline:
    if isinstance(value, Inline):
        return value
    return Inline(_value(value, blobs))


def _value(ref: BlobRef, blobs: BlobStore) -> Any:
    match ref.encoding:
        case "base64":
            return Text(map(base64.b64encode, _chunks(ref, blobs)))
        case "json":
            return msgspec.json.decode(blobs.read(ref.sha256))
        case "text":
            return Text(_chunks(ref, blobs))


def _chunks(ref: BlobRef, blobs: BlobStore) -> Iterator[bytes]:
    """What is in the blob, read when it is asked for."""
    if ref.size <= _CHUNK_BYTES:
        yield blobs.read(ref.sha256)
    else:
        yield from blobs.chunks(ref.sha256, _CHUNK_BYTES)


def _decode(data: bytes) -> bytes | None:
    """The bytes behind base64, when encoding them again gives the very same text."""
    try:
        decoded = base64.b64decode(data, validate=True)
    except binascii.Error:
        return None
    return decoded if base64.b64encode(decoded) == data else None


def _put(data: bytes, encoding: Any, blobs: BlobStore) -> BlobRef:
    stored = blobs.put(data)
    return BlobRef(stored.sha256, stored.size, encoding)
