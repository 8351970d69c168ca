"""The first schema: all tables.

A migration is a frozen copy of what was meant then: it is one piece, and `tables.py` may move on without it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notebook",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("projected_rev", sa.BigInteger(), nullable=True),
        sa.Column("projected_seq", sa.BigInteger(), nullable=True),
        sa.Column("projected_sha256", sa.Text(), nullable=True),
        sa.Column("file_size", sa.BigInteger(), nullable=True),
        sa.Column("file_mtime_ns", sa.BigInteger(), nullable=True),
        sa.Column("runtime_view", sa.LargeBinary(), nullable=True),
        sa.Column("saved_view", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notebook")),
        sa.UniqueConstraint("name", name=op.f("uq_notebook_name")),
    )
    op.create_table(
        "runtime",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("launcher", sa.Text(), nullable=False),
        sa.Column("spec_name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("journal_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("connected_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("draining", sa.Boolean(), nullable=False),
        sa.Column("handle", sa.LargeBinary(), nullable=True),
        sa.Column("cause", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runtime")),
    )
    op.create_index(op.f("ix_runtime_state"), "runtime", ["state"], unique=False)
    op.create_table(
        "session",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_session")),
    )
    op.create_index(op.f("ix_session_expires_at"), "session", ["expires_at"], unique=False)
    op.create_table(
        "attachment",
        sa.Column("notebook_id", sa.Text(), nullable=False),
        sa.Column("runtime_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notebook_id"], ["notebook.id"], name=op.f("fk_attachment_notebook_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["runtime_id"], ["runtime.id"], name=op.f("fk_attachment_runtime_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("notebook_id", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_runtime_id"), "attachment", ["runtime_id"], unique=False)
    op.create_table(
        "batch",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("notebook_id", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("params", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notebook_id"], ["notebook.id"], name=op.f("fk_batch_notebook_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    op.create_index(op.f("ix_batch_created_at"), "batch", ["created_at"], unique=False)
    op.create_index(op.f("ix_batch_notebook_id"), "batch", ["notebook_id"], unique=False)
    op.create_table(
        "cell",
        sa.Column("notebook_id", sa.Text(), nullable=False),
        sa.Column("cell_id", sa.Text(), nullable=False),
        sa.Column("shows", sa.Text(), nullable=True),
        sa.Column("latest", sa.Text(), nullable=True),
        sa.Column("history", sa.LargeBinary(), nullable=False),
        sa.Column("imported_count", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["notebook_id"], ["notebook.id"], name=op.f("fk_cell_notebook_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("notebook_id", "cell_id", name=op.f("pk_cell")),
    )
    op.create_table(
        "cell_bin",
        sa.Column("notebook_id", sa.Text(), nullable=False),
        sa.Column("cell_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("pos", sa.Text(), nullable=False),
        sa.Column("cell", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notebook_id"], ["notebook.id"], name=op.f("fk_cell_bin_notebook_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("notebook_id", "cell_id", name=op.f("pk_cell_bin")),
    )
    op.create_index(op.f("ix_cell_bin_at"), "cell_bin", ["at"], unique=False)
    op.create_table(
        "doc",
        sa.Column("notebook_id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("snapshot_seq", sa.BigInteger(), nullable=False),
        sa.Column("snapshot", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["notebook_id"], ["notebook.id"], name=op.f("fk_doc_notebook_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("notebook_id", name=op.f("pk_doc")),
    )
    op.create_table(
        "execution",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("notebook_id", sa.Text(), nullable=False),
        sa.Column("cell_id", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("ord", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("raises_exception", sa.Boolean(), nullable=False),
        sa.Column("allow_stdin", sa.Boolean(), nullable=False),
        sa.Column("clear_next", sa.Boolean(), nullable=False),
        sa.Column("queued_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("execution_count", sa.BigInteger(), nullable=True),
        sa.Column("epoch", sa.BigInteger(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("source_hash", sa.Text(), nullable=False),
        sa.Column("cause", sa.LargeBinary(), nullable=True),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notebook_id"], ["notebook.id"], name=op.f("fk_execution_notebook_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_execution")),
        sa.UniqueConstraint("notebook_id", "ord", name=op.f("uq_execution_notebook_id_ord")),
    )
    op.create_index(op.f("ix_execution_batch_id_ord"), "execution", ["batch_id", "ord"], unique=False)
    op.create_index(op.f("ix_execution_notebook_id_cell_id"), "execution", ["notebook_id", "cell_id"], unique=False)
    op.create_index(
        op.f("ix_execution_notebook_id_state_ord"), "execution", ["notebook_id", "state", "ord"], unique=False
    )
    op.create_table(
        "kernel",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("runtime_id", sa.Text(), nullable=False),
        sa.Column("notebook_id", sa.Text(), nullable=True),
        sa.Column("bound", sa.BigInteger(), nullable=True),
        sa.Column("spec_name", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("epoch_base", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("language_info", sa.LargeBinary(), nullable=True),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("cause", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["notebook_id"], ["notebook.id"], name=op.f("fk_kernel_notebook_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["runtime_id"], ["runtime.id"], name=op.f("fk_kernel_runtime_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kernel")),
    )
    op.create_index(op.f("ix_kernel_notebook_id_bound"), "kernel", ["notebook_id", "bound"], unique=True)
    op.create_index(op.f("ix_kernel_runtime_id"), "kernel", ["runtime_id"], unique=False)
    op.create_table(
        "output",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("notebook_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("cell_id", sa.Text(), nullable=False),
        sa.Column("execution_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("display_id", sa.LargeBinary(), nullable=True),
        sa.Column("chars", sa.BigInteger(), nullable=False),
        sa.Column("chunk_start", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("cursor_row", sa.BigInteger(), nullable=True),
        sa.Column("cursor_column", sa.BigInteger(), nullable=True),
        sa.Column("terminal", sa.LargeBinary(), nullable=False),
        sa.Column("tail", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notebook_id"], ["notebook.id"], name=op.f("fk_output_notebook_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_output")),
        sa.UniqueConstraint("notebook_id", "id", name=op.f("uq_output_notebook_id_id")),
    )
    op.create_index(
        op.f("ix_output_notebook_id_cell_id_execution_id_key"),
        "output",
        ["notebook_id", "cell_id", "execution_id", "key"],
        unique=False,
    )
    op.create_table(
        "prompt",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("notebook_id", sa.Text(), nullable=False),
        sa.Column("execution_id", sa.Text(), nullable=False),
        sa.Column("cell_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notebook_id"], ["notebook.id"], name=op.f("fk_prompt_notebook_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt")),
    )
    op.create_index(op.f("ix_prompt_notebook_id_state"), "prompt", ["notebook_id", "state"], unique=False)
    op.create_table(
        "widget",
        sa.Column("notebook_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notebook_id"], ["notebook.id"], name=op.f("fk_widget_notebook_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("notebook_id", "id", "epoch", name=op.f("pk_widget")),
    )
    op.create_table(
        "doc_update",
        sa.Column("notebook_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("update", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notebook_id"], ["doc.notebook_id"], name=op.f("fk_doc_update_notebook_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("notebook_id", "seq", name=op.f("pk_doc_update")),
    )
    op.create_table(
        "output_blob",
        sa.Column("output", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["output"], ["output.key"], name=op.f("fk_output_blob_output"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("output", "sha256", name=op.f("pk_output_blob")),
    )
    op.create_table(
        "output_chunk",
        sa.Column("output", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chars", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["output"], ["output.key"], name=op.f("fk_output_chunk_output"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("output", "start", name=op.f("pk_output_chunk")),
    )
    op.create_table(
        "widget_blob",
        sa.Column("notebook_id", sa.Text(), nullable=False),
        sa.Column("widget_id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notebook_id", "widget_id", "epoch"],
            ["widget.notebook_id", "widget.id", "widget.epoch"],
            name=op.f("fk_widget_blob_notebook_id_widget_id_epoch"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("notebook_id", "widget_id", "epoch", "sha256", name=op.f("pk_widget_blob")),
    )
