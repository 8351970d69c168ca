"""The tables. What is written here must equal what the migrations make (a test compares them on both databases).

    item - item ...                         folders, and what is in them; a tree's root has the id of its owner
      |- star, recent                       what a person keeps at hand, and has opened
      |- grant, request                     who else has it, and who asks for it
      |- transfer                           a change of its owner that has begun
    notebook -+- doc - doc_update           what people write: one lineage, one epoch
              +- cell_bin                   deleted cells, until swept
              +- batch                      what one Run press asked for
              +- execution                  one run of one cell, with the source that it ran
              +- cell                       which executions a cell showed and shows, and its latest one
              +- output -+- output_chunk    finished text, append-only
              |          +- output_line     how many lines end before each chunk but the first
              |          '- output_blob     which blobs an output refers to
              +- widget - widget_blob
              +- prompt
              +- thread - comment           what people say about cells; of a deleted one the id stays
              +- revision                   the notebook as it was at one moment
              +- revision_part              what revisions have in common
              |  '- revision_part_blob      which blobs a part refers to
              +- attachment -> runtime      at most one runtime a notebook
              '- kernel -> runtime          with the cursor of its stream
    account -+- identity                    people, and how OpenID Connect knows them
             +- session                     browsers that are signed in
             +- token                       programs that act for a person
             '- member -> team              groups of people
    invitation                              who may make an account
    audit                                   who did what, when, from where: only ever appended to

Text that comes from people or machines, and JSON, is kept as UTF-8 bytes: PostgreSQL's text and jsonb cannot hold NUL.
Lengths and offsets of text are counted in code points. Small columns come first, so that reading them never touches the
overflow pages of the large ones. Everything of a notebook goes with it (ON DELETE CASCADE).
One piece, long as it is: tables refer to one another, and a schema is read as a whole.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Counter = BigInteger().with_variant(Integer, "sqlite")
"""An automatic key: SQLite makes one only for INTEGER."""


def _notebook(*, primary_key: bool = False) -> Column[str]:
    return Column(
        "notebook_id", Text, ForeignKey("notebook.id", ondelete="CASCADE"), primary_key=primary_key, nullable=False
    )


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


def _of_person(name: str, *more: Column[int]) -> Table:
    return Table(
        name,
        metadata,
        Column("user", Text, primary_key=True),
        Column("item_id", Text, ForeignKey("item.id", ondelete="CASCADE"), primary_key=True),
        *more,
        Index(None, "item_id"),
    )


star = _of_person("star")
recent = _of_person("recent", Column("at", BigInteger, nullable=False))
Index(None, recent.c.user, recent.c.at)


def _item(*, primary_key: bool = False) -> Column[str]:
    return Column("item_id", Text, ForeignKey("item.id", ondelete="CASCADE"), primary_key=primary_key, nullable=False)


grant = Table(
    "grant",
    metadata,
    Column("id", Text, primary_key=True),
    _item(),
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
    _item(primary_key=True),
    Column("account", Text, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("role", Text, nullable=False),
    Column("text", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index(None, "account"),
)

transfer = Table(
    "transfer",
    metadata,
    _item(primary_key=True),
    Column("to", Text, nullable=False),
    Column("name", LargeBinary, nullable=False),
)

notebook = Table(
    "notebook",
    metadata,
    Column("id", Text, ForeignKey("item.id", ondelete="CASCADE"), primary_key=True),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("rev", BigInteger, nullable=False),
    Column("projected_rev", BigInteger),
    Column("projected_seq", BigInteger),
    Column("projected_sha256", Text),
    Column("file_size", BigInteger),
    Column("file_mtime_ns", BigInteger),
    Column("runtime_view", LargeBinary),
    Column("saved_view", LargeBinary),
)

doc = Table(
    "doc",
    metadata,
    _notebook(primary_key=True),
    Column("epoch", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("snapshot_seq", BigInteger, nullable=False),
    Column("snapshot", LargeBinary, nullable=False),
)

doc_update = Table(
    "doc_update",
    metadata,
    Column("notebook_id", Text, ForeignKey("doc.notebook_id", ondelete="CASCADE"), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("author", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("update", LargeBinary, nullable=False),
)

cell_bin = Table(
    "cell_bin",
    metadata,
    _notebook(primary_key=True),
    Column("cell_id", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("pos", Text, nullable=False),
    Column("cell", LargeBinary, nullable=False),
    Index(None, "at"),
)

batch = Table(
    "batch",
    metadata,
    Column("id", Text, primary_key=True),
    _notebook(),
    Column("by", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("params", LargeBinary, nullable=False),
    Index(None, "notebook_id"),
    Index(None, "created_at"),
)

execution = Table(
    "execution",
    metadata,
    Column("id", Text, primary_key=True),
    _notebook(),
    Column("cell_id", Text, nullable=False),
    Column("batch_id", Text, nullable=False),
    Column("ord", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("offered", Boolean, nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("raises_exception", Boolean, nullable=False),
    Column("allow_stdin", Boolean, nullable=False),
    Column("clear_next", Boolean, nullable=False),
    Column("queued_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("finished_at", BigInteger),
    Column("execution_count", BigInteger),
    Column("epoch", BigInteger),
    Column("by", Text, nullable=False),
    Column("source_hash", Text, nullable=False),
    Column("cause", LargeBinary),
    Column("source", LargeBinary, nullable=False),
    UniqueConstraint("notebook_id", "ord"),
    Index(None, "notebook_id", "state", "ord"),
    Index(None, "notebook_id", "cell_id"),
    Index(None, "batch_id", "ord"),
)

cell = Table(
    "cell",
    metadata,
    _notebook(primary_key=True),
    Column("cell_id", Text, primary_key=True),
    Column("shows", Text),
    Column("latest", Text),
    Column("history", LargeBinary, nullable=False),
    Column("imported_count", BigInteger),
)

output = Table(
    "output",
    metadata,
    Column("key", Counter, primary_key=True),
    _notebook(),
    Column("id", Text, nullable=False),
    Column("cell_id", Text, nullable=False),
    Column("execution_id", Text),
    Column("kind", Text, nullable=False),
    Column("name", Text),
    Column("display_id", LargeBinary),
    Column("chars", BigInteger, nullable=False),
    Column("chunk_start", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("cursor_row", BigInteger),
    Column("cursor_column", BigInteger),
    Column("terminal", LargeBinary, nullable=False),
    Column("tail", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("lines", BigInteger, nullable=False, server_default="0"),
    Column("width", BigInteger, nullable=False, server_default="0"),
    Column("height", BigInteger, nullable=False, server_default="0"),
    Column("rows", BigInteger, nullable=False, server_default="0"),
    UniqueConstraint("notebook_id", "id"),
    Index(None, "notebook_id", "cell_id", "execution_id", "key"),
)

output_chunk = Table(
    "output_chunk",
    metadata,
    Column("output", BigInteger, ForeignKey("output.key", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("start", BigInteger, primary_key=True, autoincrement=False),
    Column("chars", BigInteger, nullable=False),
    Column("text", LargeBinary, nullable=False),
)

output_line = Table(
    "output_line",
    metadata,
    Column("output", BigInteger, ForeignKey("output.key", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("line", BigInteger, primary_key=True, autoincrement=False),
    Column("start", BigInteger, primary_key=True, autoincrement=False),
)

output_blob = Table(
    "output_blob",
    metadata,
    Column("output", BigInteger, ForeignKey("output.key", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("sha256", Text, primary_key=True),
)

widget = Table(
    "widget",
    metadata,
    _notebook(primary_key=True),
    Column("id", Text, primary_key=True),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)

widget_blob = Table(
    "widget_blob",
    metadata,
    Column("notebook_id", Text, primary_key=True),
    Column("widget_id", Text, primary_key=True),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    Column("sha256", Text, primary_key=True),
    ForeignKeyConstraint(
        ["notebook_id", "widget_id", "epoch"],
        ["widget.notebook_id", "widget.id", "widget.epoch"],
        ondelete="CASCADE",
    ),
)

prompt = Table(
    "prompt",
    metadata,
    Column("id", Text, primary_key=True),
    _notebook(),
    Column("execution_id", Text, nullable=False),
    Column("cell_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("answered_by", Text, nullable=False),
    Column("text", LargeBinary, nullable=False),
    Index(None, "notebook_id", "state"),
)

thread = Table(
    "thread",
    metadata,
    _notebook(primary_key=True),
    Column("id", Text, primary_key=True),
    Column("cell_id", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("turn", BigInteger, nullable=False),
    Column("resolved", Boolean, nullable=False),
    Column("resolved_by", Text, nullable=False),
    Column("resolved_at", BigInteger),
    Column("quote", LargeBinary, nullable=False),
)

comment = Table(
    "comment",
    metadata,
    Column("key", Counter, primary_key=True),
    Column("notebook_id", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("thread_id", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("edited_at", BigInteger),
    Column("deleted", Boolean, nullable=False),
    Column("mentions", LargeBinary, nullable=False),
    Column("text", LargeBinary, nullable=False),
    ForeignKeyConstraint(["notebook_id", "thread_id"], ["thread.notebook_id", "thread.id"], ondelete="CASCADE"),
    UniqueConstraint("notebook_id", "id"),
)

revision = Table(
    "revision",
    metadata,
    Column("id", Text, primary_key=True),
    _notebook(),
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("cells", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("name", LargeBinary),
    Column("authors", LargeBinary, nullable=False),
    Column("uses", LargeBinary, nullable=False),
    Column("manifest", LargeBinary, nullable=False),
    Index(None, "notebook_id", "at"),
)

revision_part = Table(
    "revision_part",
    metadata,
    _notebook(primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("stored", Text),
    Column("data", LargeBinary, nullable=False),
)

revision_part_blob = Table(
    "revision_part_blob",
    metadata,
    Column("notebook_id", Text, primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("sha256", Text, primary_key=True),
    ForeignKeyConstraint(
        ["notebook_id", "digest"], ["revision_part.notebook_id", "revision_part.digest"], ondelete="CASCADE"
    ),
)

runtime = Table(
    "runtime",
    metadata,
    Column("id", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("launcher", Text, nullable=False),
    Column("spec_name", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("token_hash", Text, nullable=False),
    Column("journal_id", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("connected_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("lease_until", BigInteger),
    Column("draining", Boolean, nullable=False),
    Column("handle", LargeBinary),
    Column("cause", LargeBinary),
    Index(None, "state"),
)

kernel = Table(
    "kernel",
    metadata,
    Column("id", Text, primary_key=True),
    Column("runtime_id", Text, ForeignKey("runtime.id", ondelete="CASCADE"), nullable=False),
    Column("notebook_id", Text, ForeignKey("notebook.id", ondelete="CASCADE")),
    Column("bound", BigInteger),
    Column("spec_name", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("epoch_base", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("language_info", LargeBinary),
    Column("cursor", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("cause", LargeBinary),
    Index(None, "notebook_id", "bound", unique=True),
    Index(None, "runtime_id"),
)

attachment = Table(
    "attachment",
    metadata,
    _notebook(primary_key=True),
    Column("runtime_id", Text, ForeignKey("runtime.id", ondelete="CASCADE"), nullable=False),
    Index(None, "runtime_id"),
)


def _account(*, primary_key: bool = False) -> Column[str]:
    return Column(
        "account", Text, ForeignKey("account.id", ondelete="CASCADE"), primary_key=primary_key, nullable=False
    )


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
    UniqueConstraint("login"),
    UniqueConstraint("email"),
)

identity = Table(
    "identity",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    _account(),
    Index(None, "account"),
)

session = Table(
    "session",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("id", Text, nullable=False),
    _account(),
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
    _account(),
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
    _account(primary_key=True),
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
