"""What is in Drive: items, who else has them, and what people keep of them for themselves."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Table, Text, UniqueConstraint, and_

from .schema import metadata, of_item

item = Table(
    "item",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tree", Text, nullable=False),
    Column("parent", Text, ForeignKey("item.id", ondelete="CASCADE")),
    Column("name", LargeBinary, nullable=False),
    Column("folded", LargeBinary, nullable=False),
    Column("sort", LargeBinary, nullable=False),
    Column("kind", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger),
    Column("mark", Text),
    Column("looked_ns", BigInteger),
    Column("missing_at", BigInteger),
    Column("binned_at", BigInteger),
    Column("binned_from", Text),
    UniqueConstraint("parent", "name"),
    Index(None, "parent", "sort"),
    Index(None, "mark"),
    Index(None, "tree", "kind"),
)

_HERE = and_(item.c.missing_at.is_(None), item.c.binned_at.is_(None))
# A folder's list by size; and how much is in it, without reading it.
Index("ix_item_by_size", item.c.parent, item.c.size, item.c.sort, sqlite_where=_HERE, postgresql_where=_HERE)


def _of_person(name: str, *more: Column[int]) -> Table:
    return Table(
        name,
        metadata,
        Column("user", Text, primary_key=True),
        of_item(primary_key=True),
        *more,
        Index(None, "item_id"),
    )


star = _of_person("star")
recent = _of_person("recent", Column("at", BigInteger, nullable=False))
Index(None, recent.c.user, recent.c.at)

grant = Table(
    "grant",
    metadata,
    Column("id", Text, primary_key=True),
    of_item(),
    Column("kind", Text, nullable=False),
    Column("whom", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    UniqueConstraint("item_id", "kind", "whom"),
    Index(None, "kind", "whom"),
)

request = Table(
    "request",
    metadata,
    of_item(primary_key=True),
    Column("account", Text, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("role", Text, nullable=False),
    Column("text", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index(None, "account"),
)

transfer = Table(
    "transfer",
    metadata,
    of_item(primary_key=True),
    Column("to", Text, nullable=False),
    Column("name", LargeBinary, nullable=False),
)

text = Table(
    "text",
    metadata,
    of_item(primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("folded", LargeBinary, nullable=False),
    # Last: what is searched is read without it.
    Column("cells", LargeBinary, nullable=False),
)
