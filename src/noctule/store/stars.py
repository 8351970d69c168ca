"""Which notebooks a person has starred. It says nothing of the notebook, and nobody else sees it."""

from sqlalchemy import bindparam, delete, insert, select

from noctule_agent.wire.values import NotebookId, UserId

from . import tables as t
from .writer import Tx

_THIS = (t.star.c.user == bindparam("who")) & (t.star.c.notebook_id == bindparam("notebook"))
_GET = select(t.star.c.notebook_id).where(_THIS)
_OF = select(t.star.c.notebook_id).where(t.star.c.user == bindparam("who"))
_INSERT = insert(t.star)
_DELETE = delete(t.star).where(_THIS)


def of_user(tx: Tx, user: UserId) -> frozenset[NotebookId]:
    return frozenset(NotebookId(row) for row in tx.conn.execute(_OF, {"who": user}).scalars())


def put(tx: Tx, user: UserId, notebook_id: NotebookId, *, starred: bool) -> None:
    """Idempotent. The notebook is there."""
    this = {"who": user, "notebook": notebook_id}
    if not starred:
        tx.conn.execute(_DELETE, this)
    elif tx.conn.execute(_GET, this).one_or_none() is None:
        tx.conn.execute(_INSERT, {"user": user, "notebook_id": notebook_id})
