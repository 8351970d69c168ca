"""A head start for a run: its runtime's agent and kernel start while this process still imports the rest of a server.

    head_start    a launcher, with an agent started ahead for a notebook; ended with the block, unless it was launched by then

Nothing of a runtime that was started ahead is known to anybody: it becomes one when its row is committed, and is launched
after that, as every runtime. Light: knows no database and no room.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from noctule.config import Config
from noctule.ids import RandomIds, SystemClock
from noctule.isolation import process_launcher
from noctule.launchers.base import Ahead, LaunchSpec
from noctule.launchers.process import ProcessLauncher
from noctule_agent.wire.values import KernelId, Millis, RuntimeId


class HeadStart(msgspec.Struct, frozen=True):
    launcher: ProcessLauncher
    ahead: Ahead


@contextmanager
def head_start(config: Config, spec_name: str) -> Iterator[HeadStart]:
    """The caller has the data directory."""
    ids, launcher = RandomIds(), process_launcher(config)
    ahead = Ahead(RuntimeId(ids.new()), KernelId(ids.new()), spec_name)
    spec = LaunchSpec(
        runtime_id=ahead.runtime_id,
        generation=0,
        token="",
        server=f"unix://{config.socket}",
        spec_name=spec_name,
        lease_until=Millis(SystemClock().now() + int(config.lease_hours * 3_600_000)),
        warm=True,
        kernel_id=ahead.kernel_id,
    )
    try:
        launcher.start_ahead(spec)
        yield HeadStart(launcher, ahead)
    finally:
        launcher.discard()
