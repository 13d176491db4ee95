"""Run the migrations on the connection in the configuration. Alembic executes this file for each command."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table=context.config.attributes["version_table"],
)
with context.begin_transaction():  # the caller's, which is open already
    context.run_migrations()
