"""Which item each entry of a folder is, after somebody has changed the folder without us. Pure; the rules are those of docs/drive.md.

An item is known by its place first, and then by its birth mark: ids, and with them grants and stars, stay where people know them.
"""

from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

import msgspec

from noctule.store.rows import Mark

Id = TypeVar("Id")


class Seen(msgspec.Struct, frozen=True):
    """An entry as it was, or is."""

    name: bytes
    mark: Mark | None
    """None: it was never looked at."""


class Compared(msgspec.Struct, Generic[Id], frozen=True):
    """`stay`: the item of each name, also of those that have a new one. `come`: no item of this folder. `gone`: no entry of it."""

    stay: Mapping[bytes, Id]
    come: tuple[Seen, ...]
    gone: tuple[Id, ...]


def compare(known: Mapping[Id, Seen], found: Iterable[Seen]) -> Compared[Id]:
    """`known`: names are unique, as they are in `found`. What came may have been moved from another folder: ask its mark."""
    entries = tuple(found)
    by_name = {seen.name: id_ for id_, seen in known.items()}
    stay = {entry.name: by_name[entry.name] for entry in entries if entry.name in by_name}
    placed = set(stay.values())
    moved = {seen.mark: id_ for id_, seen in known.items() if id_ not in placed and _known(seen.mark)}
    come: list[Seen] = []
    for entry in entries:
        if entry.name in stay:
            continue
        # Of two links to one file the first is the item.
        id_ = moved.pop(entry.mark, None)
        if id_ is None:
            come.append(entry)
        else:
            stay[entry.name] = id_
    left = set(stay.values())
    return Compared(stay, tuple(come), tuple(id_ for id_ in known if id_ not in left))


def _known(mark: Mark | None) -> bool:
    return mark is not None and mark.born is not None
