"""From the settings to the launcher of this server: which levels of isolation may be used, which of them work, and who starts agents.

    launchers_of   those that this machine knows, without trying any: enough to find and end what runs
    climb          tries the levels, best first; the ladder that stands on the first that works
    for_oneself    the ladder of a command that runs a person's own notebook in this process

Blocking. Knows no database.
"""

import sys
from typing import Final

from noctule.config import Config
from noctule.launchers.ladder import LEVELS, Ladder, Level, Means, Rejected, Standing
from noctule.launchers.process import ProcessLauncher
from noctule.launchers.sandbox.host import Lack, Missing, SandboxSettings, look_around
from noctule.launchers.sandbox.launcher import HANDLE, SandboxLauncher
from noctule.launchers.sandbox.probe import probe

GVISOR: Final = "runsc"
NO_ISOLATION: Final = Lack(
    "isolation",
    "A notebook can read and change all that the server's own user can.",
    "`noctule doctor` says what sandboxes need here.",
)


def process_launcher(config: Config) -> ProcessLauncher:
    return ProcessLauncher(config.runtimes, python=_python(config))


def launchers_of(config: Config) -> Means:
    return Means(process_launcher(config), _sandbox(config))


def for_oneself(config: Config, process: ProcessLauncher | None) -> Ladder:
    """Whoever starts a command trusts what it runs, which is to see their files: `process`, unless the settings say `sandbox`."""
    if config.launcher == "sandbox":
        return climb(config, launchers_of(config))
    process = process or process_launcher(config)
    # Sandboxes of an earlier server may go on here; to ask what they need takes its time.
    left = any(config.runtimes.glob(f"*/{HANDLE}"))
    means = Means(process, _sandbox(config) if left else Missing("No sandbox was started here.", ""))
    return Ladder(Standing("process", [], []), means)


def minimum(config: Config) -> Level:
    return config.minimum_isolation or ("sandbox" if config.mode == "team" else "process")


def climb(config: Config, means: Means) -> Ladder:
    """Never raises: where nothing may be run, the ladder says so to each who wants to."""
    rejected: list[Rejected] = []
    for level in LEVELS:
        refused = _refused(config, level)
        if refused is not None:
            rejected += refused
            continue
        try:
            lacks = _try(level, means)
        except Missing as missing:
            rejected.append(Rejected(level, missing.what, missing.advice))
        else:
            return Ladder(Standing(level, lacks, rejected), means)
    return Ladder(Standing(None, [], rejected), means)


def _refused(config: Config, level: Level) -> list[Rejected] | None:
    """None: the settings let it be tried. Empty: nobody would expect it."""
    with_gvisor = config.oci_runtime is not None and config.oci_runtime.name == GVISOR
    if level == "gvisor" and not with_gvisor:
        return []
    if level == "sandbox" and with_gvisor:
        return []
    if config.launcher == "process" and level != "process":
        return [Rejected(level, "The setting `launcher` is `process`.", "Set it to `auto`.")]
    if config.launcher == "sandbox" and level == "process":
        return [Rejected(level, "The setting `launcher` is `sandbox`.", "Set it to `auto`, or mend the sandbox.")]
    if LEVELS.index(level) > LEVELS.index(minimum(config)):
        why = f"The least isolation that is allowed is `{minimum(config)}`."
        return [Rejected(level, why, "Set `minimum_isolation`, if you trust all who run code here.")]
    return None


def _try(level: Level, means: Means) -> list[Lack]:
    """What it lacks. Raises Missing."""
    if level == "process":
        return [NO_ISOLATION]
    if isinstance(means.sandbox, Missing):
        raise means.sandbox
    return probe(means.sandbox.host)


def _sandbox(config: Config) -> SandboxLauncher | Missing:
    settings = SandboxSettings(
        data=config.sandboxes,
        sockets=config.sandbox_socket.parent,
        python=_python(config),
        program=None if config.oci_runtime is None else str(config.oci_runtime),
        egress=config.egress,
    )
    try:
        return SandboxLauncher(config.runtimes, look_around(settings))
    except Missing as missing:
        return missing
    except OSError as error:
        return Missing(str(error), "See what the server may do on this machine.")


def _python(config: Config) -> str:
    return str(config.kernel_python or sys.executable)
