"""The room on a disk, for whoever shows it: one arithmetic, so that two places never disagree. Measures; decides nothing."""

import os
from pathlib import Path


def room(place: Path | int) -> tuple[int, int]:
    """(free, whole) bytes of the disk of this path or descriptor, as a process without privileges has them.

    What is kept for root is in neither, so the part that is used is the percentage of `df`. Raises OSError.
    """
    disk = os.statvfs(place)
    used = (disk.f_blocks - disk.f_bfree) * disk.f_frsize
    free = disk.f_bavail * disk.f_frsize
    return free, used + free
