"""The size of a picture, from its header. No SQL. What a header says is not trusted: a number too large is none."""

import io
from typing import Final

import imagesize

_RASTER: Final = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM")
"""By these the formats begin that a browser shows; all but AVIF, whose name stands behind a length. Others, such as SVG, would
be read by a parser of XML."""
_LARGEST: Final = 100_000


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels, as it is shown: turned as its EXIF says. None when it cannot be read."""
    if not data.startswith(_RASTER) and data[4:12] != b"ftypavif":
        return None
    width, height = imagesize.get(io.BytesIO(data))
    return (width, height) if 0 < width < _LARGEST and 0 < height < _LARGEST else None
