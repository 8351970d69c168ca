"""Words for a value, without running code of the notebook: no `__repr__`, `__len__`, `__class__`, property or metaclass.

A value's class is `type(value)`, its length that of the built-in type that it is made of, its parts those that lie in it.
Classes whose words are known to be quick (numbers, dates, paths) say theirs; any other is named, with its fields.
"""

from __future__ import annotations

import collections
import enum
import sys
import types
from collections.abc import Iterable
from itertools import islice
from typing import Any

PARTS = 6
"""Of what a value holds, so many are named."""
DEPTH = 2
INTEGER_BITS = 512

_name_of = type.__dict__["__name__"].__get__
_module_of = type.__dict__["__module__"].__get__
_mro_of = type.__dict__["__mro__"].__get__
dictionary_of = type.__dict__["__dict__"].__get__

_QUICK = {id(cls) for cls in (type(None), bool, float, complex, type(...), type(NotImplemented))}
_SAYS = {
    "datetime": ("date", "datetime", "time", "timedelta", "timezone"),
    "decimal": ("Decimal",),
    "fractions": ("Fraction",),
    "pathlib": ("PosixPath", "PurePosixPath", "WindowsPath", "PureWindowsPath"),
    "uuid": ("UUID",),
    "pandas": ("Timestamp", "Timedelta", "Period", "Interval"),
}
_LIBRARIES = frozenset({"pandas", "geopandas", "numpy", "torch", "tensorflow", "jax", "jaxlib"})
_LENGTHS: Any = (str, bytes, bytearray, list, tuple, dict, set, frozenset, collections.deque)


# --- classes ---------------------------------------------------------------------------------------------------------


def class_name(value: Any) -> str:
    return plain(_name_of(type(value)))


def ancestors(value: Any) -> tuple[type, ...]:
    found: tuple[type, ...] = _mro_of(type(value))
    return found


def is_a(value: Any, base: Any) -> bool:
    """As `isinstance`, which would ask the value itself and the base's metaclass."""
    return any(cls is base for cls in ancestors(value))


def of_library(value: Any, module: str, name: str) -> bool:
    """Whether it is one of a library's class, and the notebook has imported that library."""
    base = vars(sys.modules[module]).get(name) if module in sys.modules else None
    return base is not None and is_a(value, base)


def unchanged(value: Any, base: Any, names: Iterable[str]) -> bool:
    """No class of the notebook's between the value's own and `base` has a say in these attributes."""
    for cls in ancestors(value):
        if cls is base:
            return True
        if plain(_module_of(cls)).split(".")[0] not in _LIBRARIES and any(name in dictionary_of(cls) for name in names):
            return False
    return False


def length(value: Any) -> int | None:
    """Of what is made of a built-in container."""
    for base in _LENGTHS:
        if is_a(value, base):
            return int(base.__len__(value))
    return None


def fields(value: Any) -> dict[str, Any]:
    """The attributes that lie in the instance, by name; nothing is computed."""
    found: dict[str, Any] = {}
    for cls in ancestors(value):
        own = dictionary_of(cls)
        if type(own.get("__dict__")) not in (type(None), types.GetSetDescriptorType, types.MemberDescriptorType):
            return {}
        if plain(_module_of(cls)) != "builtins":
            found.update(_slots(value, own))
    try:
        inside = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return found
    if type(inside) is dict:
        found.update((name, item) for name, item in list(inside.items()) if type(name) is str)
    return found


def _slots(value: Any, own: Any) -> dict[str, Any]:
    found = {}
    for name, descriptor in own.items():
        if type(descriptor) is types.MemberDescriptorType:
            try:
                found[name] = descriptor.__get__(value)
            except AttributeError:
                continue
    return found


# --- words -----------------------------------------------------------------------------------------------------------


def plain(text: Any) -> str:
    """A real `str`; "" for what is none."""
    return str.__getitem__(text, slice(None)) if is_a(text, str) else ""


def cut(text: str, chars: int) -> str:
    return text if len(text) <= chars else text[: max(0, chars - 1)] + "…"


def words(value: Any, chars: int, depth: int = DEPTH) -> str:
    """As Python would write it, in so many characters."""
    try:
        return cut(_words(value, chars, depth), chars)
    except Exception:
        # Changed by the notebook while it was read, or a limit of Python's own.
        return class_name(value)


def shown(value: Any, chars: int) -> str:
    """As `words`; a text is itself."""
    if is_a(value, str):
        return cut(str.__getitem__(value, slice(0, chars + 1)), chars)
    return words(value, chars)


