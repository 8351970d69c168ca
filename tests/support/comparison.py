"""Compares two executed notebooks as a person would: what they say, not when or where it was said. Pure.

What is put aside before two values are compared (exact equality is looked for first):

    streams     neighbours of one name are one text, folded as a terminal shows it; where stdout and stderr touch, their
                order is chance (two pipes), so each is compared by itself
    text        addresses, process ids, temporary paths, uuids, durations, rates, moments (`MASKS`)
    images      equal bytes, else the same type and about the same size
    widgets     model ids are random: a model is named by what it says and by the models that it refers to
    cells       the ids that a file without ids was given

`compare(reference, again, found)` takes a second run of the reference: what differs between the two is chance, and only
its form is compared (kinds and order of outputs, MIME types).
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, Final

import msgspec

from noctule.runs.fold import Screen, fold

WIDGET_STATE: Final = "application/vnd.jupyter.widget-state+json"
WIDGET_VIEW: Final = "application/vnd.jupyter.widget-view+json"
MODEL: Final = "IPY_MODEL_"
IMAGE_SLACK: Final = 0.02
"""Two renderings of one figure differ in a few bytes (dates in the file, antialiasing)."""
EXCERPT: Final = 160
DEPTH: Final = 6
"""How far references between widget models are followed."""

_UNIT: Final = r"(?:ns|[µμu]s|ms|s|sec|secs|seconds|min|minutes|h)"
_NUMBER: Final = r"\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?"
_DAY: Final = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*"
_MONTH: Final = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"

MASKS: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern), mask)
    for pattern, mask in (
        (r"0x[0-9a-fA-F]{4,}", "<address>"),
        (r"(?<=\bat )[0-9A-F]{8,}\b", "<address>"),
        (r"/tmp/ipykernel_\d+/\d+\.py", "<cell file>"),
        (r"(?:/private)?(?:/var/folders|/tmp)/[^\s'\":,)\]<>]+", "<temporary path>"),
        (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "<uuid>"),
        (r"\b[0-9a-f]{32}\b", "<uuid>"),
        (r"\b[Pp][Ii][Dd]\W{0,3}\d+", "<pid>"),
        # A progress bar of tqdm: how far it came is compared, how fast it was is not.
        (r"\[\d+:\d\d(?::\d\d)?<[^\]]*\]", "[<rate>]"),
        (rf"{_NUMBER} ?(?:it|B|[kMG]B)/s", "<rate>"),
        (
            rf"\b{_DAY},? (?:{_MONTH} +\d+|\d+ {_MONTH})[ ,]+(?:\d{{4}} )?\d+:\d\d(?::\d\d)?(?: [A-Z]+)?(?: \d{{4}})?",
            "<moment>",
        ),
        (r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[-+]\d\d:?\d\d)?", "<moment>"),
        (rf"(?:{_NUMBER} ?{_UNIT}\b[ ,]*)+(?: ± {_NUMBER} ?{_UNIT}\b)?", "<duration>"),
        (r"\(mean ± std\. dev\. of \d+ runs?, [\d,]+ loops? each\)", "<loops>"),
        (rf"\b{_NUMBER} (?:function calls|primitive calls)", "<calls>"),
    )
)


class Difference(msgspec.Struct, frozen=True):
    """`where` as a person counts: `cell 3, output 1, text/plain`."""

    where: str
    reference: str
    found: str

    def __str__(self) -> str:
        return f"{self.where}: {self.reference} | {self.found}"


class Comparison(msgspec.Struct, frozen=True):
    """`by_chance`: how many code cells differ between two runs of the reference itself."""

    cells: int
    by_chance: int
    differences: list[Difference]


def compare(reference: dict[str, Any], again: dict[str, Any] | None, found: dict[str, Any]) -> Comparison:
    """Notebooks as nbformat 4 dicts. `again`: a second run of the reference, when there is one."""
    cells = reference["cells"]
    differences: list[Difference] = []
    by_chance = 0
    if len(cells) != len(found["cells"]):
        differences.append(Difference("notebook", f"{len(cells)} cells", f"{len(found['cells'])} cells"))
    for index, (one, other) in enumerate(zip(cells, found["cells"], strict=False)):
        where = f"cell {index + 1}"
        unlike = list(_cell(where, one, other))
        if unlike and again is not None and list(_cell(where, one, again["cells"][index])):
            by_chance += 1
            unlike = list(_form(where, one, again["cells"][index], other))
        differences += unlike
    unlike = list(_metadata(reference["metadata"], found["metadata"]))
    if unlike and again is not None and list(_metadata(reference["metadata"], again["metadata"])):
        unlike = []
    return Comparison(sum(cell["cell_type"] == "code" for cell in cells), by_chance, differences + unlike)


# --- cells ----------------------------------------------------------------------------------------------------------


def _cell(where: str, one: dict[str, Any], other: dict[str, Any]) -> Iterator[Difference]:
    for key in ("cell_type", "source", "metadata", "attachments"):
        yield from _unequal(f"{where}, {key}", _plain(one, key), _plain(other, key))
    if one["cell_type"] != "code":
        return
    yield from _unequal(f"{where}, execution_count", one.get("execution_count"), other.get("execution_count"))
    mine, theirs = outputs(one), outputs(other)
    for number, (left, right) in enumerate(zip(mine, theirs, strict=False), 1):
        yield from _unequal_output(f"{where}, output {number}", left, right)
    for number, extra in enumerate(mine[len(theirs) :], len(theirs) + 1):
        yield Difference(f"{where}, output {number}", _shown(extra), "nothing")
    for number, extra in enumerate(theirs[len(mine) :], len(mine) + 1):
        yield Difference(f"{where}, output {number}", "nothing", _shown(extra))


def _plain(cell: dict[str, Any], key: str) -> Any:
    if key == "source":
        return _text(cell[key])
    if key == "metadata":
        return {name: value for name, value in cell[key].items() if name != "execution"}
    return cell.get(key) or None


def _form(where: str, one: dict[str, Any], again: dict[str, Any], other: dict[str, Any]) -> Iterator[Difference]:
    """What differs by chance has at least the same form, unless that is chance too."""
    form = forms(outputs(one))
    if form == forms(outputs(again)):
        yield from _unequal(f"{where}, form of the outputs", form, forms(outputs(other)))


def forms(found: list[dict[str, Any]]) -> list[str]:
    """Of each output its kind, and what it is made of."""
    return [
        f"{each['output_type']}: {', '.join(sorted(each.get('data') or each.get('streams') or ()))}" for each in found
    ]


def outputs(cell: dict[str, Any]) -> list[dict[str, Any]]:
    """Streams that touch become one output `streams` with a text for each name."""
    found: list[dict[str, Any]] = []
    for is_stream, group in groupby(cell["outputs"], key=lambda output: output["output_type"] == "stream"):
        together = list(group)
        found += _streams(together) if is_stream else together
    return found


def _streams(pieces: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Pieces of one name that touch are folded as one."""
    streams: dict[str, list[str]] = {}
    for name, group in groupby(pieces, key=lambda piece: str(piece.get("name", "stdout"))):
        streams.setdefault(name, []).append(folded("".join(_text(piece["text"]) for piece in group)))
    texts = {name: "".join(parts) for name, parts in streams.items()}
    return [{"output_type": "stream", "streams": texts}] if any(texts.values()) else []


