"""Machines that run code, and what runs on them."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, LargeBinary, Table, Text

from .schema import metadata, of_notebook

runtime = Table(
    "runtime",
    metadata,
    Column("id", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("launcher", Text, nullable=False),
    Column("spec_name", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("token_hash", Text, nullable=False),
    Column("journal_id", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("connected_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("lease_until", BigInteger),
    Column("draining", Boolean, nullable=False),
    Column("handle", LargeBinary),
    Column("cause", LargeBinary),
    Index(None, "state"),
)

kernel = Table(
    "kernel",
    metadata,
    Column("id", Text, primary_key=True),
    Column("runtime_id", Text, ForeignKey("runtime.id", ondelete="CASCADE"), nullable=False),
    Column("notebook_id", Text, ForeignKey("notebook.id", ondelete="CASCADE")),
    Column("bound", BigInteger),
    Column("spec_name", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("epoch_base", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("language_info", LargeBinary),
    Column("cursor", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("cause", LargeBinary),
    Index(None, "notebook_id", "bound", unique=True),
    Index(None, "runtime_id"),
)

attachment = Table(
    "attachment",
    metadata,
    of_notebook(primary_key=True),
    Column("runtime_id", Text, ForeignKey("runtime.id", ondelete="CASCADE"), nullable=False),
    Index(None, "runtime_id"),
)
