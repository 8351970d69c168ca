"""`python -m noctule_agent --directory DIR`: reads DIR/spec.json and joins the real world to the agent. Logs to stderr."""

import argparse
import asyncio
import os
import random
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from .agent import Agent, World
from .ahead import Ahead
from .desk import Desk
from .files.service import Files
from .journal import Journal
from .kernels import specs
from .kernels.base import KernelFailed
from .kernels.factory import JupyterKernels
from .log import LineLog
from .metrics import TreeMeter
from .processes import Children
from .spec import AgentSpec
from .system import RandomIds, SystemClock
from .terminals.service import Setting, Shells
from .wire.ports import Channel
from .wire.values import Cause

UNDELIVERED = 3
"""Exit status: it ended in order, but the server does not have all of the journal."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="noctule-agent", description="The program in a Noctule runtime.")
    parser.add_argument("--directory", type=Path, required=True, help="the runtime directory, with its spec.json")
    parser.add_argument("--ahead", action="store_true", help="start now; dial when standard input says `launched`")
    arguments = parser.parse_args()
    directory = arguments.directory.absolute()
    sys.exit(asyncio.run(_serve(directory, AgentSpec.load(directory), ahead=arguments.ahead)))


async def _serve(directory: Path, spec: AgentSpec, *, ahead: bool) -> int:
    clock, ids = SystemClock(), RandomIds()
    launch = Ahead(directory).launch if ahead else None
    log = LineLog(sys.stderr, clock)
    journal = Journal.open(directory / "journal.db", ids)
    extra = {"NOCTULE_RUNTIME_ID": spec.runtime_id}
    children = Children(_groups(spec))
    content = Path(spec.content) if spec.content else directory / "content"
    kernels = JupyterKernels(directory, content, clock, ids, children, os.environ, extra)
    desk = Desk(Shells(_setting(directory, content, spec, extra), children, clock), Files(content), log)

    async def dial() -> Channel:
        # Imported after a warm kernel has been started: its process starts meanwhile.
        from .channel import dial_websocket

        nonlocal launch
        if launch is not None:
            agent.launched(await launch())
            launch = None
        return await dial_websocket(spec.server)

    world = World(
        kernels=kernels,
        dial=dial,
        clock=clock,
        ids=ids,
        measure=TreeMeter(content, clock),
        log=log,
        jitter=random.SystemRandom().random,
        dial_cap=1.0 if spec.server.startswith("unix://") else 10.0,
        pid=os.getpid(),
        desk=None if spec.drain else desk,
    )
    agent = Agent(spec, journal, world)
    for signum in (signal.SIGTERM, signal.SIGINT):
        cause = Cause("stopped-by-signal", f"The runtime's agent was stopped by the signal {signum.name}.")
        asyncio.get_running_loop().add_signal_handler(signum, agent.stop, cause)
    log("started", runtime=spec.runtime_id, generation=spec.generation, drain=spec.drain)
    cause = await agent.run()
    delivered = agent.delivered
    journal.close()
    log("ended", code=cause.code, delivered=delivered)
    return 0 if delivered else UNDELIVERED


def _groups(spec: AgentSpec) -> list[int] | None:
    """Those of what the agent starts; None: its own."""
    return None if spec.reserve_group is None else [group for group in os.getgroups() if group != spec.reserve_group]


def _setting(directory: Path, content: Path, spec: AgentSpec, extra: Mapping[str, str]) -> Setting:
    """A terminal has the environment of the runtime's kernel: `python` and `pip` are those of `!python` and `!pip`."""
    try:
        found = specs.find(spec.spec_name, os.environ)
    except KernelFailed:
        found = specs.NATIVE
    argv = specs.command(found, Path(os.devnull))
    programs = Path(argv[0]).parent if Path(argv[0]).is_absolute() else None
    return Setting(content, directory, specs.environment(found, argv, os.environ, extra), programs)


if __name__ == "__main__":
    main()
