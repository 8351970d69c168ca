"""Alembic runs this for every command. The connection, with its transaction, is given by `store.migrate`."""

from alembic import context

from noctule.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
