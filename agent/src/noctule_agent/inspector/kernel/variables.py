"""The variables of the notebook's code: what a person gave a name to, without modules, functions, classes and privates."""

from __future__ import annotations

import types
from typing import Any

from .layouts import ItemsTable, table_of
from .words import class_name, is_a, length, of_library, plain, words

_LEFT_OUT = (
    *(types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType, type),
    *(types.MethodWrapperType, types.WrapperDescriptorType, types.MethodDescriptorType),
)


def variables(shell: Any, limits: dict[str, Any]) -> dict[str, Any]:
    hidden = dict(shell.user_ns_hidden)
    names = sorted((name for name, value in snapshot(shell.user_ns) if _is_shown(name, value, hidden)), key=str.lower)
    items = [described(name, shell.user_ns.get(name), limits["LOOK_CHARS"]) for name in names[: limits["VARIABLES"]]]
    return {"t": "variable-list", "items": items, "total": len(names)}


def snapshot(namespace: dict[str, Any]) -> list[tuple[str, Any]]:
    """Its items at this moment; the notebook may be changing it."""
    while True:
        try:
            return [(name, value) for name, value in namespace.copy().items() if type(name) is str]
        except RuntimeError:
            continue


def _is_shown(name: str, value: Any, hidden: dict[str, Any]) -> bool:
    if name.startswith("_") or (name in hidden and hidden[name] is value):
        return False
    return not any(is_a(value, cls) for cls in _LEFT_OUT)


def described(name: str, value: Any, chars: int) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "type": class_name(value), "kind": "object"}
    try:
        found.update(_details(value, chars))
    except Exception:
        # Changed by the notebook while it was read: it is there, and that is said.
        found["preview"] = ""
    return found


def _details(value: Any, chars: int) -> dict[str, Any]:
    table = table_of(value)
    if table is not None:
        found = {"kind": table.kind, "shape": table.shape, "preview": table.preview(chars)[:chars], "opens": True}
        size = _size(value) if isinstance(table, ItemsTable) else table.size
        return dict(found, size=size)
    kind = _kind(value)
    count = length(value)
    details = {"kind": kind, "preview": words(value, chars), "size": _size(value)}
    return details if count is None else dict(details, shape=[count])


def _kind(value: Any) -> str:
    if is_a(value, str) or is_a(value, bytes) or is_a(value, bytearray):
        return "text"
    if any(is_a(value, cls) for cls in (int, float, complex)) or of_library(value, "numpy", "number"):
        return "number"
    return "object"


def _size(value: Any) -> int | None:
    """Of the value itself, without what it holds; None where its class would have to be asked."""
    for base in (bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset):
        if is_a(value, base):
            return int(base.__sizeof__(value))
    return None


def named(shell: Any, name: str) -> tuple[bool, Any]:
    """The value of a variable, if there is one."""
    for known, value in snapshot(shell.user_ns):
        if known == plain(name):
            return True, value
    return False, None
