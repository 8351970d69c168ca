"""Notebooks: what people write, say about it, and wrote before."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from .schema import Counter, metadata, of_notebook

notebook = Table(
    "notebook",
    metadata,
    Column("id", Text, ForeignKey("item.id", ondelete="CASCADE"), primary_key=True),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("rev", BigInteger, nullable=False),
    Column("projected_rev", BigInteger),
    Column("projected_seq", BigInteger),
    Column("projected_sha256", Text),
    Column("file_size", BigInteger),
    Column("file_mtime_ns", BigInteger),
    Column("runtime_view", LargeBinary),
    Column("saved_view", LargeBinary),
)

doc = Table(
    "doc",
    metadata,
    of_notebook(primary_key=True),
    Column("epoch", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("snapshot_seq", BigInteger, nullable=False),
    Column("snapshot", LargeBinary, nullable=False),
)

doc_update = Table(
    "doc_update",
    metadata,
    Column("notebook_id", Text, ForeignKey("doc.notebook_id", ondelete="CASCADE"), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("author", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("update", LargeBinary, nullable=False),
)

cell_bin = Table(
    "cell_bin",
    metadata,
    of_notebook(primary_key=True),
    Column("cell_id", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("pos", Text, nullable=False),
    Column("cell", LargeBinary, nullable=False),
    Index(None, "at"),
)

thread = Table(
    "thread",
    metadata,
    of_notebook(primary_key=True),
    Column("id", Text, primary_key=True),
    Column("cell_id", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("turn", BigInteger, nullable=False),
    Column("resolved", Boolean, nullable=False),
    Column("resolved_by", Text, nullable=False),
    Column("resolved_at", BigInteger),
    Column("quote", LargeBinary, nullable=False),
)

comment = Table(
    "comment",
    metadata,
    Column("key", Counter, primary_key=True),
    Column("notebook_id", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("thread_id", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("edited_at", BigInteger),
    Column("deleted", Boolean, nullable=False),
    Column("mentions", LargeBinary, nullable=False),
    Column("text", LargeBinary, nullable=False),
    ForeignKeyConstraint(["notebook_id", "thread_id"], ["thread.notebook_id", "thread.id"], ondelete="CASCADE"),
    UniqueConstraint("notebook_id", "id"),
)

revision = Table(
    "revision",
    metadata,
    Column("id", Text, primary_key=True),
    of_notebook(),
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("cells", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("name", LargeBinary),
    Column("authors", LargeBinary, nullable=False),
    Column("uses", LargeBinary, nullable=False),
    Column("manifest", LargeBinary, nullable=False),
    Index(None, "notebook_id", "at"),
)

revision_part = Table(
    "revision_part",
    metadata,
    of_notebook(primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("stored", Text),
    Column("data", LargeBinary, nullable=False),
)

revision_part_blob = Table(
    "revision_part_blob",
    metadata,
    Column("notebook_id", Text, primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("sha256", Text, primary_key=True),
    ForeignKeyConstraint(
        ["notebook_id", "digest"], ["revision_part.notebook_id", "revision_part.digest"], ondelete="CASCADE"
    ),
)
