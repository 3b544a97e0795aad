"""A log goes on in another database: the one is closed, the other takes over everything but most decisions.

The tree goes on: its frontier is all that is needed to extend it, and to prove every entry that comes. What the
service works with lies in the tables beside the log, which are taken over as they are, and in entries of other kinds
than decisions, which are few; so nothing of it notices, and the audit compares as much as before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Set
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, insert, inspect, select, update

from api.ledger.beginnings import INTO, Beginning, CarriedEntries, closed_into
from api.ledger.checkpoints import parse_checkpoint
from api.ledger.copying import copy_rows, copy_rows_at
from api.ledger.database import Database, translated
from api.ledger.deduplication import as_bytes
from api.ledger.entries import Entry, EntryKind
from api.ledger.key_rotation import key_in_force, keys_to_verify_by
from api.ledger.log_appender import LogAppender, lock_tree
from api.ledger.merkle import CompactTree
from api.ledger.reader import newest_note, signing_keys
from api.ledger.restorings import copy_restoring
from api.ledger.sql import insert_rows
from api.ledger.stored_entries import decisions_since, ungrouped_rows
from api.ledger.stored_log import verify_stored_log
from api.ledger.tables import checkpoints, decision_groups, log_entries, log_state, personal_data
from api.ledger.upgrade import upgrade
from api.signing.faults import SigningFault
from api.signing.keys import SigningKey

BATCH = 500


class ContinuationFault(Exception):  # reported to an operator, like a fault of the policies
    """Why a log is not continued, and the remedy."""

    def __init__(self, fact: str, remedy: str) -> None:
        super().__init__(fact)
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Taken:
    """What is taken over beside the entries of other kinds: the decisions of some places, and those since a time.

    `rebuilt` names tables that are derived from decisions and are made anew from those that are there.
    """

    decisions: Callable[[Connection], Set[int]]
    since: datetime
    rebuilt: Collection[str]


@dataclass(frozen=True, slots=True)
class Continuation:
    """The place of the first entry in the new database, how many are carried over, the last checkpoint of the old."""

    place: int
    carried: int
    note: str


def signing_key_of(old: Database, key_file: Path, origin: str) -> SigningKey:
    """Return the key that signs the log. Raises OSError, `SigningFault` for one that it does not name."""
    with translated(), old.reading() as connection:
        key = key_in_force(connection, key_file, origin)
        if key.verifying not in signing_keys(connection):
            raise SigningFault(
                "the log does not name the key as one of its own", "name the file of the key that signs it"
            )
    return key


def continue_log(
    old: Database, new: Database, into: str, key: SigningKey, origin: str, taken: Taken, at: datetime
) -> Continuation:
    """Close the log in `old`, and let it go on in `new`, an empty database that `into` names.

    Where that broke off after the log was closed, it is done again from there. Raises `ContinuationFault`,
    StoreUnavailable.
    """
    old.prepare()
    with translated():
        _check_before(old, new)
        _close(old, into, key, origin, at)
        with old.reading() as source, new.upgrading() as target:
            upgrade(target)
            made = _take_over(source, target, key, origin, taken, at)
            findings = verify_stored_log(target, keys_to_verify_by(target, [key.verifying]), None).findings
            if findings:
                raise ContinuationFault(
                    f"the log does not verify in its new place: {findings[0]}", "try again"
                )
        new.prepare()
    return made


def _check_before(old: Database, new: Database) -> None:
    """Raise `ContinuationFault` unless the log verifies, and has an empty database to go on in."""
    with new.upgrading() as target:
        if tables := inspect(target).get_table_names():
            raise ContinuationFault(
                f"the new database is not empty, it holds the table {min(tables)}",
                "name a file that does not exist yet, or a new PostgreSQL database",
            )
    with old.reading() as source:
        if not newest_note(source):
            raise ContinuationFault("the log is empty", "there is nothing to continue")
        findings = verify_stored_log(source, keys_to_verify_by(source, signing_keys(source)), None).findings
        if findings:
            raise ContinuationFault(f"the log does not verify: {findings[0]}", "see `channelgate log verify`")


def _close(old: Database, into: str, key: SigningKey, origin: str, at: datetime) -> None:
    """Record as the last entry that the log is closed, unless that was done for this very continuation before."""
    with old.writing() as connection:
        if (before := closed_into(connection)) is not None:
            if before != into:
                raise ContinuationFault(
                    f"the log was closed to go on in {before}",
                    f"name {before} with --into, or serve it if it is there",
                )
            return
        tree = lock_tree(connection)
        entry = Entry(EntryKind.CLOSED, origin, at, {INTO: into})
        LogAppender(origin, lambda: key, frozenset, lambda _: None).append(connection, tree, [entry])


def _take_over(
    source: Connection, target: Connection, key: SigningKey, origin: str, taken: Taken, at: datetime
) -> Continuation:
    """Fill the new database, and record as its first own entry what the log goes on from."""
    own = (
        log_entries.name, decision_groups.name, personal_data.name, checkpoints.name, *taken.rebuilt
    )  # fmt: skip
    copy_rows(source, target, leave=own)
    copy_restoring(source, target)
    places = _places(source, taken)
    for start in range(0, len(places), BATCH):
        insert_rows(target, log_entries, ungrouped_rows(source, places[start : start + BATCH]))
    copy_rows_at(source, target, personal_data, places)
    state = source.execute(select(log_state)).one()
    tree = CompactTree.from_bytes(str(state.tree).encode())
    target.execute(update(log_state).values(tree=state.tree, note=state.note))
    target.execute(insert(checkpoints), {"size": tree.size, "note": state.note})
    carried = _digested(target)
    beginning = Beginning(tree, state.note, carried.count, carried.digest)
    entry = Entry(
        EntryKind.CONTINUED, parse_checkpoint(state.note).checkpoint.origin, at, beginning.members()
    )
    LogAppender(origin, lambda: key, frozenset, lambda _: None).append(target, tree, [entry])
    return Continuation(tree.size, carried.count, state.note)


def _places(source: Connection, taken: Taken) -> list[int]:
    """The places of the entries to carry over, in their order; decisions among them are stored as rows there."""
    columns = log_entries.c
    lasting = select(columns.sequence).where(columns.kind != EntryKind.DECISION.value)
    found = set(source.execute(lasting).scalars()) | decisions_since(source, taken.since.isoformat())
    return sorted(found | taken.decisions(source))


def _digested(target: Connection) -> CarriedEntries:
    carried = CarriedEntries()
    query = select(log_entries.c.sequence, log_entries.c.leaf).order_by(log_entries.c.sequence)
    for row in target.execute(query, execution_options={"yield_per": BATCH}):
        carried.add(row.sequence, as_bytes(row.leaf))
    return carried