def _words(value: Any, chars: int, depth: int) -> str:
    cls = type(value)
    if id(cls) in _QUICK:
        return repr(value)
    if is_a(value, int):
        bits = int.bit_length(value)
        return int.__repr__(value) if bits <= INTEGER_BITS and not is_a(value, enum.Enum) else _integer(value, bits)
    if is_a(value, str):
        return repr(str.__getitem__(value, slice(0, chars)))
    if is_a(value, bytes):
        return repr(bytes.__getitem__(value, slice(0, chars)))
    if is_a(value, bytearray):
        return "bytearray(" + repr(bytes(bytearray.__getitem__(value, slice(0, chars)))) + ")"
    if cls is range:
        return repr(value)
    if says_itself(value):
        return str(value)
    held = _held(value, chars, depth)
    return held if held is not None else _named(value, chars, depth)


def says_itself(value: Any) -> bool:
    """A number, date or path of a known library, whose `str` is quick."""
    cls = type(value)
    for module, names in _SAYS.items():
        if module in sys.modules and any(vars(sys.modules[module]).get(name) is cls for name in names):
            return True
    if "pandas" in sys.modules:
        pandas = vars(sys.modules["pandas"])
        if value is pandas.get("NaT") or value is pandas.get("NA"):
            return True
    if of_library(value, "numpy", "generic") and not of_library(value, "numpy", "void"):
        return plain(_module_of(cls)) == "numpy" and vars(sys.modules["numpy"]).get(class_name(value)) is cls
    return False


def _integer(value: Any, bits: int) -> str:
    return _member(value) if is_a(value, enum.Enum) else f"int of {bits:,} bits"


def _member(value: Any) -> str:
    return class_name(value) + "." + plain(fields(value).get("_name_"))


def _held(value: Any, chars: int, depth: int) -> str | None:
    """Of a built-in container: its first parts."""
    if is_a(value, dict):
        pairs = islice(dict.items(value), PARTS)
        inside = [words(k, chars, 0) + ": " + words(v, chars, depth - 1) for k, v in pairs] if depth else []
        return _bracketed("{", inside, "}", dict.__len__(value))
    for base, opening, closing in (
        (list, "[", "]"),
        (tuple, "(", ")"),
        (set, "{", "}"),
        (frozenset, "frozenset({", "})"),
        (collections.deque, "deque([", "])"),
    ):
        if is_a(value, base):
            iterate: Any = base.__iter__
            inside = [words(item, chars, depth - 1) for item in islice(iterate(value), PARTS)] if depth else []
            if base is tuple and len(inside) == 1:
                inside = [inside[0] + ","] if tuple.__len__(value) == 1 else inside
            return _bracketed(opening, inside, closing, base.__len__(value))
    return None


def _bracketed(opening: str, inside: list[str], closing: str, count: int) -> str:
    rest = ["…"] if count > len(inside) else []
    return opening + ", ".join(inside + rest) + closing


def _named(value: Any, chars: int, depth: int) -> str:
    if is_a(value, type):
        return "class " + plain(_name_of(value))
    if is_a(value, types.ModuleType):
        return "module"
    if is_a(value, enum.Enum):
        return _member(value)
    if not depth:
        return class_name(value)
    inside = fields(value)
    shown_fields = [plain(name) for name in islice(inside, PARTS) if not name.startswith("__")]
    parts = [name + "=" + words(inside[name], chars, depth - 1) for name in shown_fields]
    return class_name(value) + (_bracketed("(", parts, ")", len(inside)) if inside else "")


# --- numbers and nothing ---------------------------------------------------------------------------------------------

_EXACT = 2**53


def number(value: Any) -> float | None:
    """A finite number as a float, where that loses nothing that can be seen."""
    try:
        if type(value) in (int, float):
            found = float(value) if abs(value) <= _EXACT or type(value) is float else None
        elif (
            of_library(value, "numpy", "number")
            and says_itself(value)
            and not of_library(value, "numpy", "complexfloating")
            and not of_library(value, "numpy", "timedelta64")
        ):
            found = float(value)
        else:
            return None
    except (OverflowError, ValueError):
        return None
    return found if found is not None and abs(found) <= sys.float_info.max else None


def missing(value: Any) -> bool:
    """None, NaN, NaT, NA."""
    if value is None or (is_a(value, float) and float.__ne__(value, value) is True):
        return True
    if "pandas" in sys.modules:
        pandas = vars(sys.modules["pandas"])
        if value is pandas.get("NaT") or value is pandas.get("NA"):
            return True
    if of_library(value, "numpy", "generic") and says_itself(value):
        return bool(value != value)
    return False
