"""Control groups of this machine, whichever kind it has: bounded, asked, frozen, killed, gone."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from noctule.launchers.sandbox import cgroups
from noctule.launchers.sandbox.cgroups import Cgroups, Limits, NoCgroups
from noctule_agent.wire.limits import MB

NAME = f"noctule-test-{os.getpid()}"
COUNTING = "import sys\nwhile True: sys.stdout.write('.'); sys.stdout.flush()"


@pytest.fixture
def groups() -> Iterator[Cgroups]:
    if os.geteuid() != 0:
        pytest.skip("only root makes control groups here")
    try:
        found = cgroups.find()
    except NoCgroups as none:
        pytest.skip(str(none))
    found.make(NAME, Limits(memory=128 * MB, cpus=0.5, processes=20))
    yield found
    found.kill(NAME)
    found.remove(NAME)


def started(groups: Cgroups, program: str) -> "subprocess.Popen[bytes]":
    """A Python program that is in the group from its beginning."""
    enter = "import os, sys\nfor place in sys.argv[1:]: open(place, 'w').write(str(os.getpid()))\n"
    places = [str(place) for place in groups.places(NAME)]
    return subprocess.Popen(
        [sys.executable, "-c", enter + program, *places], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def test_memory_is_bounded_and_who_was_killed_for_it_is_counted(groups: Cgroups) -> None:
    process = started(groups, "held = [bytearray(16 << 20) for _ in range(64)]; print(len(held))")
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, out) == (-9, b"")
    usage = groups.usage(NAME)
    assert usage.memory_killed == 1
    assert usage.memory_peak is None or usage.memory_peak <= 128 * MB


def test_processes_are_bounded(groups: Cgroups) -> None:
    program = (
        "import os, time\nmade = 0\n"
        "try:\n"
        "    while True:\n"
        "        if os.fork() == 0: time.sleep(600)\n"
        "        made += 1\n"
        "except OSError as error: print(made < 20, error.errno)"
    )
    process = started(groups, program)
    assert process.stdout is not None
    assert process.stdout.readline() == b"True 11\n"
    assert groups.usage(NAME).processes is not None
    groups.kill(NAME)
    process.wait(10)
    groups.remove(NAME)
    assert NAME not in groups.names()


def test_what_is_frozen_does_nothing_until_it_is_thawed(groups: Cgroups) -> None:
    process = started(groups, COUNTING)
    assert process.stdout is not None
    assert process.stdout.read(1) == b"."
    groups.freeze(NAME, True)
    os.set_blocking(process.stdout.fileno(), False)
    while process.stdout.read(65536):
        pass
    before = groups.usage(NAME).cpu_seconds
    time.sleep(0.3)
    assert process.stdout.read(1) is None
    assert groups.usage(NAME).cpu_seconds == before
    groups.freeze(NAME, False)
    os.set_blocking(process.stdout.fileno(), True)
    assert process.stdout.read(1) == b"."
    # One that is frozen dies all the same.
    groups.freeze(NAME, True)
    groups.kill(NAME)
    assert process.wait(10) == -9


def test_made_again_it_is_the_same_and_removed_twice_nothing_happens(groups: Cgroups) -> None:
    groups.make(NAME, Limits(memory=64 * MB, cpus=1, processes=10))
    assert groups.names().count(NAME) == 1
    groups.remove(NAME)
    groups.remove(NAME)
    groups.kill(NAME)
    assert groups.usage(NAME).memory is None
    groups.make(NAME, Limits(memory=64 * MB, cpus=1, processes=10))
