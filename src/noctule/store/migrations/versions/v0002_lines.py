"""Lines of long texts can be found: how many end before each chunk. The texts that are there are counted once.

A migration is a frozen copy of what was meant then.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_output = sa.table("output", sa.column("key", sa.BigInteger()), sa.column("lines", sa.BigInteger()))
_chunk = sa.table(
    "output_chunk",
    sa.column("output", sa.BigInteger()),
    sa.column("start", sa.BigInteger()),
    sa.column("text", sa.LargeBinary()),
)


def upgrade() -> None:
    op.add_column("output", sa.Column("lines", sa.BigInteger(), server_default="0", nullable=False))
    line = op.create_table(
        "output_line",
        sa.Column("output", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["output"], ["output.key"], name=op.f("fk_output_line_output"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("output", "line", "start", name=op.f("pk_output_line")),
    )
    connection = op.get_bind()
    for key in connection.scalars(sa.select(_chunk.c.output).distinct()).all():
        _count(connection, line, key)


def _count(connection: sa.Connection, line: sa.Table, key: int) -> None:
    """One text, chunk after chunk: no more than one of them is held."""
    starts = connection.scalars(sa.select(_chunk.c.start).where(_chunk.c.output == key).order_by(_chunk.c.start)).all()
    lines = 0
    for start in starts:
        if start > 0:
            connection.execute(line.insert(), {"output": key, "line": lines, "start": start})
        chosen = sa.select(_chunk.c.text).where(_chunk.c.output == key, _chunk.c.start == start)
        lines += connection.execute(chosen).scalar_one().count(b"\n")
    connection.execute(_output.update().where(_output.c.key == key).values(lines=lines))
