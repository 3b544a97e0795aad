"""Bringing the tables of a database to a revision; Alembic is imported only where there is something to do."""

from __future__ import annotations

import logging
from collections.abc import Collection
from pathlib import Path

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    insert,
    inspect,
    select,
)

from api.ledger.migrations import REVISIONS
from api.ledger.migrations.schema import metadata
from api.ledger.tables import EMPTY_LOG, log_entries, log_state

NEWEST = REVISIONS[-1]
_MIGRATIONS = Path(__file__).with_name("migrations")
_VERSION = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32)),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""Where Alembic stores the revision, as it makes the table itself."""

_UNVERSIONED_TABLES = {
    "log_entries",
    "log_state",
    "checkpoints",
    "policy_revisions",
    "cases",
    "case_facts",
    "answered_calls",
}
"""The tables of a database from before revisions were stored in it."""


class RevisionFault(Exception):  # reported to an operator, like a fault of the policies
    """Why the tables of a database cannot be used, and the remedy."""

    def __init__(self, fact: str, remedy: str) -> None:
        super().__init__(fact)
        self.fact = fact
        self.remedy = remedy


def find_revision(connection: Connection) -> str | None:
    """Return the revision of the tables; None if there are none, or only such as are older than revisions.

    Raises `RevisionFault` for tables that this version of channelgate does not know.
    """
    names = set(inspect(connection).get_table_names())
    if _VERSION.name in names:
        revision = connection.execute(select(_VERSION.c.version_num)).scalar()
        if revision not in REVISIONS:
            raise RevisionFault(
                f"its tables are of revision {revision}, and this version of channelgate knows none after {NEWEST}",
                "run the version of channelgate that made them, or a later one",
            )
        return str(revision)
    _check_old(connection, names & metadata.tables.keys())
    return None


def upgrade(connection: Connection, revision: str = NEWEST) -> None:
    """Take the tables to `revision`, in the transaction of the connection.

    An empty database gets the newest tables at once: what the revisions would have made of it, one after another.
    """
    if revision == NEWEST and not _holds_tables(connection):
        _create(connection)
        return
    from alembic import command
    from alembic.config import Config

    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, revision)


def refuse_tables_of_others(names: Collection[str]) -> None:
    """Raise `RevisionFault` for the tables of a file that is not of a ledger, but of another program.

    A name that begins with an underscore is of one that copies files (Litestream), or of SQLite itself.
    """
    others = sorted(name for name in names if not name.startswith(("_", "sqlite_")))
    if others and log_entries.name not in names:
        raise RevisionFault(
            f"it is the file of another program, with its tables ({', '.join(others)})",
            "name a file that the log has to itself",
        )


def find_differences(connection: Connection) -> list[str]:
    """Return the differences of the database from the newest revision."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    def ours(name: str | None, kind: str, _: object) -> bool:
        return kind != "table" or name in metadata.tables

    context = MigrationContext.configure(connection, opts={"include_name": ours})
    return [_describe(difference) for difference in compare_metadata(context, metadata)]


def _holds_tables(connection: Connection) -> bool:
    return not {_VERSION.name, *metadata.tables}.isdisjoint(inspect(connection).get_table_names())


def _create(connection: Connection) -> None:
    metadata.create_all(connection, checkfirst=False)
    _VERSION.create(connection)
    connection.execute(insert(log_state), EMPTY_LOG)
    connection.execute(insert(_VERSION), {"version_num": NEWEST})


def _check_old(connection: Connection, names: set[str]) -> None:
    """Raise `RevisionFault` unless tables without a revision are those of a ledger made before there were any."""
    if not names:
        return
    known = names <= _UNVERSIONED_TABLES and log_entries.name in names
    if known:
        found = {str(column["name"]) for column in inspect(connection).get_columns(log_entries.name)}
        known = found == set(log_entries.columns.keys())
    if not known:
        raise RevisionFault(
            f"it does not say of which revision its tables are ({', '.join(sorted(names))})",
            "name another database, or restore a backup into an empty one",
        )


def _describe(difference: object) -> str:
    """A difference in words: what would have to be done, and to what."""
    if isinstance(difference, list):
        return "; ".join(map(_describe, difference))
    assert isinstance(difference, tuple)
    what, *rest = difference
    parts = [getattr(part, "name", part) for part in rest if part is not None and not isinstance(part, dict)]
    return f"{str(what).replace('_', ' ')} {' '.join(map(str, parts))}"
