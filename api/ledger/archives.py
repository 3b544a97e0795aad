"""Archives: a whole log as one Parquet file, to be stored for years and verified without the service.

A row is an entry: its exact bytes, the leaf hash, and beside them what a query asks for. The metadata of the file
hold what proves them: the checkpoints and the keys that the log names. Detached texts are not in it,
so that nothing ever has to be erased from an archive.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from api.ledger.archive_form import (
    NO_ENTRY,
    ArchiveFault,
    import_parquet,
    import_pyarrow,
    read_metadata,
    row_of,
    schema_of,
    state_metadata,
    stored_in,
)
from api.ledger.beginnings import Beginning, read_beginning
from api.ledger.entries import Entry, EntryKind
from api.ledger.key_succession import MEMBER, TrustedKeys, follow_successions
from api.ledger.merkle import CompactTree, inclusion_path, root_of
from api.ledger.proofs import encoded
from api.ledger.reader import newest_note, signing_keys, stored_entries, stored_notes
from api.ledger.verifier import MAX_ROW_FINDINGS, LogVerification, StoredEntry, verify_log
from api.runtime.private_files import private_files
from api.signing.keys import VerifyingKey

GROUP_BYTES = 8_000_000
"""A row group is closed once its entries have so many bytes: the bound of what is held in memory."""
_GROUP_ROWS = 50_000
_READ_ROWS = 500


@dataclass(frozen=True, slots=True)
class ArchiveVerification:
    """What the check found: `log` is that of the entries, `findings` all, those of the columns beside them too."""

    log: LogVerification
    findings: tuple[str, ...]


def write_archive(connection: Connection, file: Path) -> None:
    """Write the log as `connection` reads it, a row group at a time, to `file`, whole or not at all.

    It is read back and verified by the keys that the log itself names before it gets its name; a file of that name is
    replaced. Raises `ArchiveFault`, OSError; StoreUnavailable.
    """
    parquet = import_parquet()
    if not newest_note(connection):
        raise ArchiveFault("the log is empty", "record something first")
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        schema = schema_of(state_metadata(stored_notes(connection), signing_keys(connection)))
        with (
            private_files(),
            parquet.ParquetWriter(
                part,
                schema,
                compression="zstd",
                use_dictionary=["kind"],
                write_statistics=["sequence", "kind", "key", "recorded_at"],
            ) as writer,
        ):
            for rows in _row_groups(stored_entries(connection)):
                writer.write_table(import_pyarrow().Table.from_pylist(rows, schema))
        with opened_archive(part) as archive:
            if findings := archive.verify(archive.verifying_keys).findings:
                raise ArchiveFault(
                    f"the log does not verify, so there is no archive of it: {findings[0]}",
                    "see `channelgate log verify`",
                )
        _fsync(part)
        part.replace(file)
        _fsync(file.parent)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def opened_archive(file: Path) -> Iterator[Archive]:
    """The archive in a file. Raises `ArchiveFault` for a file that is none; so does reading one that is damaged."""
    parquet = import_parquet()
    if not file.is_file():
        raise ArchiveFault("there is no such file", "name a file that `channelgate log archive` has made")
    with _damage_named():
        opened = parquet.ParquetFile(file, pre_buffer=False)
    with opened:
        yield Archive(opened, *read_metadata(opened))


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive that is open: its checkpoints, the oldest first, and the keys that its log names, with its rows."""

    _file: Any
    checkpoints: tuple[str, ...]
    verifying_keys: tuple[VerifyingKey, ...]

    @property
    def newest_note(self) -> str:
        """The checkpoint over all entries; empty in an archive that was made without one."""
        return self.checkpoints[-1] if self.checkpoints else ""

    @property
    def size(self) -> int:
        """The number of entries."""
        rows: int = self._file.metadata.num_rows
        return rows

    def trusted(self, keys: Sequence[VerifyingKey]) -> TrustedKeys:
        """Return the keys, and those that they lead to by the successions among the entries."""
        return follow_successions(keys, self._successions())

    def verify(self, keys: Sequence[VerifyingKey], anchor: str | None = None) -> ArchiveVerification:
        """Check the entries as `verify_log` does, and the columns beside them against their bytes."""
        columns = _ArchivedColumns()
        rows, trusted = columns.checked(self._rows()), self.trusted(keys)
        verdict = verify_log(rows, self.checkpoints, trusted, anchor, self.beginning())
        return ArchiveVerification(verdict, (*verdict.findings, *columns.all_findings()))

    def entries(self) -> Iterator[StoredEntry]:
        """Yield every entry in the order of the file."""
        return map(stored_in, self._rows())

    def beginning(self) -> Beginning | None:
        """Return what the log goes on from; None for one that begins with its first entry, or cannot be read."""
        found = None
        for sequence, entry in self._entries_of(EntryKind.CONTINUED):
            with suppress(ValueError):
                found = read_beginning(entry, sequence)
        return found

    def prove_decision(self, decision_id: str) -> dict[str, Any] | None:
        """Return the proof of a decision as `prove_decision` does of a log in a database. Raises `ArchiveFault`."""
        stored, beginning, leaves = self.find_decision(decision_id), self.beginning(), self.leaf_hashes()
        if stored is None:
            return None
        tree, carried = (beginning.tree, beginning.carried) if beginning else (CompactTree(), 0)
        if stored.sequence < tree.size:
            raise ArchiveFault(
                f"entry {stored.sequence} was carried over",
                f"name the archive of the log that ended at {tree.size} entries",
            )
        own = leaves[carried:]

        def later(start: int, end: int) -> bytes:
            return root_of(own[start - tree.size : end - tree.size])

        size = tree.size + len(own)
        path = inclusion_path(lambda start, end: tree.root_of(start, end, later), stored.sequence, size)
        return {
            "sequence": stored.sequence,
            "size": size,
            "root": encoded(tree.extended(own).root),
            "inclusion_proof": [*map(encoded, path)],
            "entry": encoded(stored.entry),
            "checkpoint": self.newest_note,
        }

    def find_decision(self, decision_id: str) -> StoredEntry | None:
        """Return the row of a decision, with its place in the log."""
        for group in range(self._file.num_row_groups):
            if decision_id in self._column(group, "key"):
                for row in self._rows([group]):
                    if row["kind"] == EntryKind.DECISION and row["key"] == decision_id:
                        return stored_in(row)
        return None

    def leaf_hashes(self) -> list[bytes]:
        """Return the hash of every entry, in order."""
        return [leaf for group in range(self._file.num_row_groups) for leaf in self._column(group, "leaf")]

    def _successions(self) -> Iterator[tuple[int, str]]:
        """The notes by which one key hands over to the next; one left out by an altered column leads nowhere."""
        for sequence, entry in self._entries_of(EntryKind.SIGNING_KEY):
            if note := _succession_in(entry):
                yield sequence, note

    def _entries_of(self, kind: EntryKind) -> Iterator[tuple[int, bytes]]:
        """Yield places and bytes of the entries of a kind, as the columns have it; only their row groups are read."""
        for group in range(self._file.num_row_groups):
            if kind in self._column(group, "kind"):
                yield from (
                    (row["sequence"], row["entry"]) for row in self._rows([group]) if row["kind"] == kind
                )

    def _rows(self, groups: list[int] | None = None) -> Iterator[dict[str, Any]]:
        batches = self._file.iter_batches(_READ_ROWS, row_groups=groups)
        rows: list[dict[str, Any]] | None = []
        while rows is not None:
            yield from rows
            with _damage_named():
                batch = next(batches, None)
                rows = None if batch is None else batch.to_pylist()

    def _column(self, group: int, name: str) -> list[Any]:
        with _damage_named():
            values: list[Any] = self._file.read_row_group(group, columns=[name])[name].to_pylist()
        return values


