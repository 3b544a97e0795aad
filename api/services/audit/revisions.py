"""The policies stored beside the log: each set is the one its revision names, and none that was used is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from api.ledger.entries import Entry, EntryKind
from api.ledger.revisions import PolicyFiles, all_revisions
from engine import revision_of

if TYPE_CHECKING:
    from sqlalchemy import Connection


def revision_named(entry: Entry) -> str | None:
    """Return the revision of the policies that an entry was made under, or says became active."""
    if entry.kind is EntryKind.POLICIES:
        return entry.key
    revision = entry.members.get("revision")
    return None if revision is None else str(revision)


def is_as_recorded(files: PolicyFiles) -> bool:
    """Whether the files are those that their revision is the hash of."""
    try:
        return revision_of(files.read()) == files.revision
    except (ValueError, AttributeError, TypeError):
        return False


def find_revision_faults(connection: Connection, named: Mapping[str, int]) -> Iterator[str]:
    """Yield what is wrong with the stored policies; `named` gives the first entry that names each revision.

    A revision that no entry names is no fault: it is stored before its first decision is recorded.
    """
    stored = set[str]()
    for files in all_revisions(connection):
        stored.add(files.revision)
        if not is_as_recorded(files):
            naming = f", which entry {named[files.revision]} names" if files.revision in named else ""
            yield (
                f"policy_revisions (revision {files.revision}): its files are not those of this revision{naming}; "
                "they were altered"
            )
    for revision, sequence in named.items():
        if revision not in stored:
            yield (
                f"policy_revisions (revision {revision}): missing, though entry {sequence} names it; "
                "removed or renamed"
            )
