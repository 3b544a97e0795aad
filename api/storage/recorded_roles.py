"""The roles that a record was made in: those of the policies that were in force at its place of the log."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import Connection

from api.ledger.reader import revision_at
from api.ledger.revisions import find_revision
from engine import Roles, make_roles, roles_in, vocabulary_of_version_1


def decides_at(connection: Connection, sequence: int, role: str) -> bool:
    """Whether a role was one that decides, at a place of the log."""
    found = _roles_at(connection, sequence).get(role)
    return found is not None and found.decides


def _roles_at(connection: Connection, sequence: int) -> Roles:
    revision = revision_at(connection, sequence)
    files = None if revision is None else find_revision(connection, revision)
    return _roles(tuple(files.read().items())) if files else make_roles((), vocabulary_of_version_1())


@lru_cache(maxsize=16)
def _roles(files: tuple[tuple[str, bytes], ...]) -> Roles:
    return roles_in(dict(files))
