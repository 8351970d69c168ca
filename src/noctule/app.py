"""The composition root: the only place that wires things. `open_core` builds a running Noctule without any HTTP.

    Core
      store                      rows and blobs
      runtimes <--> rooms        machines, live notebooks: each knows the other by a Protocol
      drive                      files and folders: the index holds rows and disk together
      library, runs, versions    notebooks, batches, revisions
      accounts                   who may come in

The server (cli/serve.py) puts the HTTP door around it; `noctule run` uses it as it is (embedded.py).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from noctule import __version__
from noctule.accounts.common import Rules
from noctule.accounts.oidc import Provider
from noctule.accounts.overseeing import Overseeing
from noctule.accounts.personal import USER
from noctule.accounts.service import Accounts
from noctule.accounts.sharing import handed_over
from noctule.config import Config
from noctule.drive.caretaker import Caretaker
from noctule.drive.drive import Drive
from noctule.drive.flat import unflatten
from noctule.drive.handing import Handing
from noctule.drive.index import Index
from noctule.drive.notebook_files import NotebookFiles
from noctule.drive.paths import Paths
from noctule.drive.remote import Remote
from noctule.drive.storage import Storage
from noctule.drive.transfers import Transfers
from noctule.drive.tree import Tree
from noctule.drive.uploading import Uploads
from noctule.errors import Invalid, NoctuleError
from noctule.headstart import HeadStart
from noctule.ids import RandomIds, SystemClock
from noctule.instance import token as server_token
from noctule.isolation import climb, launchers_of
from noctule.launchers.ladder import Ladder, Standing
from noctule.launchers.sandbox.launcher import SandboxLauncher
from noctule.rooms.bases import Bases
from noctule.rooms.batches import Batches
from noctule.rooms.exporting import Exporting
from noctule.rooms.leaving import Leaver
from noctule.rooms.library import Library
from noctule.rooms.rooms import Rooms
from noctule.rooms.services import Services
from noctule.rooms.versions import Versions
from noctule.runtimes.door import Door
from noctule.runtimes.service import Runtimes
from noctule.runtimes.settings import RuntimeSettings
from noctule.store import Store, items
from noctule_agent.wire.ports import Clock
from noctule_agent.wire.values import Cause, ItemId, UserId

SHUTDOWN = Cause("server-shutdown", "The server was stopped, and its runtimes with it, on purpose.")


class Core:
    """A running Noctule. Made by `open_core`."""

    def __init__(
        self,
        config: Config,
        store: Store,
        isolation: Standing,
        runtimes: Runtimes,
        rooms: Rooms,
        library: Library,
        drive: Drive,
        paths: Paths,
        handing: Handing,
        transfers: Transfers,
        runs: Batches,
        versions: Versions,
        accounts: Accounts,
        remote: Remote,
        storage: Storage,
        exporting: Exporting,
        clock: Clock,
    ) -> None:
        self.config = config
        self.store = store
        self.isolation = isolation
        self.runtimes = runtimes
        self.rooms = rooms
        self.library = library
        self.drive = drive
        self.paths = paths
        self.handing = handing
        self.transfers = transfers
        self.runs = runs
        self.versions = versions
        self.accounts = accounts
        self.remote = remote
        self.storage = storage
        self.exporting = exporting
        self.clock = clock
        self.stop_wanted = asyncio.Event()

    async def unready(self) -> str | None:
        """Why requests would fail now, or None."""
        try:
            await self.store.read(lambda tx: tx.conn.exec_driver_sql("SELECT 1").scalar())
        except NoctuleError as error:
            return error.title
        return None

    async def stop(self, *, runtimes: bool) -> int:
        """Ask the server to stop. Returns how many runtimes go on without it."""
        if runtimes:
            await self.runtimes.stop_all(SHUTDOWN)
        self.stop_wanted.set()
        return len(self.runtimes.live())


@asynccontextmanager
async def open_core(config: Config, ladder: Ladder | None = None, head: HeadStart | None = None) -> AsyncIterator[Core]:
    """Open everything, in order; close it in reverse. Runtimes go on (invariant 6).

    `ladder`: who starts runtimes; without it, as well kept apart as this machine can. `head`: what has been started already, for
    the first notebook that wants such a runtime.
    """
    clock, ids = SystemClock(), RandomIds()
    async with AsyncExitStack() as stack:
        store = await Store.open(config.database, config.blobs)
        stack.push_async_callback(store.close)
        if ladder is None:
            ladder = await asyncio.to_thread(lambda: climb(config, launchers_of(config)))
        settings = RuntimeSettings(
            server=f"unix://{config.socket}",
            pool_size=config.pool_size,
            lease_seconds=config.lease_hours * 3600,
            unreachable_seconds=config.unreachable_seconds,
        )
        accounts = accounts_of(config, store)
        ahead = None if head is None else head.ahead
        overseeing = Overseeing(accounts.means)
        runtimes = Runtimes(store, ladder, settings, clock, ids, ahead, overseeing)
        services = Services(
            store=store, runtimes=runtimes, offload=asyncio.to_thread, clock=clock, ids=ids, server=__version__
        )
        tree = await asyncio.to_thread(_tree, config, await store.read(items.trees))
        index = Index(store, tree, asyncio.to_thread, clock, ids)
        stack.callback(tree.close)
        if config.mode == "personal":
            await index.open(USER)
        handing = Handing(index, lambda tx, item, to: handed_over(tx, item, to, ids.new(), clock.now()))
        # Before anybody looks at a tree, or writes a file into one.
        await handing.finish()
        files = NotebookFiles(index)
        bases = Bases(config.data)
        rooms = Rooms(services, files, bases)
        stack.push_async_callback(rooms.close)
        door = Door(config.socket, runtimes.serve_agent)
        await door.open()  # agents that dial before the runtimes are known wait
        stack.push_async_callback(door.close)
        if isinstance(ladder.means.sandbox, SandboxLauncher):
            inside = Door(config.sandbox_socket, runtimes.serve_agent, ladder.means.sandbox.runtime_of)
            await inside.open()
            stack.push_async_callback(inside.close)
        await runtimes.start(rooms)
        stack.push_async_callback(runtimes.stop)
        await rooms.start()
        # Of what an earlier server staged only the files of notebooks that were behind may still be placed: those are open.
        await files.sweep(list(rooms.opened))
        drive, uploads = Drive(index, overseeing), Uploads(tree)
        stack.push_async_callback(drive.close)
        caretaker = Caretaker(index, drive, uploads, lambda: list(map(ItemId, rooms.opened)))
        caretaker.start()
        stack.push_async_callback(caretaker.close)
        if config.mode == "team" and config.oidc_issuer:
            accounts.trust(_provider(config, config.oidc_issuer))
        await accounts.start()
        drive.replaced = accounts.replaced
        stack.push_async_callback(accounts.stop)
        leaver = Leaver(services, rooms, index, uploads, bases, accounts.means.left)
        leaver.start()
        stack.push_async_callback(leaver.close)
        transfers = Transfers(index, uploads, accounts.quota)
        library = Library(services, rooms, index, drive, transfers.room)
        yield Core(
            config,
            store,
            ladder.standing,
            runtimes,
            rooms,
            library,
            drive,
            Paths(index),
            handing,
            transfers,
            Batches(services, rooms),
            Versions(services, rooms),
            accounts,
            Remote(config.import_hosts.split(",")),
            Storage(index, config.data),
            Exporting(store, index, library, rooms),
            clock,
        )


def _tree(config: Config, trees: list[UserId]) -> Tree:
    unflatten(config.drive, USER, trees)
    return Tree(config.drive)


def accounts_of(config: Config, store: Store) -> Accounts:
    """Accounts on a store: of a server, or of a command that works on the database itself."""
    rules = Rules(
        team=config.mode == "team",
        sign_up=config.sign_up,
        oidc_sign_up=config.oidc_sign_up,
        quota=int(config.default_quota_gb * 1024**3) or None,
        audit_days=config.audit_days,
    )
    return Accounts(store, SystemClock(), RandomIds(), asyncio.to_thread, rules, server_token(config.data))


def _provider(config: Config, issuer: str) -> Provider:
    if not config.oidc_client_id:
        why = "The issuer knows this server by it; it says which one when the server is made known there."
        raise Invalid("setting-invalid", "The setting `oidc_client_id` is missing.", why)
    return Provider(issuer, config.oidc_client_id, config.oidc_secret, SystemClock())
