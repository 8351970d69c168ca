"""Which ids of the host a runtime's users have: one range of 65,536 each, shared by all servers of this machine.

A range is taken by making its file, which says whose it is; the directory is on a tmpfs, so a restart of the machine frees all. Ranges lie
where systemd's table of ids (UIDS-GIDS) has nobody: 1879048192 to 2147352575.
"""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

import msgspec

FIRST: Final = 1_879_048_192
SIZE: Final = 65_536
COUNT: Final = 4_000
DIRECTORY: Final = Path("/run/noctule/ranges")


class Owner(msgspec.Struct, frozen=True):
    """Whose a range is: the directory of a runtime, as nothing else is the same over all servers of a machine."""

    directory: str


class NoRange(Exception):
    """All are taken."""


def base_of(number: int) -> int:
    """The id of the host that is root in this range."""
    return FIRST + number * SIZE


def number_of(uid: int) -> int | None:
    """In which range an id of the host lies; None: in none."""
    number = (uid - FIRST) // SIZE
    return number if 0 <= number < COUNT else None


class Ranges:
    def __init__(self, directory: Path = DIRECTORY) -> None:
        self._directory = directory

    def take(self, owner: Path) -> int:
        """The lowest that is free, or the one that this owner has. Raises NoRange, OSError."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        taken = self.taken()
        mine = next((number for number, directory in taken.items() if directory == owner), None)
        if mine is not None:
            return mine
        for number in range(COUNT):
            if number not in taken and self._make(number, owner):
                return number
        raise NoRange

    def free(self, owner: Path) -> None:
        """That of this owner, if it has one, may be given to another."""
        for number, directory in self.taken().items():
            if directory == owner:
                (self._directory / str(number)).unlink(missing_ok=True)

    def owner_of(self, uid: int) -> Path | None:
        """Whose range an id of this machine lies in."""
        number = number_of(uid)
        owner = None if number is None else _read(self._directory / str(number))
        return None if owner is None else Path(owner.directory)

    def sweep(self) -> None:
        """Ranges whose owners are gone are free: of whatever server, for a directory goes last of a runtime."""
        for number, directory in self.taken().items():
            if not directory.exists():
                (self._directory / str(number)).unlink(missing_ok=True)

    def taken(self) -> dict[int, Path]:
        found: dict[int, Path] = {}
        if not self._directory.is_dir():
            return found
        for entry in self._directory.iterdir():
            if entry.name.isdigit():
                owner = _read(entry)
                if owner is not None:
                    found[int(entry.name)] = Path(owner.directory)
        return found

    def _make(self, number: int, owner: Path) -> bool:
        """Whole or not at all: a link to a written file either is made or is there already."""
        with NamedTemporaryFile(prefix=".", dir=self._directory) as draft:
            draft.write(msgspec.json.encode(Owner(str(owner))))
            draft.flush()
            try:
                os.link(draft.name, self._directory / str(number))
            except FileExistsError:
                return False
            return True


def _read(file: Path) -> Owner | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Owner)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
