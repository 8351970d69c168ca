"""Notebooks that a person has starred."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "star",
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("notebook_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["notebook_id"], ["notebook.id"], name=op.f("fk_star_notebook_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user", "notebook_id", name=op.f("pk_star")),
    )
    op.create_index(op.f("ix_star_notebook_id"), "star", ["notebook_id"])
