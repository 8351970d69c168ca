"""How much of the disk is taken, and by what: for who manages. It may not know HTTP, nor what the files are."""

import os
from pathlib import Path

import msgspec

from noctule.drive.index import Index
from noctule.store import Tx, space
from noctule_agent.wire.values import UserId


class Disk(msgspec.Struct, frozen=True):
    """Bytes of the file system that the data directory lies on. `free`: for who is not root."""

    total: int
    free: int


class Taken(msgspec.Struct, frozen=True):
    """Bytes of one tree; `binned`: of `used`, what lies in the bin. `revisions`: what its notebooks' pasts take in the database."""

    used: int = 0
    binned: int = 0
    revisions: int = 0


class Space(msgspec.Struct, frozen=True):
    """`blobs`: large values of outputs and revisions, which several notebooks may have in common."""

    disk: Disk
    database: int
    blobs: int
    trees: dict[UserId, Taken]


class Storage:
    """See the module."""

    def __init__(self, index: Index, data: Path) -> None:
        self._index = index
        self._data = data

    async def space(self) -> Space:
        """As of now; of files as they were last seen."""

        def read(tx: Tx) -> tuple[int, dict[UserId, Taken]]:
            used, binned, revisions = space.used(tx), space.binned(tx), space.revisions(tx)
            trees = {
                tree: Taken(used.get(tree, 0), binned.get(tree, 0), revisions.get(tree, 0))
                for tree in used.keys() | revisions.keys()
            }
            return space.database(tx), trees

        database, trees = await self._index.store.read(read)
        disk, blobs = await self._index.offload(lambda: (_disk(self._data), self._index.store.blobs.size()))
        return Space(disk, database, blobs, trees)


def _disk(path: Path) -> Disk:
    found = os.statvfs(path)
    return Disk(found.f_blocks * found.f_frsize, found.f_bavail * found.f_frsize)
