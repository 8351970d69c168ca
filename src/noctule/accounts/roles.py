"""What somebody may do with one notebook: the only place that knows. Sharing will be asked for here, and nowhere else.

    personal mode   the one user may do all with all
    team mode       the owner may do all; of everybody else's a notebook is not known of, and admins are no exception

Never more than the principal's own capabilities: those of an account, cut to a token's scopes.
"""

from typing import Protocol

from noctule.accounts.capabilities import Capability
from noctule.accounts.common import NOTEBOOKS, Rules
from noctule.accounts.principal import Principal
from noctule.errors import NotFound
from noctule.store import Store, Tx, batches, items, notebooks
from noctule_agent.wire.values import BatchId, ItemId, NotebookId, UserId

ROOT = ItemId("root")
"""Whoever asks: the root of their own tree."""


class Roles(Protocol):
    """What the doors ask (http/gate.py, the sockets, the lists)."""

    async def of(self, principal: Principal, notebook_id: NotebookId) -> frozenset[Capability]:
        """Raises NotFound when it is not to be known that there is such a notebook."""

    async def of_item(self, principal: Principal, item_id: ItemId) -> frozenset[Capability]:
        """The same of a file or folder. Raises NotFound."""

    async def of_run(self, principal: Principal, run_id: BatchId) -> frozenset[Capability]:
        """Of the notebook that ran. Raises NotFound."""

    def listed(self, principal: Principal) -> UserId | None:
        """Whose notebooks and runs a list holds; None: everybody's."""


class OwnerRoles:
    """Roles, as long as nothing is shared."""

    def __init__(self, store: Store, rules: Rules) -> None:
        self._store = store
        self._team = rules.team

    async def of(self, principal: Principal, notebook_id: NotebookId) -> frozenset[Capability]:
        if not self._team:
            return principal.capabilities
        if await self._tree(ItemId(notebook_id)) != principal.account:
            raise NotFound("notebook-not-found", "There is no such notebook.", "It may have been deleted.")
        return NOTEBOOKS & principal.capabilities

    async def of_item(self, principal: Principal, item_id: ItemId) -> frozenset[Capability]:
        if self._team and item_id != ROOT and await self._tree(item_id) != principal.account:
            raise items.not_found(item_id)
        return NOTEBOOKS & principal.capabilities if self._team else principal.capabilities

    async def _tree(self, item_id: ItemId) -> UserId | None:
        row = await self._store.read(lambda tx: items.get(tx, item_id))
        return None if row is None else row.tree

    async def of_run(self, principal: Principal, run_id: BatchId) -> frozenset[Capability]:
        if not self._team:
            return principal.capabilities

        def owner(tx: Tx) -> str | None:
            batch = batches.get(tx, run_id)
            row = None if batch is None else notebooks.get(tx, batch.notebook_id)
            return None if row is None else row.tree

        if await self._store.read(owner) != principal.account:
            raise NotFound("run-not-found", "There is no such run.", "`noctule runs list` shows those that there are.")
        return NOTEBOOKS & principal.capabilities

    def listed(self, principal: Principal) -> UserId | None:
        return principal.account if self._team else None
