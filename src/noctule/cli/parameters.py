"""`--param name=value`: papermill's way to give a notebook its parameters. Pure.

A cell tagged `injected-parameters` that assigns them is put after the cell tagged `parameters`, or first when there is
none; one that is there already is replaced. Only Python notebooks can be given parameters.
"""

import copy
import keyword
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from noctule.errors import Invalid

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


def inject(nb: Mapping[str, Any], params: Mapping[str, Any], cell_id: str) -> dict[str, Any]:
    """A copy of a notebook (nbformat 4, as JSON) with its parameters set. `cell_id` is for a new cell."""
    language = nb.get("metadata", {}).get("kernelspec", {}).get("language", "python")
    if language != "python":
        raise Invalid("param-language", f"This notebook is in {language}.", "--param works for Python notebooks only.")
    changed = copy.deepcopy(dict(nb))
    cells: list[dict[str, Any]] = changed["cells"]
    cell: dict[str, Any] = {
        "cell_type": "code",
        "id": cell_id,
        "metadata": {"tags": [INJECTED_TAG]},
        "source": source(params),
        "outputs": [],
        "execution_count": None,
    }
    injected = _tagged(cells, INJECTED_TAG)
    if injected is not None:
        cells[injected] = cell | {"id": cells[injected].get("id", cell_id)}
    else:
        parameters = _tagged(cells, TAG)
        cells.insert(0 if parameters is None else parameters + 1, cell)
    return changed


def _tagged(cells: list[dict[str, Any]], tag: str) -> int | None:
    return next((i for i, cell in enumerate(cells) if tag in cell.get("metadata", {}).get("tags", [])), None)


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