@dataclass(slots=True)
class _ArchivedColumns:
    """The columns that repeat what an entry says, against its bytes: whoever queries an archive reads the columns."""

    findings: list[str] = field(default_factory=list)
    left_out: int = 0

    def checked(self, rows: Iterator[dict[str, Any]]) -> Iterator[StoredEntry]:
        """Yield every row as it is stored; note where its columns are not those of its entry."""
        for row in rows:
            stored = stored_in(row)
            try:
                agree = row_of(stored) == row
            except NO_ENTRY:
                self._report(f"entry {stored.sequence}: its bytes are those of no entry")
            else:
                if not agree:
                    self._report(
                        f"entry {stored.sequence}: kind, key or time in the columns is not what its bytes say;"
                        " a column was altered"
                    )
            yield stored

    def all_findings(self) -> tuple[str, ...]:
        """Return the findings; the last one counts those that are left out."""
        left_out = f"columns of the archive: {self.left_out} more findings are left out"
        return (*self.findings, *([left_out] if self.left_out else []))

    def _report(self, finding: str) -> None:
        if len(self.findings) < MAX_ROW_FINDINGS:
            self.findings.append(finding)
        else:
            self.left_out += 1


@contextmanager
def _damage_named() -> Iterator[None]:
    """Raise `ArchiveFault` for whatever pyarrow raises where a file cannot be read, or a value in it."""
    try:
        yield
    except (import_pyarrow().ArrowException, OSError, ValueError, OverflowError) as fault:
        reason = str(fault).split("\n", 1)[0].rstrip(".")
        raise ArchiveFault(
            f"it is no whole Parquet file ({reason})",
            "take another copy of the archive; this one is damaged or cut",
        ) from fault


def _row_groups(entries: Iterator[StoredEntry]) -> Iterator[list[dict[str, Any]]]:
    """The rows in their order, as many at a time as fit the bounds of a row group."""
    for first in entries:
        rows, size = [_archived(first)], len(first.entry)
        for stored in islice(entries, _GROUP_ROWS - 1):
            rows.append(_archived(stored))
            size += len(stored.entry)
            if size >= GROUP_BYTES:
                break
        yield rows


def _archived(stored: StoredEntry) -> dict[str, Any]:
    try:
        return row_of(stored)
    except NO_ENTRY as error:
        raise ArchiveFault(
            f"entry {stored.sequence} cannot be read", "see `channelgate log verify`"
        ) from error


def _succession_in(entry: bytes) -> str | None:
    """The note of a succession; None in an entry without one, and in bytes that are none, which the check names."""
    try:
        note = Entry.from_bytes(entry).members.get(MEMBER)
    except NO_ENTRY:
        return None
    return None if note is None else str(note)


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
