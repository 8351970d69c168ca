"""Which item a request is about, if the asker may know of it. It is decided here, and nowhere else in this folder."""

from typing import Final

from noctule.app import Core
from noctule.http.context import AppRequest, user_of
from noctule.store import items
from noctule_agent.wire.values import ItemId

ROOT: Final = "root"
"""Stands for the asker's own tree wherever an item's id stands."""


async def mine(core: Core, request: AppRequest, item_id: str) -> ItemId:
    """The item, if it is of the asker's own tree. Raises NotFound, also for what is another's: nobody learns that it is there."""
    user = user_of(request)
    if item_id == ROOT:
        return await core.drive.home(user)
    if "\0" in item_id:
        raise items.not_found(ItemId(""))
    row = await core.drive.row(ItemId(item_id))
    if row.tree != user:
        raise items.not_found(ItemId(item_id))
    return row.id
