"""What IPython knows of code that is being written: completions, inspection, and whether it is whole."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

from . import kinds
from .words import plain

INSPECTED_CHARS = 200_000


def complete(kernel: Any, ask: dict[str, Any], limits: dict[str, Any]) -> dict[str, Any]:
    code = ask["code"]
    cursor = min(ask["cursor"], len(code))
    start, end, items = _rich(kernel, code, cursor, limits["COMPLETIONS"] + 1) or _simple(kernel, code, cursor)
    most = limits["COMPLETIONS"]
    return {"t": "completions", "start": start, "end": end, "items": items[:most], "more": len(items) > most}


def _rich(kernel: Any, code: str, cursor: int, most: int) -> tuple[int, int, list[dict[str, str]]] | None:
    """With types, as IPython's own completer has them; None where this IPython has it differently."""
    try:
        from IPython.core.completer import ProvisionalCompleterWarning, rectify_completions

        _quiet(ProvisionalCompleterWarning)
        found = list(_some(rectify_completions(code, kernel.shell.Completer.completions(code, cursor)), most))
    except (ImportError, AttributeError, TypeError, Warning):
        return None
    if not found:
        return cursor, cursor, []
    start = found[0].start
    owner = kinds.owner_of(kernel.shell, code[:start])
    items = []
    for one in found:
        text, type_ = plain(one.text), plain(one.type)
        if type_ in ("", "<unknown>"):
            # IPython gives itself half a second for the types of all of them.
            type_ = owner(text)
        items.append({"text": text, "type": type_, "signature": plain(one.signature)})
    return start, found[0].end, items


def _quiet(category: Any) -> None:
    """As `IPython.core.completer.provisionalcompleter`, which would put back the filters that a cell is changing."""
    if not any(entry[0] == "ignore" and entry[2] is category for entry in warnings.filters):
        warnings.simplefilter("ignore", category)


def _some(found: Any, most: int) -> Iterator[Any]:
    for count, one in enumerate(found):
        if count >= most:
            return
        yield one


def _simple(kernel: Any, code: str, cursor: int) -> tuple[int, int, list[dict[str, str]]]:
    reply = kernel.do_complete(code, cursor)
    items = [{"text": plain(match), "type": "", "signature": ""} for match in reply["matches"]]
    return reply["cursor_start"], reply["cursor_end"], items


def inspect(kernel: Any, ask: dict[str, Any]) -> dict[str, Any]:
    code = ask["code"]
    reply = kernel.do_inspect(code, min(ask["cursor"], len(code)), ask.get("detail", 0))
    data = {plain(mime): plain(text)[:INSPECTED_CHARS] for mime, text in reply.get("data", {}).items() if plain(text)}
    return {"t": "inspected", "found": bool(reply.get("found")), "data": data}


def is_complete(kernel: Any, ask: dict[str, Any]) -> dict[str, Any]:
    reply = kernel.do_is_complete(ask["code"])
    return {"t": "completeness", "status": reply["status"], "indent": reply.get("indent", "")}
