"""What all tables have: one naming of constraints, automatic keys, and columns that name what a row belongs to and goes with."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, Text

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


def of_notebook(*, primary_key: bool = False) -> Column[str]:
    return Column(
        "notebook_id", Text, ForeignKey("notebook.id", ondelete="CASCADE"), primary_key=primary_key, nullable=False
    )


def of_item(*, primary_key: bool = False) -> Column[str]:
    return Column("item_id", Text, ForeignKey("item.id", ondelete="CASCADE"), primary_key=primary_key, nullable=False)


def of_account(*, primary_key: bool = False) -> Column[str]:
    return Column(
        "account", Text, ForeignKey("account.id", ondelete="CASCADE"), primary_key=primary_key, nullable=False
    )
