"""What Alembic runs: on the connection it is given or, to draft a revision, on that of CHANNELGATE_DATABASE."""

from __future__ import annotations

import os

from alembic import context
from sqlalchemy import Connection

from api.ledger.database import Database
from api.ledger.migrations.schema import metadata


def _run(connection: Connection) -> None:
    """Stay in the transaction of the connection: a revision is taken whole or not at all."""
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    database = Database(os.environ["CHANNELGATE_DATABASE"])
    with database.reading() as connection:
        _run(connection)
    database.dispose()
