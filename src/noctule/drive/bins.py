"""What was deleted: `.noctule/bin/<item>/<name>`. It is moved there, moved back, or erased. Blocking; raises OSError and NoctuleError.

What is being erased is `<item>.erasing` from then on, so that half of a folder never comes back.
"""

import os
from contextlib import suppress

from noctule_agent.files.folders import rename_new

from .door import Door, is_key, key_of, listed, sync
from .erasing import remove
from .marks import look
from .places import Place
from .trouble import not_found, taken

_ERASING = b".erasing"


def throw(door: Door, place: Place, item: str) -> None:
    key = key_of(item)
    with door.above(place) as folder, door.aside("bin") as bins:
        if look(folder, place.name) is None:
            raise not_found()
        with suppress(FileExistsError):
            os.mkdir(key, 0o700, dir_fd=bins)
        try:
            with door.aside("bin", key) as own:
                if listed(own):
                    raise taken()
                rename_new(folder, place.name, own, place.name)
                sync(own)
        except BaseException:
            with suppress(OSError):
                os.rmdir(key, dir_fd=bins)
            raise
        sync(bins)
        sync(folder)


def name_of(door: Door, item: str) -> bytes | None:
    """What it was called. None: it is not in the bin."""
    with suppress(FileNotFoundError), door.aside("bin", key_of(item)) as own:
        return next(iter(listed(own)), None)
    return None


def take_back(door: Door, item: str, place: Place) -> None:
    key, name = key_of(item), name_of(door, item)
    if name is None:
        raise not_found()
    with door.above(place) as folder, door.aside("bin") as bins:
        with door.aside("bin", key) as own:
            rename_new(own, name, folder, place.name)
            sync(own)
        sync(folder)
        with suppress(OSError):
            os.rmdir(key, dir_fd=bins)


def condemn(door: Door, item: str) -> None:
    """It is being erased from now on: it cannot come back. At once, whatever is in it; also when nothing of it is there."""
    key = key_of(item)
    with door.aside("bin") as bins:
        with suppress(FileNotFoundError, FileExistsError):
            rename_new(bins, key, bins, key + _ERASING)
        sync(bins)


def erase(door: Door, item: str) -> None:
    """Also when nothing of it is there, or only what is left of an erasing that was broken off."""
    key = key_of(item)
    with door.aside("bin") as bins:
        remove(bins, key + _ERASING)
        with suppress(FileNotFoundError):
            rename_new(bins, key, bins, key + _ERASING)
        remove(bins, key + _ERASING)
        sync(bins)


def erase_tree(door: Door, tree: str) -> None:
    """Somebody's whole Drive, but for what lies in the bin; also what is left of an erasing that was broken off.

    From the first step on it has no place among the trees any more.
    """
    key = key_of(tree)
    with door.top() as top, door.aside("bin") as bins:
        remove(bins, key + _ERASING)
        with suppress(FileNotFoundError):
            rename_new(top, key, bins, key + _ERASING)
            sync(top)
        remove(bins, key + _ERASING)
        sync(bins)


def items(door: Door) -> list[str]:
    """Of everything that is in the bin, also of what is half erased. An empty place is what a server left that died before it threw
    something there, or after it took it back."""
    with door.aside("bin") as bins:
        found = {os.fsdecode(name) for name in listed(bins)}
    erasing = os.fsdecode(_ERASING)
    half = {name.removesuffix(erasing) for name in found if name.endswith(erasing)}
    return sorted(name for name in filter(is_key, found | half) if name in half or name_of(door, name) is not None)
