"""Every policy set that something was decided by, stored byte for byte under its revision."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice

from sqlalchemy import Connection, insert, select

from api.ledger.database import Database, StoreUnavailable, translated
from api.ledger.deduplication import TextRestorer, as_bytes
from api.ledger.entries import Entry, EntryKind
from api.ledger.policy_proofs import PROOF
from api.ledger.tables import log_entries, policy_revisions

NOTES_READ = 16
"""The proofs of so many sets that became active last are read: a folder often returns to earlier content."""

UNPROVED = "accepted_unproved"
"""The member of the entry of a set that became active without having been proved."""


@dataclass(frozen=True, slots=True)
class PolicyFiles:
    """The files of a policy set, as text that preserves every byte.

    `activated_at` is the place of the log at which they came into force by approvals; None where none are required.
    """

    revision: str
    files: str
    activated_at: int | None = None

    @classmethod
    def of(cls, revision: str, files: Mapping[str, bytes]) -> PolicyFiles:
        """Encode the files by name; bytes that are no UTF-8 become surrogate escapes."""
        texts = {name: content.decode(errors="surrogateescape") for name, content in sorted(files.items())}
        return cls(revision, json.dumps(texts))

    def read(self) -> dict[str, bytes]:
        """Return the files by name, byte for byte."""
        return {name: text.encode(errors="surrogateescape") for name, text in json.loads(self.files).items()}


@dataclass(frozen=True, slots=True)
class LastInForce:
    """What the log says of the policy sets that were in force: of the last one, its revision, and since when.

    `files` are those of the last one that was proved when it became active, if there is any. `proofs` are notes of
    the last proofs, the newest first; none of them is verified.
    """

    revision: str
    since: datetime
    files: PolicyFiles | None
    proofs: tuple[str, ...] = ()


def store_revision(connection: Connection, files: PolicyFiles) -> None:
    """Store the files of a revision, if they are not stored already."""
    stored = select(policy_revisions.c.revision).where(policy_revisions.c.revision == files.revision)
    if connection.execute(stored).first() is None:
        connection.execute(insert(policy_revisions), {"revision": files.revision, "files": files.files})


def find_revision(connection: Connection, revision: str) -> PolicyFiles | None:
    """Return the policy set of a revision, if something was decided by it."""
    row = connection.execute(select(policy_revisions).where(policy_revisions.c.revision == revision)).first()
    return None if row is None else PolicyFiles(*row)


def last_in_force(database: Database) -> LastInForce | None:
    """Return the policy set that became active last; None if there is none, or no database yet.

    Raises StoreUnavailable.
    """
    try:
        if not database.exists or database.revision() is None:
            return None
        with translated(), database.reading() as connection:
            return _last_in_force(connection)
    except ValueError as error:
        raise StoreUnavailable(
            "an entry of the log cannot be read; `channelgate log verify` shows which"
        ) from error
    finally:
        database.dispose()  # the log in it may never be opened; then nobody else would


def _last_in_force(connection: Connection) -> LastInForce | None:
    activations = _activations(connection)
    latest = [*islice(activations, NOTES_READ)]
    if not latest:
        return None
    newest, *_ = latest
    since, same, proved = newest.at, True, None
    for entry in chain(latest, activations):
        same = same and entry.key == newest.key
        since = entry.at if same else since
        if proved is None and UNPROVED not in entry.members:
            proved = entry.key
        if proved is not None and not same:
            break
    proofs = tuple(note for entry in latest if isinstance(note := entry.members.get(PROOF), str))
    files = None if proved is None else find_revision(connection, proved)
    return LastInForce(newest.key, since, files, proofs)


def _activations(connection: Connection) -> Iterator[Entry]:
    """The entries of sets that became active, the newest first."""
    activations = (
        select(log_entries.c.entry)
        .where(log_entries.c.kind == EntryKind.POLICIES)
        .order_by(log_entries.c.sequence.desc())
    )
    restorer = TextRestorer(connection)
    for stored in connection.execute(activations).scalars().all():
        yield Entry.from_bytes(restorer.restore(as_bytes(stored)))


def find_revisions(connection: Connection, beginning: str) -> list[str]:
    """Return the revisions that begin with some text."""
    stored = connection.execute(select(policy_revisions.c.revision)).scalars()
    return [revision for revision in stored if revision.startswith(beginning)]


def all_revisions(connection: Connection) -> Iterator[PolicyFiles]:
    """Yield every policy set of the ledger, one at a time."""
    for row in connection.execute(select(policy_revisions), execution_options={"yield_per": 1}):
        yield PolicyFiles(*row)
