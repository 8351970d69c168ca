"""What plans and the audit log have to do with runtimes: how many an owner may have, and who started and ended which.

It answers to runtimes/ports.py. Its works are parts of the transactions that change a runtime's row.
"""

from collections.abc import Collection
from typing import Final

from noctule.accounts import audit
from noctule.accounts.audit import What
from noctule.accounts.common import By, Means
from noctule.accounts.principal import SERVER
from noctule.errors import Conflict
from noctule.store import Tx, items, leaving, plans, runtimes
from noctule_agent.files.names import shown
from noctule_agent.wire.values import Cause, ItemId, NotebookId, RuntimeId, UserId

NAMED: Final = 5
"""So many of the runtimes that are alive are named to who may have no more."""
BY: Final = "by"
"""In the evidence of a cause: whose wish it was."""


class Overseeing:
    """See the module."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def starts(self, tx: Tx, runtime_id: RuntimeId, notebook_id: NotebookId, by: UserId | None) -> None:
        """Raises Conflict: runtimes-reached when the notebook's owner has as many as the plan says, account-deleted when there is no
        owner any more."""
        row = items.need(tx, ItemId(notebook_id))
        if leaving.has(tx, row.tree):
            raise Conflict(
                "account-deleted", "The account of this notebook's owner was deleted.", "So is the notebook."
            )
        if self._means.rules.team:
            _check(tx, row.tree, by)
        now = self._means.clock.now()
        who = By(by or SERVER)
        audit.note(tx, now, who, What.RUNTIME_STARTED, runtime_id, notebook=notebook_id, name=shown(row.name))

    def ends(self, tx: Tx, runtime_id: RuntimeId, notebooks: Collection[NotebookId], cause: Cause) -> None:
        """Of a warm one, which nobody had, nothing is told."""
        who, now = By(str(cause.evidence.get(BY) or SERVER)), self._means.clock.now()
        for notebook_id in sorted(notebooks):
            row = items.get(tx, ItemId(notebook_id))
            detail = {"notebook": notebook_id, "name": "" if row is None else shown(row.name)}
            audit.note(tx, now, who, What.RUNTIME_ENDED, runtime_id, cause=cause.code, why=cause.message, **detail)


def _check(tx: Tx, owner: UserId, by: UserId | None) -> None:
    plan = plans.of_account(tx, owner)
    if plan is None or plan.runtimes is None:
        return
    alive = runtimes.names_alive(tx, owner)
    if len(alive) < plan.runtimes:
        return
    raise Conflict(
        "runtimes-reached",
        f"The plan of this notebook's owner has {plan.runtimes} runtimes at once: disconnect one, and run again.",
        _named(alive) if by == owner and alive else "An admin can give the owner another plan.",
    )


def _named(alive: list[bytes]) -> str:
    """Which they are: for the owner alone, whoever else may run this notebook knows nothing of the others."""
    more = f" and {len(alive) - NAMED} more" if len(alive) > NAMED else ""
    return f"Alive are those of {', '.join(map(shown, alive[:NAMED]))}{more}."
