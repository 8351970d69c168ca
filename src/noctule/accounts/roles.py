"""What somebody may do with one item or notebook: the only place that knows. All doors and lists ask here.

    personal mode   the one user may do all with all
    team mode       the owner may do all; everybody else what the highest of their grants says, on the item or on a folder above
                    it; without one it is not known of. Admins are no exception, and the machine's own hand has no grants

Never more than the principal's own capabilities: those of an account, cut to a token's scopes.
"""

from collections.abc import Collection
from typing import Final

import msgspec

from noctule.accounts.capabilities import Capability
from noctule.accounts.common import NOTEBOOKS, Rules
from noctule.accounts.principal import SERVER, Principal
from noctule.errors import NotFound
from noctule.store import Store, Tx, batches, grants, items
from noctule.store.rows import Role, Standing
from noctule_agent.wire.ports import Clock
from noctule_agent.wire.values import BatchId, ItemId, NotebookId, UserId

ROOT = ItemId("root")
"""Whoever asks: the root of their own tree."""

_VIEWER: Final = frozenset({Capability.VIEW})
_COMMENTER: Final = _VIEWER | {Capability.COMMENT}
_EDITOR: Final = _COMMENTER | {Capability.EDIT, Capability.RUN}
MAY: Final[dict[Role, frozenset[Capability]]] = {
    "viewer": _VIEWER,
    "commenter": _COMMENTER,
    "editor": _EDITOR,
    "owner": NOTEBOOKS,
}
NOTHING: Final[frozenset[Capability]] = frozenset()


class Roles:
    """See the module."""

    def __init__(self, store: Store, clock: Clock, rules: Rules) -> None:
        self._store = store
        self._clock = clock
        self._team = rules.team

    # --- one: what the doors ask (http/gate.py, the sockets, second items of a request) ---

    async def of(self, principal: Principal, notebook_id: NotebookId) -> frozenset[Capability]:
        """Raises NotFound when it is not to be known that there is such a notebook."""
        if not self._team:
            return principal.capabilities
        held = (await self.held(principal, [ItemId(notebook_id)])).get(ItemId(notebook_id))
        if held is None:
            raise NotFound("notebook-not-found", "There is no such notebook.", "It may have been deleted.")
        return held

    async def of_item(self, principal: Principal, item_id: ItemId) -> frozenset[Capability]:
        """The same of a file or folder. Raises NotFound."""
        if not self._team:
            return principal.capabilities
        if item_id == ROOT:
            return NOTEBOOKS & principal.capabilities
        held = (await self.held(principal, [item_id])).get(item_id)
        if held is None:
            raise items.not_found(item_id)
        return held

    async def of_run(self, principal: Principal, run_id: BatchId) -> frozenset[Capability]:
        """Of the notebook that ran. Raises NotFound."""
        if not self._team:
            return principal.capabilities

        def read(tx: Tx) -> frozenset[Capability] | None:
            batch = batches.get(tx, run_id)
            found = {} if batch is None else self.held_now(tx, principal, [ItemId(batch.notebook_id)])
            return next(iter(found.values()), None)

        held = None if "\0" in run_id else await self._store.read(read)
        if held is None:
            raise NotFound("run-not-found", "There is no such run.", "`noctule runs list` shows those that there are.")
        return held

    # --- many, with one query ---

    async def held(self, principal: Principal, wanted: Collection[ItemId]) -> dict[ItemId, frozenset[Capability]]:
        """What may be done with each of these; those that the principal may know of."""
        return await self._store.read(lambda tx: self.held_now(tx, principal, wanted))

    def held_now(self, tx: Tx, principal: Principal, wanted: Collection[ItemId]) -> dict[ItemId, frozenset[Capability]]:
        if not self._team:
            return dict.fromkeys(wanted, principal.capabilities)
        found = self.standings(tx, principal.account, wanted)
        return {id_: MAY[each.role] & principal.capabilities for id_, each in found.items() if each.role is not None}

    def standings(self, tx: Tx, who: UserId, wanted: Collection[ItemId]) -> dict[ItemId, Standing]:
        """What each of these is to somebody; those that there are."""
        asked = [item_id for item_id in wanted if "\0" not in item_id]
        found = grants.standings(tx, who, asked, self._clock.now())
        if not self._team:
            return {id_: msgspec.structs.replace(each, role="owner") for id_, each in found.items()}
        if who == SERVER:
            return {id_: Standing(each.tree, None) for id_, each in found.items()}
        return found

    # --- lists ---

    def kept(self, who: UserId, *, shared: bool = False) -> items.Keep:
        """What a list over all folders may hold: what its reader may know of, and is where it was. `shared`: of that, what
        was given to them by itself, and not by way of a folder that they have as a whole."""

        def keep(tx: Tx, wanted: list[ItemId]) -> list[ItemId]:
            found = self.standings(tx, who, wanted)
            return [
                item_id
                for item_id, each in found.items()
                if each.role is not None
                and not each.binned
                and not each.missing
                and (not shared or each.direct or not each.named)
            ]

        return keep

    def listed(self, principal: Principal) -> UserId | None:
        """For whom a list of runs is made; None: for who has all that there is."""
        return principal.account if self._team else None
