"""Plans: how much an account may have. Those that there are have the standard one, whose row the server makes.

And which deleted accounts have left something behind that is not gone yet.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("quota", sa.BigInteger()),
        sa.Column("runtimes", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("name", name=op.f("uq_plan_name")),
    )
    op.create_table(
        "leaving",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_leaving")),
    )
    op.add_column("account", sa.Column("plan", sa.Text()))
    op.execute("UPDATE account SET plan = 'standard'")
    with op.batch_alter_table("account") as batch:
        batch.alter_column("plan", existing_type=sa.Text(), nullable=False)
    op.create_index(op.f("ix_account_plan"), "account", ["plan"])
