"""The name that a notebook's file in Drive has: after a rename not yet that of the notebook."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_notebook = sa.table(
    "notebook",
    sa.column("name", sa.Text()),
    sa.column("file_name", sa.Text()),
)


def upgrade() -> None:
    op.add_column("notebook", sa.Column("file_name", sa.Text()))
    op.execute(_notebook.update().values(file_name=_notebook.c.name))
