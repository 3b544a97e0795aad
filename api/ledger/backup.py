"""Backups: the whole ledger of either database as one SQLite file, and a ledger made from such a file.

A backup has the tables of the revision it was taken at, so whatever reads a ledger reads a backup, and one table
more, which says when it was taken and what the digest of all rows was. The signing key is never in it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, Table, Text, insert, inspect, select

from api.ledger.copying import copy_rows, digest_of
from api.ledger.database import Database, StoreUnavailable, translated
from api.ledger.detached_text_check import verify_texts
from api.ledger.key_rotation import keys_to_verify_by
from api.ledger.merkle import CompactTree
from api.ledger.migrations import REVISIONS
from api.ledger.reader import signing_keys
from api.ledger.restorings import mark_restored
from api.ledger.stored_log import verify_stored_log
from api.ledger.tables import log_state
from api.ledger.upgrade import find_revision, upgrade
from api.signing.faults import SigningFault
from api.signing.keys import VerifyingKey

_backup = Table(
    "backup",
    MetaData(),
    Column("taken_at", Text, primary_key=True),
    Column("revision", Text, nullable=False),
    Column("digest", Text, nullable=False),
)
_SUFFIXES = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Backup:
    """The description of a backup: when it was taken, the revision of its tables, entries in its log, its digest."""

    taken_at: str
    revision: str
    entries: int
    digest: str


class BackupFault(Exception):  # reported to an operator, like a fault of the policies
    """Why a backup is not made or not used, and the remedy."""

    def __init__(self, fact: str, remedy: str) -> None:
        super().__init__(fact)
        self.remedy = remedy


class DamagedBackup(Exception):  # reported to an operator, like a fault of the policies
    """Everything in a backup that does not fit."""

    def __init__(self, findings: Sequence[str]) -> None:
        super().__init__("; ".join(findings))
        self.findings = tuple(findings)


def back_up(source: Database, file: Path, at: datetime, *, replace: bool = False) -> Backup:
    """Write what `source` holds at one moment to `file`, whole or not at all, and read it back before it is there.

    Raises `BackupFault` if there is no ledger, or if the file exists and is not to be replaced; `DamagedBackup` if
    the ledger does not verify; StoreUnavailable.
    """
    _check_free(file, replace)
    with _part_of(file) as part, translated():
        _copy_to(part, source, at)
        made = check_backup(part)
        _fsync(part)
        _check_free(file, replace)
        part.replace(file)
        _fsync(file.parent)
    return made


def check_backup(file: Path, keys: Sequence[VerifyingKey] = (), anchor: str | None = None) -> Backup:
    """Verify a backup and return its description.

    The log must verify by `keys` (left out: those that the log itself names) and up to its end, and by the `anchor`
    if there is one; so must its detached texts; every row must fit the digest. Raises `DamagedBackup`.
    """
    try:
        with _opened(file) as connection:
            return _check(connection, keys, anchor)
    except (StoreUnavailable, SigningFault, ValueError) as fault:
        raise DamagedBackup([f"{file} cannot be read as a backup: {fault}"]) from fault


def restore(
    file: Path, target: Database, keys: Sequence[VerifyingKey] = (), anchor: str | None = None
) -> Backup:
    """Make the ledger of a backup in an empty database, with the newest tables; whole or not at all.

    Raises `DamagedBackup`, `BackupFault` for a database that is not empty, StoreUnavailable.
    """
    made = check_backup(file, keys, anchor)
    with translated(), _opened(file) as backup, target.upgrading() as connection:
        if tables := inspect(connection).get_table_names():
            raise BackupFault(
                f"the database is not empty, it holds the table {min(tables)}",
                "name a file that does not exist yet, or a new PostgreSQL database",
            )
        upgrade(connection, made.revision)
        copy_rows(backup, connection)
        if digest_of(connection) != made.digest:
            raise DamagedBackup(["the rows did not arrive as they are in the backup"])
        upgrade(connection)
        mark_restored(connection, made.entries, made.taken_at)
    return made


def _copy_to(part: Path, source: Database, at: datetime) -> None:
    """Make the backup, as a single file without a log of its own beside it."""
    copy = Database(str(part))
    with source.reading() as origin, copy.upgrading() as connection:
        revision = find_revision(origin) or REVISIONS[0]
        if not inspect(origin).has_table(log_state.name):
            raise BackupFault("the database holds no ledger", "name the database of the service")
        upgrade(connection, revision)
        copy_rows(origin, connection)
        _backup.create(connection)
        row = {"taken_at": at.isoformat(), "revision": revision, "digest": digest_of(origin)}
        connection.execute(insert(_backup), row)
    copy.dispose()
    with closing(sqlite3.connect(part)) as file:
        file.execute("PRAGMA journal_mode=DELETE").close()


def _check(connection: Connection, keys: Sequence[VerifyingKey], anchor: str | None) -> Backup:
    if not inspect(connection).has_table(_backup.name):
        raise DamagedBackup(["the file is none that `channelgate store backup` has made"])
    integrity = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
    if integrity != "ok":
        raise DamagedBackup([f"the file is damaged: {integrity}"])
    stated = connection.execute(select(_backup)).one()
    findings = []
    if find_revision(connection) != stated.revision:
        findings.append("its tables are not of the revision that it names")
    if digest_of(connection) != stated.digest:
        findings.append("its rows are not those that were backed up: one was altered, added or removed")
    trusted = keys_to_verify_by(connection, keys or signing_keys(connection))
    verdict = verify_stored_log(connection, trusted, anchor)
    findings += verdict.findings
    findings += verify_texts(connection).findings
    tree = CompactTree.from_bytes(str(connection.execute(select(log_state.c.tree)).scalar_one()).encode())
    if (tree.size, tree.root) != (verdict.size, verdict.root) or verdict.signed != verdict.size:
        findings.append("the entries are not those that the newest signed checkpoint is about")
    if findings:
        raise DamagedBackup(findings)
    return Backup(stated.taken_at, stated.revision, verdict.size, stated.digest)


def _check_free(file: Path, replace: bool) -> None:
    if file.exists() and not replace:
        raise BackupFault(
            f"already there: {file}", "name another place with --out, or replace it with --force"
        )


@contextmanager
def _opened(file: Path) -> Iterator[Connection]:
    """The backup, read-only, on one snapshot."""
    database = Database(str(file), read_only=True)
    try:
        with translated(), database.reading() as connection:
            yield connection
    finally:
        database.dispose()


@contextmanager
def _part_of(file: Path) -> Iterator[Path]:
    """A name beside `file` to write to first; nothing is left under it."""
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        yield part
    finally:
        for ending in ("", *_SUFFIXES):
            part.with_name(part.name + ending).unlink(missing_ok=True)


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