def folded(text: str) -> str:
    """As a terminal shows it at the end."""
    finished, screen = fold(Screen(), text)
    return finished + screen.tail


# --- outputs --------------------------------------------------------------------------------------------------------


def _unequal_output(where: str, one: dict[str, Any], other: dict[str, Any]) -> Iterator[Difference]:
    if one["output_type"] != other["output_type"]:
        yield Difference(where, _shown(one), _shown(other))
        return
    for key in ("ename", "execution_count", "metadata"):
        yield from _unequal(f"{where}, {key}", one.get(key), other.get(key))
    for key in ("evalue", "traceback"):
        yield from _unequal_text(f"{where}, {key}", _lines(one.get(key)), _lines(other.get(key)))
    for key in ("streams", "data"):
        mine, theirs = one.get(key) or {}, other.get(key) or {}
        yield from _unequal(f"{where}, {key}", sorted(mine), sorted(theirs))
        for name in sorted(mine.keys() & theirs.keys()):
            yield from _unequal_value(f"{where}, {name}", name, mine[name], theirs[name])


def _unequal_value(where: str, name: str, one: Any, other: Any) -> Iterator[Difference]:
    if name == WIDGET_VIEW:
        return  # a random model id; the models themselves are compared
    if name.startswith("image/") and name != "image/svg+xml":
        left, right = (base64.b64decode(_text(value)) for value in (one, other))
        if left != right and abs(len(left) - len(right)) > IMAGE_SLACK * len(left):
            yield Difference(where, f"{len(left)} bytes", f"{len(right)} bytes")
    elif isinstance(one, str | list) and isinstance(other, str | list):
        yield from _unequal_text(where, _text(one), _text(other))
    else:
        yield from _unequal_text(where, _json(one), _json(other))


