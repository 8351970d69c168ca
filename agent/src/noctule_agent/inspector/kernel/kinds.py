"""What kind of thing a name stands for, looked up without running code of the notebook: no property, no `__getattr__`."""

from __future__ import annotations

import builtins
import keyword
import re
import types
from collections.abc import Callable
from typing import Any

from .variables import snapshot
from .words import ancestors, dictionary_of, fields, is_a

_PATH = re.compile(r"([^\W\d]\w*(?:\.[^\W\d]\w*)*)\.\s*$")
_NOTHING = object()
_names_of_module: Any = dict(vars(types.ModuleType))["__dict__"]

_FUNCTIONS = (
    *(
        types.FunctionType,
        types.BuiltinFunctionType,
        types.MethodType,
        types.MethodWrapperType,
        staticmethod,
        classmethod,
    ),
    *(types.WrapperDescriptorType, types.MethodDescriptorType, types.ClassMethodDescriptorType),
)
_PROPERTIES = (property, types.GetSetDescriptorType, types.MemberDescriptorType)


def owner_of(shell: Any, before: str) -> Callable[[str], str]:
    """Says of a name after this code what it stands for, in the completer's words; "" where that cannot be seen."""
    path = _PATH.search(before)
    names = dict(snapshot(shell.user_ns))
    if path is None:
        return lambda name: _global(names, name)
    first, *rest = path.group(1).split(".")
    owner = names.get(first, _NOTHING)
    for part in rest:
        owner = _inside(owner, part)
        if any(is_a(owner, kind) for kind in _PROPERTIES):
            owner = _NOTHING
    return lambda name: _kind(_inside(owner, name))


def _global(names: dict[str, Any], name: str) -> str:
    if keyword.iskeyword(name):
        return "keyword"
    return _kind(names[name] if name in names else vars(builtins).get(name, _NOTHING))


def _inside(owner: Any, name: str) -> Any:
    """What lies under this name in the value, its class or the module; a descriptor as it is."""
    if owner is _NOTHING:
        return _NOTHING
    if is_a(owner, types.ModuleType):
        return _names_of_module.__get__(owner).get(name, _NOTHING)
    if is_a(owner, type):
        classes = [*type.__dict__["__mro__"].__get__(owner), *ancestors(owner)]
    else:
        inside = fields(owner)
        if name in inside:
            return inside[name]
        classes = [*ancestors(owner)]
    for cls in classes:
        if name in dictionary_of(cls):
            return dictionary_of(cls)[name]
    return _NOTHING


def _kind(value: Any) -> str:
    if value is _NOTHING:
        return ""
    if any(is_a(value, kind) for kind in _FUNCTIONS):
        return "function"
    if is_a(value, type):
        return "class"
    if is_a(value, types.ModuleType):
        return "module"
    return "property" if any(is_a(value, kind) for kind in _PROPERTIES) else "instance"
