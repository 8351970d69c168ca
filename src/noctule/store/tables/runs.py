"""What ran in notebooks, and what came of it."""

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

batch = Table(
    "batch",
    metadata,
    Column("id", Text, primary_key=True),
    of_notebook(),
    Column("by", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("params", LargeBinary, nullable=False),
    Index(None, "notebook_id"),
    Index(None, "created_at"),
)

execution = Table(
    "execution",
    metadata,
    Column("id", Text, primary_key=True),
    of_notebook(),
    Column("cell_id", Text, nullable=False),
    Column("batch_id", Text, nullable=False),
    Column("ord", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("offered", Boolean, nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("raises_exception", Boolean, nullable=False),
    Column("allow_stdin", Boolean, nullable=False),
    Column("clear_next", Boolean, nullable=False),
    Column("queued_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("finished_at", BigInteger),
    Column("execution_count", BigInteger),
    Column("epoch", BigInteger),
    Column("by", Text, nullable=False),
    Column("source_hash", Text, nullable=False),
    Column("cause", LargeBinary),
    Column("source", LargeBinary, nullable=False),
    UniqueConstraint("notebook_id", "ord"),
    Index(None, "notebook_id", "state", "ord"),
    Index(None, "notebook_id", "cell_id"),
    Index(None, "batch_id", "ord"),
)

cell = Table(
    "cell",
    metadata,
    of_notebook(primary_key=True),
    Column("cell_id", Text, primary_key=True),
    Column("shows", Text),
    Column("latest", Text),
    Column("history", LargeBinary, nullable=False),
    Column("imported_count", BigInteger),
)

output = Table(
    "output",
    metadata,
    Column("key", Counter, primary_key=True),
    of_notebook(),
    Column("id", Text, nullable=False),
    Column("cell_id", Text, nullable=False),
    Column("execution_id", Text),
    Column("kind", Text, nullable=False),
    Column("name", Text),
    Column("display_id", LargeBinary),
    Column("chars", BigInteger, nullable=False),
    Column("chunk_start", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("cursor_row", BigInteger),
    Column("cursor_column", BigInteger),
    Column("terminal", LargeBinary, nullable=False),
    Column("tail", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("lines", BigInteger, nullable=False, server_default="0"),
    Column("width", BigInteger, nullable=False, server_default="0"),
    Column("height", BigInteger, nullable=False, server_default="0"),
    Column("rows", BigInteger, nullable=False, server_default="0"),
    UniqueConstraint("notebook_id", "id"),
    Index(None, "notebook_id", "cell_id", "execution_id", "key"),
)

output_chunk = Table(
    "output_chunk",
    metadata,
    Column("output", BigInteger, ForeignKey("output.key", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("start", BigInteger, primary_key=True, autoincrement=False),
    Column("chars", BigInteger, nullable=False),
    Column("text", LargeBinary, nullable=False),
)

output_line = Table(
    "output_line",
    metadata,
    Column("output", BigInteger, ForeignKey("output.key", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("line", BigInteger, primary_key=True, autoincrement=False),
    Column("start", BigInteger, primary_key=True, autoincrement=False),
)

output_blob = Table(
    "output_blob",
    metadata,
    Column("output", BigInteger, ForeignKey("output.key", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("sha256", Text, primary_key=True),
)

widget = Table(
    "widget",
    metadata,
    of_notebook(primary_key=True),
    Column("id", Text, primary_key=True),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)

widget_blob = Table(
    "widget_blob",
    metadata,
    Column("notebook_id", Text, primary_key=True),
    Column("widget_id", Text, primary_key=True),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    Column("sha256", Text, primary_key=True),
    ForeignKeyConstraint(
        ["notebook_id", "widget_id", "epoch"],
        ["widget.notebook_id", "widget.id", "widget.epoch"],
        ondelete="CASCADE",
    ),
)

prompt = Table(
    "prompt",
    metadata,
    Column("id", Text, primary_key=True),
    of_notebook(),
    Column("execution_id", Text, nullable=False),
    Column("cell_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("answered_by", Text, nullable=False),
    Column("text", LargeBinary, nullable=False),
    Index(None, "notebook_id", "state"),
)
