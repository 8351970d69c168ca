"""Which blobs the rows need. The only place that must know every reference to a blob."""

from sqlalchemy import select, union

from . import tables as t
from .writer import Tx

_REFERENCED = union(
    select(t.output_blob.c.sha256), select(t.widget_blob.c.sha256), select(t.revision_part_blob.c.sha256)
)


def referenced(tx: Tx) -> set[str]:
    """The mark for `BlobStore.sweep`."""
    return set(tx.conn.execute(_REFERENCED).scalars())
