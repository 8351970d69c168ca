"""`--param name=value`: papermill's way to give a notebook its parameters. Pure.

A cell tagged `injected-parameters` that assigns them is put after the cell tagged `parameters`, or first when there is
none; one that is there already is replaced. Only Python notebooks can be given parameters.
"""

import keyword
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import orjson

from noctule.errors import Invalid
from noctule.notebook.mend import ParsedCell
from noctule.notebook.nbformat_io import ParsedNotebook
from noctule_agent.wire.values import CellId

TAG = "parameters"
INJECTED_TAG = "injected-parameters"

_WORDS: Mapping[str, Any] = {
    "true": True,
    "True": True,
    "false": False,
    "False": False,
    "null": None,
    "None": None,
    "none": None,
}


def parse(given: Iterable[str]) -> dict[str, Any]:
    """`name=value` texts as values. Raises Invalid for a name that Python would not take; the last of a name wins."""
    params = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.isidentifier() or keyword.iskeyword(name):
            raise Invalid("param-invalid", f"--param {text!r} is not valid.", "Write NAME=VALUE, NAME a Python name.")
        params[name] = value_of(value)
    return params


def value_of(text: str) -> Any:
    """A number, true, false, none, a JSON list, object or string; anything else is the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    if text[:1] in ("[", "{", '"'):
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            return text
    return text


def source(params: Mapping[str, Any]) -> str:
    """The code of the cell."""
    return "\n".join(["# Parameters", *(f"{name} = {_literal(value)}" for name, value in params.items())]) + "\n"


def inject(nb: ParsedNotebook, params: Mapping[str, Any], cell_id: CellId) -> ParsedNotebook:
    """The notebook with its parameters set. `cell_id` is for a new cell."""
    language = _language(nb)
    if language != "python":
        raise Invalid("param-language", f"This notebook is in {language}.", "--param works for Python notebooks only.")
    cells = list(nb.cells)
    new = ParsedCell(id=cell_id, type="code", source=source(params), meta={"tags": [INJECTED_TAG]})
    injected = _tagged(cells, INJECTED_TAG)
    if injected is not None:
        cells[injected] = msgspec.structs.replace(new, id=cells[injected].id)
    else:
        parameters = _tagged(cells, TAG)
        cells.insert(0 if parameters is None else parameters + 1, new)
    return msgspec.structs.replace(nb, cells=cells)


def has_place(nb: ParsedNotebook) -> bool:
    """A cell of it says where parameters go."""
    cells = list(nb.cells)
    return _tagged(cells, TAG) is not None or _tagged(cells, INJECTED_TAG) is not None


def _language(nb: ParsedNotebook) -> str:
    metadata = nb.nb.get("metadata", {})
    spec, info = metadata.get("kernelspec"), metadata.get("language_info")
    found = (spec.get("language") if isinstance(spec, dict) else None) or (
        info.get("name") if isinstance(info, dict) else None
    )
    return str(found or "python").lower()


def _tagged(cells: list[ParsedCell], tag: str) -> int | None:
    for number, cell in enumerate(cells):
        tags = cell.meta.get("tags")
        if isinstance(tags, list) and tag in tags:
            return number
    return None


def _literal(value: Any) -> str:
    """As Python source. `repr` of a float that is no number is none."""
    match value:
        case float() if value != value or value in (float("inf"), float("-inf")):
            return f'float("{value}")'
        case list():
            return "[" + ", ".join(map(_literal, value)) + "]"
        case dict():
            return "{" + ", ".join(f"{key!r}: {_literal(item)}" for key, item in value.items()) + "}"
        case _:
            return repr(value)
