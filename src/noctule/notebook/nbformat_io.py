"""The .ipynb: bytes in, values out, and back. Pure; nbformat itself is only asked to convert nbformat 3.

In: nbformat 3 and 4, upgraded to 4.5. Lenient as Jupyter is (mend.py), but what is no notebook is refused with a code:
notebook-not-json, notebook-invalid, notebook-version, notebook-too-deep, notebook-too-many-cells, notebook-too-large.

Out: byte for byte what `nbformat.write` makes of the same dict, save that floats are spelled as orjson spells them (1e16
for 1e+16). Differences on the way in, all without a change of meaning in JSON: a float without a fraction in metadata becomes
an integer; lone surrogates become U+FFFD; an id is kept where nbformat would make a random one. NaN and Infinity in
outputs are read and written as Python's json does, as Jupyter does.
"""

import json
from collections.abc import Callable
from typing import Any, Final

import msgspec
import orjson

from noctule.errors import Invalid, TooLarge
from noctule.notebook.layout import TRANSIENT, pieces
from noctule.notebook.mend import IdGiver, ParsedCell, mend_cell
from noctule.notebook.values import canonical, clean_deep, deeper_than, normal
from noctule_agent.wire.limits import CELLS_PER_NOTEBOOK, NESTING_DEPTH, NOTEBOOK_FILE_BYTES

__all__ = ["ParsedCell", "ParsedNotebook", "canonical", "dump", "parse"]

_BOM: Final = b"\xef\xbb\xbf"
_OWN_FIELDS: Final = frozenset({"nbformat", "nbformat_minor", "cells", "metadata"})


class ParsedNotebook(msgspec.Struct, frozen=True):
    """A notebook file. `nb` has `metadata` and the top-level fields that nbformat does not know."""

    nb: dict[str, Any]
    cells: list[ParsedCell]


def parse(data: bytes, new_id: Callable[[], str]) -> ParsedNotebook:
    """The notebook in these bytes; `new_id` is asked for the ids of cells that have none or a taken one."""
    if len(data) > NOTEBOOK_FILE_BYTES:
        detail = f"It has {len(data)} bytes; {NOTEBOOK_FILE_BYTES} are allowed. Clear its outputs and try again."
        raise TooLarge("notebook-too-large", "This notebook is too large.", detail)
    found = _upgraded(_json(data))
    cells = found.get("cells")
    if not isinstance(cells, list):
        raise _no_notebook("It has no list of cells.")
    if len(cells) > CELLS_PER_NOTEBOOK:
        detail = f"It has {len(cells)} cells; {CELLS_PER_NOTEBOOK} are allowed. Split it."
        raise TooLarge("notebook-too-many-cells", "This notebook has too many cells.", detail)
    ids = IdGiver(new_id)
    metadata = found.get("metadata")
    nb: dict[str, Any] = {key: normal(value) for key, value in found.items() if key not in _OWN_FIELDS}
    kept = normal(metadata) if isinstance(metadata, dict) else {}
    nb["metadata"] = {key: value for key, value in kept.items() if key not in TRANSIENT}
    return ParsedNotebook(nb=nb, cells=[mend_cell(cell, number, ids) for number, cell in enumerate(cells, 1)])


def _json(data: bytes) -> dict[str, Any]:
    data = data.removeprefix(_BOM)
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError:
        found = _lenient_json(data)
    if not isinstance(found, dict):
        raise _no_notebook("It is JSON, but not an object.")
    if deeper_than(found, NESTING_DEPTH):
        raise _too_deep()
    return found


def _lenient_json(data: bytes) -> Any:
    """What orjson refuses and Jupyter reads: NaN, Infinity, huge numbers, lone surrogates; and bytes that are no UTF-8."""
    try:
        found = json.loads(data.decode(errors="replace"))
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:
        if not data.strip():
            detail = "It is empty. Create a notebook in the page, or with any Jupyter, and try again."
            raise Invalid("notebook-not-json", "This is not a notebook: it is not JSON.", detail) from None
        detail = f"{error}. It may be damaged, or not an .ipynb."
        raise Invalid("notebook-not-json", "This is not a notebook: it is not JSON.", detail) from None
    if deeper_than(found, NESTING_DEPTH):
        raise _too_deep()
    return clean_deep(found)


def _upgraded(found: dict[str, Any]) -> dict[str, Any]:
    """The notebook in the layout of nbformat 4."""
    major = found.get("nbformat")
    if not isinstance(major, int) or isinstance(major, bool):
        raise _no_notebook("It does not say which nbformat it is.")
    if major == 3:
        return _from_v3(found)
    if major != 4:
        age = "newer than this server knows" if major > 4 else "older than this server reads"
        detail = f"It is of nbformat {major}, {age}. Save it as nbformat 4 and try again."
        raise Invalid("notebook-version", "This notebook's format is not supported.", detail)
    return found


def _from_v3(found: dict[str, Any]) -> dict[str, Any]:
    # Here, for nbformat takes 0.2 s to import and few files need it.
    import nbformat

    read: Any = nbformat.versions[3].to_notebook_json
    convert: Any = nbformat.convert
    try:
        upgraded: dict[str, Any] = convert(read(found), 4)
    except Exception as error:
        # nbformat raises whatever a malformed file makes it stumble over.
        raise _no_notebook(f"It says nbformat 3, but cannot be converted: {error!r}.") from error
    for cell in upgraded["cells"]:
        # A random one of nbformat's: `new_id` gives ids here.
        cell.pop("id", None)
    return upgraded


def _no_notebook(detail: str) -> Invalid:
    return Invalid("notebook-invalid", "This is not a notebook.", detail)


def _too_deep() -> Invalid:
    detail = f"Its values nest more than {NESTING_DEPTH} deep."
    return Invalid("notebook-too-deep", "This notebook cannot be read.", detail)


# --- writing --------------------------------------------------------------------------------------------------------


def dump(nb: dict[str, Any]) -> bytes:
    """The whole file at once: see layout.py."""
    return b"".join(pieces(nb))
