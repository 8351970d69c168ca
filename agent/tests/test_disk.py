"""The room on a disk is the same wherever it is shown, and as `df` has it."""

import subprocess
from pathlib import Path
from unittest.mock import patch

from noctule_agent import disk
from noctule_agent.files.folders import _disk
from noctule_agent.metrics import TreeMeter
from noctule_agent.system import SystemClock


class Statvfs:
    """100 blocks of 1000 bytes: 30 used, 10 of the rest for root alone."""

    f_frsize, f_blocks, f_bfree, f_bavail = 1000, 100, 70, 60


def test_what_is_kept_for_root_is_neither_free_nor_part_of_the_whole(tmp_path: Path) -> None:
    with patch.object(disk.os, "statvfs", lambda _: Statvfs):
        assert disk.room(tmp_path) == (60_000, 90_000)


def test_files_and_measures_say_the_same(tmp_path: Path) -> None:
    with patch.object(disk.os, "statvfs", lambda _: Statvfs):
        measured, listed = TreeMeter(tmp_path, SystemClock())(), _disk(0)
    assert listed is not None
    assert (measured.disk_free_bytes, measured.disk_total_bytes) == (listed.free_bytes, listed.total_bytes)


def test_the_part_that_is_used_is_that_of_df(tmp_path: Path) -> None:
    said = subprocess.run(["df", "--output=pcent", str(tmp_path)], capture_output=True, text=True, check=True)
    free, whole = disk.room(tmp_path)
    assert abs(100 * (whole - free) / whole - int(said.stdout.split()[-1].rstrip("%"))) <= 1.5
