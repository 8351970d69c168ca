"""Which level a server stands on: by the settings, and by what the machine lacks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from noctule.config import Config
from noctule.isolation import NO_ISOLATION, climb, for_oneself, launchers_of, minimum
from noctule.launchers.base import LaunchError, LaunchSpec
from noctule.launchers.ladder import Ladder, Means, Standing
from noctule.launchers.process import ProcessLauncher
from noctule.launchers.sandbox.host import Missing
from noctule_agent.wire.values import Millis, RuntimeId

NOTHING = Missing("There is no OCI runtime.", "Install one.")


def bare(config: Config) -> Ladder:
    """On a machine without sandboxes."""
    return climb(config, Means(ProcessLauncher(config.runtimes), NOTHING))


def test_the_least_isolation_is_stricter_for_a_team(tmp_path: Path) -> None:
    assert minimum(Config(data=tmp_path)) == "process"
    assert minimum(Config(data=tmp_path, mode="team")) == "sandbox"
    assert minimum(Config(data=tmp_path, mode="team", minimum_isolation="process")) == "process"


def test_what_a_better_level_lacks_is_kept_with_the_one_that_works(tmp_path: Path) -> None:
    standing = bare(Config(data=tmp_path)).standing
    assert (standing.level, standing.isolated, standing.lacks) == ("process", False, [NO_ISOLATION])
    assert [(each.level, each.why, each.advice) for each in standing.rejected] == [
        ("sandbox", NOTHING.what, NOTHING.advice)
    ]


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (Config(mode="team"), "The least isolation that is allowed is `sandbox`."),
        (Config(launcher="sandbox"), "The setting `launcher` is `sandbox`."),
        (Config(launcher="process", minimum_isolation="sandbox"), "The least isolation that is allowed is `sandbox`."),
        (Config(minimum_isolation="gvisor"), "The least isolation that is allowed is `gvisor`."),
    ],
)
async def test_where_no_allowed_level_works_nothing_is_run_and_the_cause_says_why(
    config: Config, said: str, tmp_path: Path
) -> None:
    ladder = climb(config, Means(ProcessLauncher(tmp_path), NOTHING))
    assert ladder.standing.level is None
    assert ladder.standing.rejected[-1].why == said
    spec = LaunchSpec(RuntimeId("r"), 1, "t", "unix:///nowhere", "python3", Millis(0))
    with pytest.raises(LaunchError) as refused:
        await ladder.launch(spec)
    assert refused.value.cause.code == "isolation-missing"
    assert said in str(refused.value.cause.evidence["tried"])
    assert list(tmp_path.iterdir()) == []


def test_whoever_runs_their_own_notebook_is_asked_for_no_isolation(tmp_path: Path) -> None:
    ladder = for_oneself(Config(data=tmp_path, mode="team"), None)
    assert ladder.standing == Standing("process", [], [])
    assert list(ladder.means.known) == ["process"]


def test_a_server_that_is_not_root_says_so(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        standing = climb(Config(data=tmp_path), launchers_of(Config(data=tmp_path))).standing
        assert standing.rejected[0].why == "The server does not run as root."
        return
    program = (
        "import os, sys; from pathlib import Path; from noctule.config import Config;"
        "from noctule.isolation import climb, launchers_of; os.setuid(65534);"
        "config = Config(data=Path(sys.argv[1]));"
        "standing = climb(config, launchers_of(config)).standing; print(standing.level, standing.rejected[0].why)"
    )
    told = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)
    assert told.stdout == "process The server does not run as root.\n"


def test_a_program_that_is_not_there_is_named_with_the_way_to_get_it(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gets so far")
    config = Config(data=tmp_path, oci_runtime=Path("/nowhere/crun"))
    [rejected] = climb(config, launchers_of(config)).standing.rejected
    assert (rejected.level, rejected.why) == ("sandbox", "There is no OCI runtime.")
    assert "apt-get install crun" in rejected.advice


def test_runsc_is_a_level_of_its_own(tmp_path: Path) -> None:
    standing = bare(Config(data=tmp_path, oci_runtime=Path("/usr/local/bin/runsc"))).standing
    assert [each.level for each in standing.rejected] == ["gvisor"]
