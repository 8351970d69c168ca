"""Deletes a file, or a folder with all that is below it, however deep. Blocking; raises OSError. It follows nothing.

A folder in a folder is first moved up, to the top of what is erased: so no path grows long, no more than two folders are open at a
time, and whoever dies in between leaves less than there was.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from itertools import count, islice

from noctule_agent.files.folders import rename_new

from .door import OPEN_FOLDER
from .marks import look

_AT_ONCE = 10_000


def remove(folder: int, name: bytes) -> None:
    """Nothing is there any more; also when nothing was."""
    found = look(folder, name)
    if found is None:
        return
    if found.kind != "folder":
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=folder)
        return
    top = os.open(name, OPEN_FOLDER, dir_fd=folder)
    try:
        numbers = count()
        _empty(top, lambda below: _dissolve(top, below, numbers))
    finally:
        os.close(top)
    os.rmdir(name, dir_fd=folder)


def _dissolve(top: int, name: bytes, numbers: "count[int]") -> None:
    """A folder at the top is gone; those that were in it are at the top."""
    folder = os.open(name, OPEN_FOLDER, dir_fd=top)
    try:
        _empty(folder, lambda below: _lift(folder, below, top, numbers))
    finally:
        os.close(folder)
    os.rmdir(name, dir_fd=top)


def _lift(folder: int, name: bytes, top: int, numbers: "count[int]") -> None:
    for number in numbers:
        try:
            rename_new(folder, name, top, b"%d" % number)
        except FileExistsError:
            continue
        return


def _empty(folder: int, of_folder: Callable[[bytes], None]) -> None:
    """Files are deleted; with folders that is done which leaves none here."""
    while names := _some(folder):
        for name in names:
            try:
                os.unlink(name, dir_fd=folder)
            except FileNotFoundError:
                continue
            except IsADirectoryError:
                of_folder(name)


def _some(folder: int) -> list[bytes]:
    """Names to delete next: few enough to hold."""
    with os.scandir(folder) as found:
        return [os.fsencode(item.name) for item in islice(found, _AT_ONCE)]
