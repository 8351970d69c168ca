"""Requests for access end when who asked has at least the role that they asked for, by whatever grant. It may not know HTTP."""

from collections import defaultdict
from collections.abc import Iterable

from noctule.accounts.roles import Roles
from noctule.store import Tx, requests
from noctule.store.grants import RANKS
from noctule.store.rows import RequestRow
from noctule_agent.wire.values import ItemId, UserId


def settle(tx: Tx, roles: Roles, asked: Iterable[RequestRow]) -> None:
    """Those of these end that are granted by now: with the transaction of what granted them, so that they do not come back when
    it ends again. One query for each person who asks."""
    wishes: defaultdict[UserId, dict[ItemId, RequestRow]] = defaultdict(dict)
    for row in asked:
        wishes[row.account][row.item_id] = row
    for who, wanted in wishes.items():
        for item_id, standing in roles.standings(tx, who, wanted).items():
            if RANKS[standing.role] >= RANKS[wanted[item_id].role]:
                requests.end(tx, item_id, who)