def _unequal_text(where: str, one: str, other: str) -> Iterator[Difference]:
    if one != other and masked(one) != masked(other):
        yield Difference(where, *_apart(masked(one), masked(other)))


def masked(text: str) -> str:
    for pattern, mask in MASKS:
        text = pattern.sub(mask, text)
    return text


# --- metadata and widgets -------------------------------------------------------------------------------------------


def _metadata(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Difference]:
    for key in sorted((one.keys() | other.keys()) - {"widgets"}):
        yield from _unequal(f"metadata.{key}", one.get(key), other.get(key))
    mine, theirs = models(one), models(other)
    yield from _unequal(
        "widgets, models", [json.loads(each)[0] for each in mine], [json.loads(each)[0] for each in theirs]
    )
    for number, (left, right) in enumerate(zip(mine, theirs, strict=False), 1):
        yield from _unequal_text(f"widgets, model {number}", left, right)


def models(metadata: Mapping[str, Any]) -> list[str]:
    """The widget models, each named by what it says: JSON texts in order."""
    saved = (metadata.get("widgets") or {}).get(WIDGET_STATE) or {}
    state: dict[str, Any] = saved.get("state") or {}
    return sorted(masked(_json(_model(state, id_, DEPTH))) for id_ in state)


def _model(state: dict[str, Any], id_: str, depth: int) -> list[Any]:
    model = state.get(id_)
    if model is None:
        return ["missing"]
    name = f"{model['model_module']} {model['model_name']} {model['model_module_version']}"
    if depth == 0:
        return [name]
    buffers = sorted(_json([buffer["path"], buffer["data"]]) for buffer in model.get("buffers") or [])
    values = {key: value for key, value in model["state"].items() if key != "msg_id"}
    if "outputs" in values:
        values["outputs"] = outputs({"outputs": values["outputs"]})
    return [name, _referred(state, values, depth), buffers]


def _referred(state: dict[str, Any], value: Any, depth: int) -> Any:
    if isinstance(value, str) and value.startswith(MODEL):
        return _model(state, value.removeprefix(MODEL), depth - 1)
    if isinstance(value, list):
        return [_referred(state, item, depth) for item in value]
    if isinstance(value, dict):
        return {
            key: "<model>" if key == "model_id" else _referred(state, item, depth)
            for key, item in value.items()
            if key != "transient"
        }
    return value


# --- words ----------------------------------------------------------------------------------------------------------


def _unequal(where: str, one: Any, other: Any) -> Iterator[Difference]:
    if one != other:
        yield Difference(where, *_apart(_json(one), _json(other)))


def _apart(one: str, other: str) -> tuple[str, str]:
    """Both from a little before they part."""
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    start = max(0, at - EXCERPT // 4)
    return repr(one[start : start + EXCERPT]), repr(other[start : start + EXCERPT])


def _shown(output: dict[str, Any]) -> str:
    return repr(_json(output)[:EXCERPT])


def _lines(value: Iterable[str] | str | None) -> str:
    return value if isinstance(value, str) else "\n".join(value or ())


def _text(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "".join(value)


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
