"""Notebooks of a Noctule that had one flat folder, moved to the tree of their owner: once, when the server starts.

Each file is one rename over nothing, so whoever dies in between goes on where the last one stopped. What was staged there is of no
use any more. Folders were nobody's until now; but for the trees of people, which have a row, they move along.
"""

import os
from collections.abc import Collection
from pathlib import Path

import structlog

log = structlog.get_logger()


def unflatten(drive: Path, owner: str, trees: Collection[str]) -> int:
    """How many files and folders moved. What has a name there already is left where it is, and told."""
    if not drive.is_dir():
        return 0
    target = drive / owner
    keep = {owner, ".noctule", *trees}
    left = [entry for entry in sorted(drive.iterdir()) if entry.name not in keep]
    moved = 0
    for entry in left:
        if entry.name.startswith(".") and entry.name.endswith(".tmp") and entry.is_file() and not entry.is_symlink():
            entry.unlink()
            continue
        target.mkdir(exist_ok=True)
        if os.path.lexists(target / entry.name):
            log.warning("a file stays where it is: its new place is taken", file=entry.name)
            continue
        entry.rename(target / entry.name)
        moved += 1
    return moved
