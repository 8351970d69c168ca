"""`noctule stop`: ends the server of a data directory; with `--runtimes`, what runs on it too."""

import asyncio
import time
from typing import Final

from noctule import instance
from noctule.cli.connect import remote
from noctule.cli.words import counted, say
from noctule.config import Config
from noctule.errors import Conflict, Unavailable
from noctule.instance import Reach
from noctule.isolation import launchers_of
from noctule.launchers.base import Alive
from noctule.launchers.ladder import Ladder, Standing

STOP_SECONDS: Final = 60.0
POLL_SECONDS: Final = 0.05


async def stop(config: Config, *, runtimes: bool) -> int:
    reached = instance.reach(config.data)
    if reached is not None:
        await _stop_server(config, reached, runtimes=runtimes)
        return 0
    holder = instance.holder(config.data)
    if holder is not None:
        raise Conflict(
            "not-a-server",
            f"Process {holder.pid} uses {config.data} and cannot be asked over HTTP.",
            "A `noctule run` ends by itself or with Ctrl-C; a server that starts can be asked in a moment.",
        )
    say(f"No server runs on {config.data}.")
    if runtimes:
        await _sweep(config)
    return 0


async def _stop_server(config: Config, reached: Reach, *, runtimes: bool) -> None:
    async with remote(reached.url, reached.token()) as client:
        going_on = await client.stop_server(runtimes=runtimes)
    deadline = time.monotonic() + STOP_SECONDS
    while (holder := instance.holder(config.data)) is not None and holder.pid == reached.pid:
        if time.monotonic() > deadline:
            raise Unavailable("server-not-stopped", f"The server (process {reached.pid}) does not come to its end.")
        await asyncio.sleep(POLL_SECONDS)
    left = f"{counted(going_on, 'runtime')} left running; `noctule stop --runtimes` ends what is left."
    say(f"The server has ended. {left if going_on else 'No runtime is left.'}")


async def _sweep(config: Config) -> None:
    """The server is dead: end by the launcher what still runs. The next server sees that they are gone."""
    claim = instance.claim(config, "run")
    try:
        launcher = Ladder(Standing(None, [], []), launchers_of(config))
        alive = [handle for _, handle in await launcher.list() if isinstance(await launcher.inspect(handle), Alive)]
        await asyncio.gather(*map(launcher.stop, alive))
    finally:
        claim.release()
    say(f"{counted(len(alive), 'runtime')} ended." if alive else "No runtime was left.")
