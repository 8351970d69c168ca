"""Revisions of notebooks."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "revision",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("notebook_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("cells", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("authors", sa.LargeBinary(), nullable=False),
        sa.Column("uses", sa.LargeBinary(), nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notebook_id"], ["notebook.id"], name=op.f("fk_revision_notebook_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
    )
    op.create_index(op.f("ix_revision_notebook_id_at"), "revision", ["notebook_id", "at"], unique=False)
    op.create_table(
        "revision_part",
        sa.Column("notebook_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("stored", sa.Text(), nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notebook_id"], ["notebook.id"], name=op.f("fk_revision_part_notebook_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("notebook_id", "digest", name=op.f("pk_revision_part")),
    )
    op.create_table(
        "revision_part_blob",
        sa.Column("notebook_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notebook_id", "digest"],
            ["revision_part.notebook_id", "revision_part.digest"],
            name=op.f("fk_revision_part_blob_notebook_id_digest"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("notebook_id", "digest", "sha256", name=op.f("pk_revision_part_blob")),
    )
