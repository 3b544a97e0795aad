"""The revisions that a ledger stores, found by their beginning."""

from __future__ import annotations

import re

from api.cli.exit_codes import fail
from api.cli.log import reading_log
from api.ledger.revisions import PolicyFiles, find_revision, find_revisions

SHORTEST_PREFIX = 6
REVISION = re.compile("[0-9a-fA-F]+")


def read_stored_revision(named: str, database: str) -> PolicyFiles:
    """Return the revision that begins so; none, or several, end the command."""
    if len(named) < SHORTEST_PREFIX:
        fail(
            f"`{named}` is neither a folder nor enough of a revision",
            f"give at least the first {SHORTEST_PREFIX} signs of the revision",
        )
    with reading_log(database) as connection:
        found = find_revisions(connection, named.lower())
        stored = find_revision(connection, found[0]) if len(found) == 1 else None
    if stored is None:
        many = f"{len(found)} revisions in the ledger begin with `{named}`"
        fail(
            many if found else f"`{named}` is no folder, and no revision in the ledger begins so",
            "name a folder, or the beginning of one revision as `GET /v1/policies` and the log tell it",
        )
    return stored
