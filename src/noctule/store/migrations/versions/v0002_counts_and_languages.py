"""The execution count that a cell brought from its file, and what a kernel says of its language."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cell", sa.Column("imported_count", sa.BigInteger(), nullable=True))
    op.add_column("kernel", sa.Column("language_info", sa.LargeBinary(), nullable=True))
