"""Which item a request is about. What the path names the gate has asked for; what a request names besides is asked for here,
of the same roles, and nowhere else in this folder."""

from typing import Final

from noctule.accounts import capabilities
from noctule.accounts.capabilities import Capability
from noctule.accounts.roles import NOTHING, ROOT
from noctule.app import Core
from noctule.http.context import AppRequest, principal_of
from noctule.store import items
from noctule.store.rows import ItemRow
from noctule_agent.wire.values import ItemId

_EDIT: Final = Capability.EDIT


async def named(core: Core, request: AppRequest, item_id: str) -> ItemId:
    """The item that the path names, of which the gate has let in who asks. Raises NotFound."""
    if item_id == ROOT:
        return await core.drive.home(principal_of(request).account)
    if "\0" in item_id:
        raise items.not_found(ItemId(""))
    return ItemId(item_id)


async def other(core: Core, request: AppRequest, item_id: str) -> ItemId:
    """A second folder, into which something is put. Raises NotFound for what is not to be known of, Forbidden without EDIT."""
    found = await named(core, request, item_id)
    capabilities.check(_EDIT, await core.accounts.roles.of_item(principal_of(request), ItemId(item_id)))
    return found


async def check_away(core: Core, request: AppRequest, item_id: ItemId) -> ItemRow:
    """What is moved away, or to the bin, changes the folder it lies in. Raises Forbidden without EDIT there."""
    row = await core.drive.row(item_id)
    if row.parent is not None:
        held = await core.accounts.roles.held(principal_of(request), [row.parent])
        capabilities.check(_EDIT, held.get(row.parent, NOTHING))
    return row


async def beside(core: Core, request: AppRequest, item_id: ItemId) -> ItemId:
    """Where a copy goes when nobody says: beside the original, or, who may not make anything there, their own root."""
    row, principal = await core.drive.row(item_id), principal_of(request)
    if row.parent is not None and _EDIT in (await core.accounts.roles.held(principal, [row.parent])).get(
        row.parent, NOTHING
    ):
        return row.parent
    return await other(core, request, ROOT)
