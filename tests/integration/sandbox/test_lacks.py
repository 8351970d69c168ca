"""Machines that have less: what sandboxes go without is found by trying, and told with how to get it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("sandboxes")

PROGRAM = """
import json, sys
from pathlib import Path
from noctule.config import Config
from noctule.isolation import climb, launchers_of
config = Config(data=Path(sys.argv[1]), launcher="sandbox", minimum_isolation="sandbox")
standing = climb(config, launchers_of(config)).standing
print(json.dumps([standing.level, [[l.what, l.why, l.advice] for l in standing.lacks], [[r.why, r.advice] for r in standing.rejected]]))
"""
NO_LOOPS = "for device in /dev/loop-control /dev/loop[0-9]*; do mount --bind /dev/null $device; done"
NO_TUN = "mount --bind /dev/null /dev/net/tun"


def standing(tmp_path: Path, hide: str) -> list[list[list[str]]]:
    """In a mount namespace of its own, after `hide` has hidden something there."""
    ran = subprocess.run(
        ["unshare", "--mount", "sh", "-ec", f'{hide}; exec "$@"', "sh", sys.executable, "-c", PROGRAM, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    told: list[list[list[str]]] = json.loads(ran.stdout.splitlines()[-1])
    return told


def test_without_loop_devices_the_disk_is_memory(tmp_path: Path) -> None:
    level, lacks, _ = standing(tmp_path, NO_LOOPS)
    assert level == "sandbox"
    [[what, why, advice]] = lacks
    assert what == "a disk of its own"
    assert "What is written counts as memory." in why
    assert "/dev/loop-control" in advice


def test_without_tun_there_is_no_network(tmp_path: Path) -> None:
    level, lacks, _ = standing(tmp_path, NO_TUN)
    assert level == "sandbox"
    [[what, why, advice]] = lacks
    assert what == "a network"
    assert "tun" in why.lower()
    assert "/dev/net/tun" in advice


def test_without_either_it_still_is_a_sandbox(tmp_path: Path) -> None:
    level, lacks, _ = standing(tmp_path, f"{NO_LOOPS}; {NO_TUN}")
    assert level == "sandbox"
    assert [what for what, _, _ in lacks] == ["a disk of its own", "a network"]


def test_without_namespaces_of_users_there_is_none_and_nothing_is_left(tmp_path: Path) -> None:
    """The runtime's own program fails: here, one that says so."""
    broken = tmp_path / "crun"
    broken.write_text("#!/bin/sh\necho 'no namespaces here' >&2\nexit 1\n")
    broken.chmod(0o755)
    program = PROGRAM.replace('launcher="sandbox"', f'launcher="sandbox", oci_runtime=Path({str(broken)!r})')
    data = tmp_path / "data"
    ran = subprocess.run([sys.executable, "-c", program, str(data)], capture_output=True, text=True, check=True)
    level, _, rejected = json.loads(ran.stdout.splitlines()[-1])
    assert level is None
    assert "no namespaces here" in rejected[0][0]
    assert [path for path in data.rglob("*") if path.name.startswith("probe-")] == []
