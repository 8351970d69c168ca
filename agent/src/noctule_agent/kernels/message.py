"""The Jupyter message format on the wire: signing, framing, and as little decoding as is needed.

    [identities.., b"<IDS|MSG>", signature, header, parent_header, metadata, content, buffers..]

`content` and `metadata` stay JSON as the kernel wrote them. What is not signed with the kernel's key is refused.
"""

import hashlib
import hmac
from datetime import UTC, datetime

import msgspec

from noctule_agent.wire.values import DECODE_ERRORS, Millis

DELIMITER = b"<IDS|MSG>"
PROTOCOL_VERSION = "5.4"


class Header(msgspec.Struct, frozen=True):
    """Of a header or a parent header, what the agent looks at. An empty parent is `{}`."""

    msg_id: str = ""
    msg_type: str = ""


class Message(msgspec.Struct, frozen=True):
    header: Header
    raw_header: bytes
    parent_id: str
    metadata: bytes
    content: bytes
    buffers: list[bytes]


class Untrusted(Exception):
    """A message that is malformed or not signed with the key."""


class Wire:
    """Makes and reads the messages of one kernel process. `session_id` is also the identity of its sockets."""

    def __init__(self, key: bytes, session_id: str) -> None:
        self.session_id = session_id
        self._hmac = hmac.new(key, digestmod=hashlib.sha256)
        self._header_decoder = msgspec.json.Decoder(Header)

    def pack(
        self,
        msg_id: str,
        msg_type: str,
        content: bytes,
        at: Millis,
        *,
        parent: bytes = b"{}",
        metadata: bytes = b"{}",
        buffers: list[bytes] | None = None,
    ) -> list[bytes]:
        header = msgspec.json.encode(
            {
                "msg_id": msg_id,
                "msg_type": msg_type,
                "username": "noctule",
                "session": self.session_id,
                "date": datetime.fromtimestamp(at / 1000, UTC).isoformat(),
                "version": PROTOCOL_VERSION,
            }
        )
        parts = [header, parent, metadata, content]
        return [DELIMITER, self._sign(parts), *parts, *(buffers or [])]

    def unpack(self, frames: list[bytes]) -> Message:
        try:
            start = frames.index(DELIMITER)
            signature, header, parent, metadata, content, *buffers = frames[start + 1 :]
        except ValueError:
            raise Untrusted("not a Jupyter message") from None
        if not hmac.compare_digest(signature, self._sign([header, parent, metadata, content])):
            raise Untrusted("the signature is wrong")
        try:
            decoded = self._header_decoder.decode(header)
            parent_id = self._header_decoder.decode(parent).msg_id
        except DECODE_ERRORS as error:
            raise Untrusted(f"its header cannot be read: {error}") from error
        return Message(decoded, header, parent_id, metadata, content, buffers)

    def _sign(self, parts: list[bytes]) -> bytes:
        digest = self._hmac.copy()
        for part in parts:
            digest.update(part)
        return digest.hexdigest().encode()
