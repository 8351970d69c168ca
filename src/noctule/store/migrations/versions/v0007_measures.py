"""The size of a picture among the outputs: a page keeps its place before it has come. Old ones are not measured."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("width", "height"):
        op.add_column("output", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
