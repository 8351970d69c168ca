"""A folder's list by size without sorting it, and its count without reading it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

HERE = sa.text("missing_at IS NULL AND binned_at IS NULL")


def upgrade() -> None:
    op.create_index("ix_item_by_size", "item", ["parent", "size", "sort"], sqlite_where=HERE, postgresql_where=HERE)
