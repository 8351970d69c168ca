"""Sharing: who has what of others, who asks for it, and changes of owner that have begun."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grant",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("whom", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger()),
        _item_key("grant"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant")),
        sa.UniqueConstraint("item_id", "kind", "whom", name=op.f("uq_grant_item_id_kind_whom")),
    )
    op.create_index(op.f("ix_grant_kind_whom"), "grant", ["kind", "whom"])
    op.create_table(
        "request",
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        _item_key("request"),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_request_account"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", "account", name=op.f("pk_request")),
    )
    op.create_index(op.f("ix_request_account"), "request", ["account"])
    op.create_table(
        "transfer",
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        _item_key("transfer"),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_transfer")),
    )


def _item_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f(f"fk_{table}_item_id"), ondelete="CASCADE")
