"""The form in which a revision is kept. Data only, and its digests; it may not know rows.

    Manifest
      nb       what people wrote of the notebook as a whole
      machine  what kernels said of it: widget state, language
      cells[]  CellEntry: its content, and of a code cell its outputs

A value of more than PART_BYTES is a part, named by the sha256 of its JSON and kept once for all revisions of a notebook; a
shorter one stands in the manifest itself. Values that are blobs stay blobs. A long text is cut into pieces, which are
blobs: text that was said only grows, so the next revision of it has the same pieces and more.
"""

import hashlib
import zlib
from typing import Any, Final

import msgspec

from noctule.notebook.ops import CellType
from noctule_agent.wire.limits import KB, MB
from noctule_agent.wire.state import BlobRef, DisplayOutput, ErrorOutput, StreamName, StreamOutput
from noctule_agent.wire.values import CellId

PART_BYTES: Final = 1 * KB
"""A shorter value is not worth a row of its own."""
ROW_BYTES: Final = 256 * KB
"""A part that takes more than this, compressed, is kept as a blob."""
PIECE_CHARS: Final = 1 * MB
LEVEL: Final = 6
"""Of compression."""


class KeptText(msgspec.Struct, frozen=True, tag_field="t", tag="long", omit_defaults=True):
    """A long text of a stream: pieces of PIECE_CHARS code points, then `rest`. `output` names the output that it grew in."""

    name: StreamName
    output: str
    chars: int
    pieces: list[str]
    rest: str


KeptOutput = StreamOutput | KeptText | DisplayOutput | ErrorOutput
"""Without ids, and without what only a reducer needs."""


class Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """A JSON value, or the digest of the part that it is."""

    value: Any = None
    part: str = ""


class CellContent(msgspec.Struct, frozen=True, omit_defaults=True):
    """What people wrote of a cell."""

    source: str
    meta: dict[str, Any] = {}
    attachments: dict[str, Any] | None = None
    extra: dict[str, Any] = {}


class CellEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    id: CellId
    type: CellType
    content: Kept
    outputs: Kept | None = None
    count: int | None = None


class Machine(msgspec.Struct, frozen=True, omit_defaults=True):
    widgets: dict[str, Any] | None = None
    language: dict[str, Any] | None = None


class Manifest(msgspec.Struct, frozen=True, omit_defaults=True):
    nb: Kept
    machine: Kept
    cells: list[CellEntry]

    def parts(self) -> set[str]:
        """The digests of all parts."""
        kept = [self.nb, self.machine]
        for cell in self.cells:
            kept.append(cell.content)
            if cell.outputs is not None:
                kept.append(cell.outputs)
        return {one.part for one in kept if one.part}


class Part(msgspec.Struct, frozen=True):
    """The compressed JSON of a part: itself, or the blob that it is. `size` is that of the JSON."""

    digest: str
    size: int
    data: bytes
    stored: str = ""
    blobs: frozenset[str] = frozenset()
    """What its value refers to."""


_encoder: Final = msgspec.json.Encoder(order="deterministic")
contents: Final = msgspec.json.Decoder(CellContent)
outputs: Final = msgspec.json.Decoder(list[KeptOutput])
machines: Final = msgspec.json.Decoder(Machine)
objects: Final = msgspec.json.Decoder(dict[str, Any])
_manifests: Final = msgspec.json.Decoder(Manifest)


def encode(value: Any) -> bytes:
    """The one JSON of a value."""
    return _encoder.encode(value)


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def packed(data: bytes) -> bytes:
    return zlib.compress(data, LEVEL)


def unpacked(data: bytes) -> bytes:
    return zlib.decompress(data)


def to_manifest(data: bytes) -> Manifest:
    return _manifests.decode(unpacked(data))


def blobs_of(found: list[KeptOutput]) -> frozenset[str]:
    """The blobs that these outputs refer to."""
    named: set[str] = set()
    for output in found:
        if isinstance(output, KeptText):
            named.update(output.pieces)
        elif isinstance(output, DisplayOutput):
            named.update(value.sha256 for value in output.data.values() if isinstance(value, BlobRef))
    return frozenset(named)
