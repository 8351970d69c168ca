"""Open sockets follow the rights behind them: what everybody may at what they have open is asked for anew when it may have changed."""

import asyncio

from noctule.accounts.capabilities import Capability
from noctule.accounts.live import Live
from noctule.accounts.principal import Principal
from noctule.accounts.roles import NOTHING, Roles
from noctule.store import Store, Tx
from noctule_agent.wire.values import ItemId, NotebookId


class Rights:
    """See the module."""

    def __init__(self, store: Store, roles: Roles, live: Live) -> None:
        self._store = store
        self._roles = roles
        self._live = live
        self._one = asyncio.Lock()

    async def review(self, of: Principal | None = None) -> None:
        """Of all, or of one who has just come. One review after the other: what was asked for later is what counts."""
        async with self._one:
            places = {who: at for who, at in self._live.places().items() if of is None or who == of}
            if places:
                self._live.become(await self._store.read(lambda tx: self._found(tx, places)))

    def _found(
        self, tx: Tx, places: dict[Principal, set[NotebookId]]
    ) -> dict[tuple[Principal, NotebookId], frozenset[Capability]]:
        found: dict[tuple[Principal, NotebookId], frozenset[Capability]] = {}
        for principal, notebooks in places.items():
            held = self._roles.held_now(tx, principal, [ItemId(each) for each in notebooks])
            found |= {(principal, each): held.get(ItemId(each), NOTHING) for each in notebooks}
        return found
