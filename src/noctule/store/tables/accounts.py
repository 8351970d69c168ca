"""People, how they come in, what they may have, and who did what."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, LargeBinary, Table, Text, UniqueConstraint

from .schema import Counter, metadata, of_account

account = Table(
    "account",
    metadata,
    Column("id", Text, primary_key=True),
    Column("login", Text, nullable=False),
    Column("email", Text),
    Column("shown", Text, nullable=False),
    Column("password", Text),
    Column("admin", Boolean, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("quota", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("visited_at", BigInteger),
    Column("plan", Text, nullable=False),
    Column("left_at", BigInteger),
    UniqueConstraint("login"),
    UniqueConstraint("email"),
    Index(None, "plan"),
)

plan = Table(
    "plan",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("quota", BigInteger),
    Column("runtimes", BigInteger),
    UniqueConstraint("name"),
)

leaving = Table(
    "leaving",
    metadata,
    Column("account", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
)

identity = Table(
    "identity",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    of_account(),
    Index(None, "account"),
)

session = Table(
    "session",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("id", Text, nullable=False),
    of_account(),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("address", Text, nullable=False),
    Column("agent", LargeBinary, nullable=False),
    UniqueConstraint("id"),
    Index(None, "account"),
    Index(None, "expires_at"),
)

token = Table(
    "token",
    metadata,
    Column("id", Text, primary_key=True),
    of_account(),
    Column("label", LargeBinary, nullable=False),
    Column("hash", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("used_at", BigInteger),
    UniqueConstraint("hash"),
    Index(None, "account"),
)

invitation = Table(
    "invitation",
    metadata,
    Column("id", Text, primary_key=True),
    Column("hash", Text, nullable=False),
    Column("email", Text),
    Column("admin", Boolean, nullable=False),
    Column("by", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
    Column("used_by", Text),
    UniqueConstraint("hash"),
)

team = Table(
    "team",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    UniqueConstraint("name"),
)

member = Table(
    "member",
    metadata,
    Column("team", Text, ForeignKey("team.id", ondelete="CASCADE"), primary_key=True),
    of_account(primary_key=True),
    Index(None, "account"),
)

audit = Table(
    "audit",
    metadata,
    Column("key", Counter, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("detail", LargeBinary, nullable=False),
    Index(None, "at"),
    Index(None, "who", "key"),
    Index(None, "what", "key"),
)
