"""Alembic's entry: runs the numbered migrations against the URL that bot.db passes."""

from alembic import context

from bot.db import connect
from bot.models import Base

engine = connect(context.config.attributes["url"])
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
