"""How much room an output takes, as far as it can be told without drawing it. Pure; the page's `plan.ts` decides what is drawn."""

import base64
import re
from dataclasses import dataclass
from typing import Any, Final

from noctule.store.dataframes import table_lines
from noctule.store.pictures import picture_size
from noctule_agent.wire.limits import ERROR_LINES
from noctule_agent.wire.state import DisplayOutput, ErrorOutput, Inline, MimeValue, Output

_BEFORE_HTML: Final = re.compile(r"application/vnd\.(jupyter\.widget-view|bokehjs_\w+|vegalite|vega|plotly)\b")
_BEFORE_PICTURES: Final = re.compile(
    r"application/vnd\.(jupyter\.widget-view|bokehjs_\w+|vegalite|vega|plotly)\b|text/html$|(application|text)/javascript$"
    r"|application/pdf$|(audio|video)/|text/markdown$|image/svg|text/latex$"
)
"""Shown in place of a picture, and of a height that only a browser knows."""
_PICTURE: Final = re.compile(r"image/(png|jpeg|gif|webp|bmp|avif)$")
_BEFORE_TEXT: Final = re.compile(r"application/(geo\+)?json$|text/(csv|tab-separated-values)$")
_LINE_CHARS: Final = 80


@dataclass(frozen=True)
class Measure:
    """Lines of text, the size of a picture in CSS pixels, or lines of a table; 0 where there is none or it is not known."""

    lines: int = 0
    width: int = 0
    height: int = 0
    rows: int = 0


def measure(output: Output) -> Measure:
    """Of a display or an error; the lines of a stream are counted as it grows."""
    match output:
        case DisplayOutput():
            return _display(output)
        case ErrorOutput():
            return Measure(lines=ERROR_LINES)
        case _:
            return Measure()


def _display(output: DisplayOutput) -> Measure:
    rows = _rows(output)
    if rows:
        return Measure(rows=rows)
    if any(_BEFORE_PICTURES.match(mime_type) for mime_type in output.data):
        return Measure()
    for mime_type, value in output.data.items():
        if _PICTURE.match(mime_type):
            size = _said(output.metadata.get(mime_type)) or _said(output.metadata) or _read(value)
            return Measure() if size is None else Measure(0, *size)
    text = output.data.get("text/plain")
    if text is None or any(_BEFORE_TEXT.match(mime_type) for mime_type in output.data):
        return Measure()
    return Measure(lines=_lines(text))


def _rows(output: DisplayOutput) -> int:
    """Of a DataFrame, which has a text too; that of an HTML object is `<IPython...>`. One with widgets is shown by them."""
    html, text = output.data.get("text/html"), output.data.get("text/plain")
    if html is None or text is None or any(_BEFORE_HTML.match(mime_type) for mime_type in output.data):
        return 0
    if isinstance(text, Inline) and str(text.value).startswith("<"):
        return 0
    return table_lines(str(html.value)) if isinstance(html, Inline) else html.rows


def _said(metadata: Any) -> tuple[int, int] | None:
    """What the kernel says: of a retina figure half of its pixels."""
    if not isinstance(metadata, dict):
        return None
    width, height = metadata.get("width"), metadata.get("height")
    if isinstance(width, int | float) and isinstance(height, int | float) and 0 < width < 1e5 and 0 < height < 1e5:
        return round(width), round(height)
    return None


def _read(value: MimeValue) -> tuple[int, int] | None:
    if not isinstance(value, Inline):
        return (value.width, value.height) if value.width else None
    try:
        return picture_size(base64.b64decode(str(value.value)))
    except ValueError:  # no base64, or not even ASCII
        return None


def _lines(text: MimeValue) -> int:
    if not isinstance(text, Inline):
        return -(-text.size // _LINE_CHARS)
    return str(text.value).count("\n") + 1
