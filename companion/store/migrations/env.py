"""How Alembic runs here: on the engine it is given, in one transaction."""

from alembic import context

from companion.store.schema import metadata

with context.config.attributes["engine"].execution_options(writes=True).connect() as connection:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
