"""Files and folders have rows: a notebook is an item of somebody's tree, and its name is the item's.

Until now there was one folder of notebooks, which the server moves to the tree of their owner when it starts (drive/flat.py).
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_OLD = sa.table(
    "notebook",
    *(sa.column(name) for name in ("id", "name", "owner", "file_name", "file_size", "file_mtime_ns")),
)
_STAR = sa.table("star", sa.column("user"), sa.column("notebook_id"))


def upgrade() -> None:
    item = op.create_table(
        "item",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tree", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text()),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("folded", sa.LargeBinary(), nullable=False),
        sa.Column("sort", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mtime_ns", sa.BigInteger()),
        sa.Column("mark", sa.Text()),
        sa.Column("looked_ns", sa.BigInteger()),
        sa.Column("missing_at", sa.BigInteger()),
        sa.Column("binned_at", sa.BigInteger()),
        sa.Column("binned_from", sa.Text()),
        sa.ForeignKeyConstraint(["parent"], ["item.id"], name=op.f("fk_item_parent"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sa.UniqueConstraint("parent", "name", name=op.f("uq_item_parent_name")),
    )
    op.create_index(op.f("ix_item_parent_sort"), "item", ["parent", "sort"])
    op.create_index(op.f("ix_item_mark"), "item", ["mark"])
    op.create_index(op.f("ix_item_tree_kind"), "item", ["tree", "kind"])
    bind = op.get_bind()
    rows = bind.execute(sa.select(_OLD)).all()
    roots = [_row(owner, owner, None, b"", "folder", None, None) for owner in sorted({row.owner for row in rows})]
    op.bulk_insert(item, roots)
    op.bulk_insert(
        item,
        [
            _row(row.id, row.owner, row.owner, row.name.encode(), "notebook", row.file_size, row.file_mtime_ns)
            for row in rows
        ],
    )
    with op.batch_alter_table("notebook") as batch:
        batch.drop_constraint(op.f("uq_notebook_name"), type_="unique")
        for name in ("name", "owner", "file_name"):
            batch.drop_column(name)
        batch.create_foreign_key(op.f("fk_notebook_id"), "item", ["id"], ["id"], ondelete="CASCADE")
    stars = bind.execute(sa.select(_STAR)).all()
    op.drop_table("star")
    star = _of_person("star")
    op.bulk_insert(star, [{"user": row.user, "item_id": row.notebook_id} for row in stars])
    _of_person("recent", sa.Column("at", sa.BigInteger(), nullable=False))
    op.create_index(op.f("ix_recent_user_at"), "recent", ["user", "at"])


def _row(
    id_: str, tree: str, parent: str | None, name: bytes, kind: str, size: int | None, mtime_ns: int | None
) -> dict[str, object]:
    # The first look at the folder puts its own order there.
    sort = name and b"1" + name
    return {
        "id": id_,
        "tree": tree,
        "parent": parent,
        "name": name,
        "folded": name.lower(),
        "sort": sort,
        "kind": kind,
        "size": size or 0,
        "mtime_ns": mtime_ns,
    }


def _of_person(table: str, *more: "sa.Column[int]") -> sa.Table:
    made = op.create_table(
        table,
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        *more,
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f(f"fk_{table}_item_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user", "item_id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_item_id"), table, ["item_id"])
    return made
