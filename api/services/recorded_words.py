"""The vocabulary that a recorded request was stated in: that of the policies it was decided by."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from api.ledger.entries import Entry
from api.ledger.reader import revision_at
from api.ledger.revisions import find_revision
from engine import PolicySet, Vocabulary

if TYPE_CHECKING:
    from sqlalchemy import Connection


def words_of_entry(connection: Connection, entry: Entry, current: PolicySet) -> Vocabulary:
    """Return the vocabulary of the policies that an entry names.

    Where they are not stored, it is that of the `current` ones. Raises PolicyFaults if they cannot be read.
    """
    revision = entry.members.get("revision")
    if revision == current.revision:
        return current.vocabulary
    files = find_revision(connection, str(revision))
    return _vocabulary(tuple(files.read().items())) if files else current.vocabulary


def words_at(connection: Connection, sequence: int) -> Vocabulary:
    """Return the vocabulary of the policies that were in force at a place of the log; none named there, version 1."""
    from engine import vocabulary_of_version_1

    revision = revision_at(connection, sequence)
    files = None if revision is None else find_revision(connection, revision)
    return _vocabulary(tuple(files.read().items())) if files else vocabulary_of_version_1()


@lru_cache(maxsize=16)
def _vocabulary(files: tuple[tuple[str, bytes], ...]) -> Vocabulary:
    from engine import vocabulary_in

    return vocabulary_in(dict(files))
