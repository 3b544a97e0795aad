"""A log whose signing key was rotated, verified in JavaScript: both verifiers follow it, and name the same faults."""

from __future__ import annotations

import datetime as dt
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.ledger.checkpoints import Checkpoint, sign_checkpoint
from api.ledger.database import Database
from api.ledger.entries import Entry, EntryKind
from api.ledger.exact_export import exact_lines
from api.ledger.key_rotation import keys_to_verify_by, rotate_signing_key
from api.ledger.key_succession import sign_succession
from api.ledger.log_appender import LogAppender, lock_tree
from api.ledger.merkle import leaf_hash
from api.ledger.reader import newest_note, stored_entries, stored_notes
from api.ledger.verifier import verify_log
from api.signing.keys import SigningKey, VerifyingKey, load_signing_key
from tests.support.export_verifier import ExportVerifier, running_export_verifier

ORIGIN = "example.org/log"
AT = dt.datetime(1965, 3, 1, 9, tzinfo=dt.UTC)
PLACE = re.compile(r"^(?:entry|entries) \d+(?: to \d+)?")


class RotatedLog:
    """A log of nine entries, whose key was rotated at the fourth and at the seventh."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = Database(str(folder / "log.db"))
        self.database.prepare()
        self.key_file = folder / "log.key"
        self.keys = [load_signing_key(self.key_file, ORIGIN)]
        self._append(EntryKind.SIGNING_KEY, verifying_key=self.keys[0].verifying.format())
        self._append(EntryKind.STARTED)
        self._append(EntryKind.STOPPED)
        self._rotate()
        self._append(EntryKind.STARTED)
        self._append(EntryKind.STOPPED)
        self._rotate()
        self._append(EntryKind.STARTED)
        self._append(EntryKind.STOPPED)

    def _append(self, kind: EntryKind, **members: str) -> None:
        key = self.keys[-1]
        with self.database.writing() as connection:
            LogAppender(ORIGIN, lambda: key, frozenset, lambda _: None).append(
                connection, lock_tree(connection), [Entry(kind, ORIGIN, AT, members)]
            )

    def _rotate(self) -> None:
        rotate_signing_key(self.database, self.key_file, ORIGIN, lambda: AT)
        self.keys.append(load_signing_key(self.key_file, ORIGIN))

    def sign_newest(self, key: SigningKey) -> None:
        """Do what somebody with an old key could: sign the log as it is."""
        with self.database.writing() as connection:
            tree = lock_tree(connection)
            note = sign_checkpoint(Checkpoint(ORIGIN, tree.size, tree.root), key)
            connection.exec_driver_sql("UPDATE log_state SET note = ?", (note,))

    def hand_over(self, old: SigningKey, new: SigningKey) -> None:
        """Do what the thief of an old key could: have it hand over to a key of his own, which signs on."""
        with self.database.writing() as connection:
            tree = lock_tree(connection)
            note = sign_succession(ORIGIN, tree.size, old, new)
            members = {"verifying_key": new.verifying.format(), "succession": note}
            LogAppender(ORIGIN, lambda: new, frozenset, lambda _: None).append(
                connection, tree, [Entry(EntryKind.SIGNING_KEY, ORIGIN, AT, members)]
            )

    def replace(self, place: int, entry: bytes) -> None:
        """Put another entry into the place of one, with its hash."""
        with self.database.writing() as connection:
            connection.exec_driver_sql(
                "UPDATE log_entries SET entry = ?, leaf = ? WHERE sequence = ?",
                (entry, leaf_hash(entry), place),
            )

    def alter(self, place: int, before: bytes, after: bytes) -> None:
        """Alter an entry together with the hash beside it."""
        with self.database.writing() as connection:
            (entry,) = connection.exec_driver_sql(
                "SELECT entry FROM log_entries WHERE sequence = ?", (place,)
            ).one()
            altered = bytes(entry).replace(before, after)
            assert altered != entry
            connection.exec_driver_sql(
                "UPDATE log_entries SET entry = ?, leaf = ? WHERE sequence = ?",
                (altered, leaf_hash(altered), place),
            )

    def findings(self, verifier: ExportVerifier, key: VerifyingKey) -> tuple[list[str], list[str]]:
        """What `log verify` finds, and what the other verifier does."""
        with self.database.reading() as connection:
            trusted = keys_to_verify_by(connection, [key])
            ours = verify_log(stored_entries(connection), stored_notes(connection), trusted)
            lines = "".join(exact_lines(connection))
        exported = self.folder / "log.jsonl"
        exported.write_text(lines, encoding="ascii", newline="")
        return [*ours.findings], verifier.findings(exported, key.format())


@pytest.fixture(scope="module")
def verifier() -> Iterator[ExportVerifier]:
    with running_export_verifier() as verifier:
        yield verifier


@pytest.fixture
def log(tmp_path: Path) -> Iterator[RotatedLog]:
    log = RotatedLog(tmp_path)
    yield log
    log.database.dispose()


def places(findings: list[str]) -> set[str]:
    return {found[0] if (found := PLACE.match(finding)) else finding for finding in findings}


@pytest.mark.parametrize("number", [0, 1, 2], ids=["the first", "the second", "the third"])
def test_each_key_verifies_the_whole_log(log: RotatedLog, verifier: ExportVerifier, number: int) -> None:
    assert log.findings(verifier, log.keys[number].verifying) == ([], [])


def test_a_strange_key_verifies_nothing(log: RotatedLog, verifier: ExportVerifier) -> None:
    ours, theirs = log.findings(verifier, SigningKey.generate(ORIGIN).verifying)
    assert ours
    assert theirs


@pytest.mark.parametrize("number", [0, 1], ids=["the first", "the second"])
def test_an_old_key_that_signs_on_is_named_by_both(
    log: RotatedLog, verifier: ExportVerifier, number: int
) -> None:
    log.sign_newest(log.keys[number])
    ours, theirs = log.findings(verifier, log.keys[0].verifying)
    for findings in (ours, theirs):
        assert any("the key that signed it had been succeeded by then" in finding for finding in findings)


@pytest.mark.parametrize(
    ("before", "after"),
    [(b"key succession", b"key secession"), (b"\\n3\\n", b"\\n4\\n")],
    ids=["its title", "its place"],
)
def test_an_altered_succession_is_named_by_both(
    log: RotatedLog, verifier: ExportVerifier, before: bytes, after: bytes
) -> None:
    log.alter(3, before, after)
    ours, theirs = log.findings(verifier, log.keys[0].verifying)
    assert "entry 3" in places(ours)
    assert "entry 3" in places(theirs)
    assert any("proves nothing" in finding for finding in ours)
    assert any("proves nothing" in finding for finding in theirs)


def test_a_signature_of_the_new_key_that_is_false_ties_nothing(
    log: RotatedLog, verifier: ExportVerifier
) -> None:
    with log.database.reading() as connection:
        entry = next(stored.entry for stored in stored_entries(connection) if stored.sequence == 3)
        assert newest_note(connection)
    note = json.loads(entry.partition(b"\n")[0])["succession"]
    last = note.splitlines()[-1].rpartition(" ")[2]
    false = bytearray(b64decode(last))
    false[10] ^= 1
    log.alter(3, last.encode(), b64encode(false))
    ours, theirs = log.findings(verifier, log.keys[0].verifying)
    assert any(finding.startswith("entry 3: its succession of keys proves nothing") for finding in ours)
    assert any(finding.startswith("entry 3: its succession of keys proves nothing") for finding in theirs)


@pytest.mark.parametrize("hidden", [False, True], ids=["beside the true one", "the true one hidden"])
@pytest.mark.parametrize("known", [0, 1, 2], ids=["the first", "the second", "the third"])
def test_a_stolen_old_key_leads_to_no_key_of_the_thief(
    log: RotatedLog, verifier: ExportVerifier, known: int, hidden: bool
) -> None:
    with log.database.writing() as connection:
        if hidden:  # the kind is in a column as well, which no hash covers
            connection.exec_driver_sql("UPDATE log_entries SET kind = 'stopped' WHERE sequence IN (3, 6)")
    log.hand_over(log.keys[0], SigningKey.generate(ORIGIN))
    ours, theirs = log.findings(verifier, log.keys[known].verifying)
    for findings in (ours, theirs):
        assert any(
            finding.startswith("entry 9: its succession of keys proves nothing") for finding in findings
        )
        assert any("no known key signed" in finding for finding in findings)


@pytest.mark.parametrize(
    "line",
    [
        b"no JSON",
        b"[]",
        b'{"kind":"signing_key","key":"a","at":"1965-03-01T09:00:00+00:00"}',
        b'{"kind":"signing_key","key":"a","at":"1965-03-01T09:00:00+00:00","payloads":[]}',
        b'{"kind":"signing_key","key":"a","at":"1965-03-01T09:00:00+00:00","payloads":{"a":1.5}}',
        b'{"kind":"signing_key","key":"a","at":7,"payloads":{}}',
        b'{"kind":"signing_key","key":"a","at":"1965-03-01T09:00:00+00:00","payloads":{},"succession":7}',
        b'{"kind":"signing_key","at":"1965-03-01T09:00:00+00:00","payloads":{}}',
        b"[" * 100_000,
    ],
    ids=["text", "list", "no payloads", "payload list", "fraction", "time", "number", "no key", "deep"],
)
def test_an_entry_of_a_key_that_is_none_is_named_by_both(
    log: RotatedLog, verifier: ExportVerifier, line: bytes
) -> None:
    log.replace(3, line + b"\n")
    ours, theirs = log.findings(verifier, log.keys[0].verifying)
    for findings in (ours, theirs):
        ranges = [[int(number) for number in re.findall(r"\d+", place)] for place in places(findings)]
        assert any(range_[0] <= 3 <= range_[-1] for range_ in ranges if range_), findings
