"""What people do with notebooks in Drive, over HTTP: rename, throw away, take back."""

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from noctule.errors import NoctuleError
from noctule_agent.wire.values import ItemId, UserId
from tests.sim.pages import SimPage

if TYPE_CHECKING:
    from tests.sim.world import World


def rename(world: "World", page: SimPage) -> None:
    """Over HTTP, from the list of notebooks."""
    server = world.server
    if server is not None and server.pages_open:
        name = f"{world.ids('name').new()}.ipynb"
        world.note(f"{page.notebook_id} is renamed to {name}")
        server.process.spawn(asked(world, "rename", server.drive.move(ItemId(page.notebook_id), name=name)))


def bin_(world: "World") -> None:
    """Over HTTP, from Drive: a notebook that may be open, or run, goes to the bin."""
    server = world.server
    if server is not None and server.pages_open:
        notebook_id = world.dice.plan.choice(world.notebooks)
        world.binned.add(notebook_id)
        world.note(f"{notebook_id} goes to the bin")
        server.process.spawn(asked(world, "bin", server.library.bin(ItemId(notebook_id), UserId("ann"))))


def take_back(world: "World") -> None:
    """What lies in the bin comes back."""
    server = world.server
    if server is not None and server.pages_open:
        for notebook_id in world.checks.rows.binned():
            world.note(f"{notebook_id} comes back from the bin")
            server.process.spawn(asked(world, "way out of the bin", server.library.restore(ItemId(notebook_id))))


async def asked(world: "World", what: str, asking: Awaitable[object]) -> None:
    """Over HTTP: what goes wrong is told to who asked."""
    try:
        await asking
    except NoctuleError as error:
        world.note(f"no {what}: {error.code}")
        if error.code == "internal-error":
            world.fail(f"{what} failed in the server")
    except Exception as error:
        world.fail(f"{what} failed: {error!r}")
        raise
