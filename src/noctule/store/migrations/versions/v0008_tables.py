"""The lines of a DataFrame among the outputs: a page keeps the place of its table before it has come. Old ones are not measured."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("output", sa.Column("rows", sa.BigInteger(), server_default="0", nullable=False))
