"""The offline check: every kind of tampering is found and reported by its entry; an honest log is intact."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from api.ledger.checkpoints import Checkpoint, sign_checkpoint
from api.ledger.key_succession import TrustedKeys
from api.ledger.merkle import leaf_hash, root_of
from api.ledger.verifier import LogVerification, StoredEntry, verify_log
from api.signing.keys import SigningKey

KEY = SigningKey("log.example", Ed25519PrivateKey.from_private_bytes(bytes(32)))
STRANGER = SigningKey("log.example", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
SIZE, HALTS = 20, (0, 5, 10, 10, 15)

Rows = list[StoredEntry]


def row(sequence: int, entry: bytes) -> StoredEntry:
    return StoredEntry(sequence, entry, leaf_hash(entry))


def written(size: int, text: str = "entry") -> Rows:
    return [row(number, f"{text} {number}".encode()) for number in range(size)]


def signed(rows: Rows, size: int, key: SigningKey = KEY) -> str:
    return sign_checkpoint(Checkpoint("log.example", size, root_of(entry.leaf for entry in rows[:size])), key)


LOG = written(SIZE)
STORED = [signed(LOG, size) for size in HALTS]


def check(rows: Rows, stored: Sequence[str] = STORED, anchor: str | None = None) -> LogVerification:
    return verify_log(iter(rows), stored, TrustedKeys.of(KEY.verifying), anchor)


def altered(number: int, entry: bytes | None = None, leaf: bytes | None = None) -> Rows:
    old = LOG[number]
    return [*LOG[:number], StoredEntry(number, entry or old.entry, leaf or old.leaf), *LOG[number + 1 :]]


def renumbered(rows: Rows) -> Rows:
    return [replace(entry, sequence=number) for number, entry in enumerate(rows)]


@pytest.mark.parametrize("anchor", [None, signed(LOG, 0), signed(LOG, 7), signed(LOG, 15), signed(LOG, SIZE)])
def test_an_honest_log_is_intact(anchor: str | None) -> None:
    verdict = check(LOG, STORED[::-1], anchor)
    assert verdict == LogVerification(True, SIZE, root_of(entry.leaf for entry in LOG), (), verdict.signed)


def test_the_verdict_states_how_far_the_log_is_signed() -> None:
    assert check(LOG).signed == 15
    assert check(LOG, anchor=signed(LOG, 18)).signed == 18
    assert check(altered(7, leaf=leaf_hash(b"forged")), STORED[:3]).signed == 10
    assert check(altered(7, entry=b"forged"), STORED[:3]).signed == 5


def test_an_empty_log_is_intact() -> None:
    for stored in ([], [signed([], 0)]):
        assert check([], stored) == LogVerification(True, 0, root_of([]), (), 0)


@pytest.mark.parametrize(
    ("rows", "findings"),
    [
        (
            altered(7, entry=b"forged"),
            [
                "entry 7: its bytes do not fit the leaf",
                "entries 5 to 9: an entry was altered after it was signed; the leaves",
            ],
        ),
        (
            altered(7, leaf=leaf_hash(b"forged")),
            [
                "entry 7: its bytes do not fit the leaf",
                "entries 5 to 9: the entries are those that were signed, but a leaf",
            ],
        ),
        (
            altered(7, leaf=LOG[7].leaf[:-1]),
            [
                "entry 7: its bytes do not fit the leaf",
                "entries 5 to 9: the entries are those that were signed",
            ],
        ),
        (
            altered(7, entry=b"forged", leaf=leaf_hash(b"forged")),
            ["entries 5 to 9: these are not the entries that were signed"],
        ),
        (
            renumbered([*LOG[:7], LOG[8], LOG[7], *LOG[9:]]),
            ["entries 5 to 9: these are not the entries that were signed"],
        ),
        (
            [*LOG[:7], LOG[8], LOG[7], *LOG[9:]],
            ["entry 7: missing before entry 8", "entry 7: stands where entry 9 is due"],
        ),
        ([*LOG[:7], *LOG[8:]], ["entry 7: missing before entry 8"]),
        (LOG[3:], ["entries 0 to 2: missing before entry 3"]),
        ([*LOG[:7], LOG[6], *LOG[7:]], ["entry 6: stands where entry 7 is due"]),
        ([replace(LOG[0], sequence=-1), *LOG], ["entry -1: stands where entry 0 is due"]),
        (
            renumbered([*LOG[:7], *LOG[8:]]),
            ["entries 5 to 9: these are not the entries that were signed"],
        ),
        (
            renumbered([*LOG[:7], row(7, b"inserted"), *LOG[7:]]),
            ["entries 5 to 9: these are not the entries that were signed"],
        ),
        (LOG[:8], ["entries 8 to 14: missing at the end; the log was cut (the stored checkpoint"]),
        ([], ["entries 0 to 14: missing at the end; the log was cut"]),
    ],
    ids=[
        "entry altered",
        "leaf altered",
        "leaf cut",
        "entry and leaf altered",
        "contents swapped",
        "rows swapped",
        "row removed",
        "head removed",
        "row repeated",
        "row before the first",
        "row removed and renumbered",
        "row inserted and renumbered",
        "tail cut",
        "all cut",
    ],
)
def test_tampering_is_reported_by_its_entry(rows: Rows, findings: list[str]) -> None:
    verdict = check(rows)
    assert not verdict.intact
    assert len(verdict.findings) == len(findings)
    for found, expected in zip(verdict.findings, findings, strict=True):
        assert found.startswith(expected)


def test_the_rows_after_a_gap_are_still_checked_against_their_leaves() -> None:
    verdict = check([entry for entry in altered(12, entry=b"forged") if entry.sequence != 7])
    assert [finding.split(":")[0] for finding in verdict.findings] == ["entry 7", "entry 12"]
    assert (verdict.size, verdict.root) == (7, root_of(entry.leaf for entry in LOG[:7]))


@pytest.mark.parametrize(
    ("checkpoint", "finding"),
    [
        (
            STORED[2].replace("\n10\n", "\n11\n"),
            "entries 0 to 10: the stored checkpoint over them proves nothing",
        ),
        (
            signed(LOG, 10, STRANGER),
            "entries 0 to 9: the stored checkpoint over them proves nothing: no known key",
        ),
        ("nonsense", "all entries: the stored checkpoint over them proves nothing: no signature lines"),
    ],
    ids=["altered", "of an unknown key", "no checkpoint"],
)
def test_a_checkpoint_that_proves_nothing_is_reported(checkpoint: str, finding: str) -> None:
    verdict = check(LOG, [STORED[1], checkpoint, STORED[4]])
    assert len(verdict.findings) == 1
    assert verdict.findings[0].startswith(finding)


def test_an_anchor_that_proves_nothing_is_reported() -> None:
    verdict = check(LOG, STORED, signed(LOG, 10, STRANGER))
    assert verdict.findings[0].startswith("entries 0 to 9: the anchor over them proves nothing")


def test_a_log_with_entries_and_no_checkpoint_is_not_intact() -> None:
    for stored in ([], STORED[:1]):
        verdict = check(LOG, stored)
        assert [finding.split(";")[0] for finding in verdict.findings] == [
            "entries 0 to 19: covered by no signed checkpoint"
        ]
    assert check(LOG, [], signed(LOG, 3)).intact


def test_a_tail_cut_with_its_checkpoints_is_caught_by_the_anchor_alone() -> None:
    cut = LOG[:10]
    assert check(cut, STORED[:4]).intact
    verdict = check(cut, STORED[:4], STORED[4])
    assert verdict.findings == (
        "entries 10 to 14: missing at the end; the log was cut (the anchor of log.example at 15 entries)",
    )


def test_a_log_rewritten_by_the_key_holder_is_caught_by_the_anchor_alone() -> None:
    rewritten = renumbered([*LOG[:3], row(3, b"forged"), *LOG[4:]])
    stored = [signed(rewritten, size) for size in HALTS]
    assert check(rewritten, stored).intact
    verdict = check(rewritten, stored, STORED[3])
    assert verdict.findings == (
        "entries 0 to 9: the log was rewritten: these are not the entries it had when the anchor was taken "
        "(the anchor of log.example at 10 entries)",
    )
    assert (
        check(rewritten, stored, signed(LOG, 7))
        .findings[0]
        .startswith("entries 0 to 6: the log was rewritten")
    )
    assert check(rewritten, stored, signed(LOG, 3)).intact, "an anchor cannot tell what came after it"


def test_two_checkpoints_of_one_size_that_disagree_are_reported() -> None:
    verdict = check(LOG, [*STORED, signed(written(SIZE, "other"), 15)])
    assert len(verdict.findings) == 1
    assert verdict.findings[0].startswith("entries 0 to 14: these are not the entries that were signed")


def test_a_difference_is_reported_once_and_again_if_it_comes_again() -> None:
    forged = [signed(written(SIZE, "other"), size) for size in (6, 7, 12)]
    verdict = check(LOG, [*STORED, *forged])
    assert [finding.split(":")[0] for finding in verdict.findings] == ["entry 5", "entries 10 to 11"]


def test_of_a_log_altered_throughout_the_first_hundred_rows_are_reported() -> None:
    rows = [replace(entry, entry=b"forged") for entry in written(250)]
    verdict = check(rows, [signed(rows, 250)], signed(written(300), 300))
    assert len(verdict.findings) == 103
    assert verdict.findings[99].startswith("entry 99:")
    assert verdict.findings[100].startswith("entries 0 to 249: an entry was altered")
    assert verdict.findings[101].startswith("entries 250 to 299: missing at the end")
    assert verdict.findings[102] == "entries up to 249: 150 more findings are left out"


def test_a_log_of_many_batches_is_read_as_it_comes() -> None:
    def rows() -> Iterator[StoredEntry]:
        for number in range(5000):
            yield row(number, number.to_bytes(2))

    root = root_of(leaf_hash(number.to_bytes(2)) for number in range(5000))
    stored = [sign_checkpoint(Checkpoint("log.example", 5000, root), KEY)]
    assert verify_log(rows(), stored, TrustedKeys.of(KEY.verifying), None) == LogVerification(
        True, 5000, root, (), 5000
    )


Change = Callable[[Rows, int, int], Rows]
CHANGES: dict[str, Change] = {
    "swap contents": lambda rows, a, b: renumbered(
        [rows[b if n == a else a if n == b else n] for n in range(SIZE)]
    ),
    "swap rows": lambda rows, a, b: [rows[b if n == a else a if n == b else n] for n in range(SIZE)],
    "remove": lambda rows, a, _: rows[:a] + rows[a + 1 :],
    "repeat": lambda rows, a, b: [*rows[:b], rows[a], *rows[b:]],
    "copy over": lambda rows, a, b: renumbered([rows[b] if n == a else rows[n] for n in range(SIZE)]),
    "cut": lambda rows, a, _: rows[:a],
}


@given(st.sampled_from(sorted(CHANGES)), st.permutations(range(SIZE)))
def test_no_change_below_the_newest_checkpoint_goes_unnoticed(change: str, order: list[int]) -> None:
    rows = CHANGES[change](LOG, order[0], order[1])
    assert not check(rows, [signed(LOG, SIZE)]).intact
