"""One signing key hands over to the next: what a note proves, and how far each key counts.

Covers: api.ledger.key_succession
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.ledger.checkpoints import Checkpoint, parse_checkpoint, sign_checkpoint
from api.ledger.key_succession import (
    KeySuccession,
    TrustedKeys,
    follow_successions,
    read_succession,
    sign_succession,
)
from api.signing.faults import SigningFault
from api.signing.keys import SigningKey
from api.signing.notes import sign_note

LOG = "example.org/log"
FIRST, SECOND, THIRD, STRANGER = (SigningKey.generate(LOG) for _ in range(4))
TO_SECOND, TO_THIRD = sign_succession(LOG, 5, FIRST, SECOND), sign_succession(LOG, 9, SECOND, THIRD)
NOTES = [(5, TO_SECOND), (9, TO_THIRD)]


def test_a_note_reads_back_as_it_was_signed() -> None:
    assert read_succession(TO_SECOND) == KeySuccession(LOG, 5, FIRST.verifying, SECOND.verifying)


@pytest.mark.parametrize("known", [FIRST, SECOND, THIRD], ids=["first", "second", "third"])
def test_each_key_leads_to_all_of_them(known: SigningKey) -> None:
    trusted = follow_successions([known.verifying], NOTES)
    assert set(trusted.keys) == {FIRST.verifying, SECOND.verifying, THIRD.verifying}
    assert trusted.succeeded == {FIRST.verifying: 5, SECOND.verifying: 9}
    assert not trusted.findings


def test_a_strange_key_leads_nowhere_and_nothing_leads_to_it() -> None:
    assert follow_successions([STRANGER.verifying], NOTES) == TrustedKeys((STRANGER.verifying,))
    strange = sign_succession(LOG, 7, STRANGER, SigningKey.generate(LOG))
    assert len(follow_successions([FIRST.verifying], [*NOTES, (7, strange)]).keys) == 3


@pytest.mark.parametrize(
    "signers", [(FIRST,), (SECOND,), (FIRST, STRANGER)], ids=["the old alone", "the new alone", "a stranger"]
)
def test_one_signature_is_not_enough(signers: tuple[SigningKey, ...]) -> None:
    text = KeySuccession(LOG, 5, FIRST.verifying, SECOND.verifying).text
    trusted = follow_successions([FIRST.verifying], [(5, sign_note(text, *signers))])
    assert trusted.keys == (FIRST.verifying,)
    assert trusted.findings[0].startswith("entry 5: its succession of keys proves nothing: ")


def test_a_note_from_another_place_counts_for_nothing() -> None:
    trusted = follow_successions([FIRST.verifying], [(6, TO_SECOND)])
    assert trusted.keys == (FIRST.verifying,)
    assert trusted.findings == ("entry 6: its succession of keys is that of entry 5",)


@pytest.mark.parametrize(
    ("before", "after"),
    [("succession", "succesion"), ("\n5\n", "\n05\n"), ("\n5\n", "\nfive\n"), ("log\n", "")],
)
def test_another_form_is_refused(before: str, after: str) -> None:
    succession = KeySuccession(LOG, 5, FIRST.verifying, SECOND.verifying)
    note = sign_note(succession.text.replace(before, after, 1), FIRST, SECOND)
    with pytest.raises(SigningFault):
        read_succession(note)


@pytest.mark.parametrize(("size", "holds"), [(4, True), (5, True), (6, False)])
def test_a_key_counts_up_to_the_place_of_its_succession(size: int, holds: bool) -> None:
    trusted = follow_successions([SECOND.verifying], NOTES[:1])
    note = parse_checkpoint(sign_checkpoint(Checkpoint(LOG, size, bytes(32)), FIRST)).note
    if holds:
        trusted.verify(note, size)
    else:
        with pytest.raises(SigningFault, match="had been succeeded by then"):
            trusted.verify(note, size)


def test_a_false_line_of_a_known_key_refuses_the_whole_note() -> None:
    note = parse_checkpoint(sign_checkpoint(Checkpoint(LOG, 3, bytes(32)), FIRST)).note
    with pytest.raises(SigningFault, match="does not fit"):
        TrustedKeys.of(FIRST.verifying).verify(replace(note, text="another\n"), 3)


FORKS = {
    "a key that had been succeeded": (12, FIRST, STRANGER),
    "back to an earlier key": (12, SECOND, FIRST),
    "to itself": (12, THIRD, THIRD),
    "to a key of the log by a stranger": (12, STRANGER, THIRD),
}


@pytest.mark.parametrize(("place", "old", "new"), FORKS.values(), ids=FORKS)
@pytest.mark.parametrize("known", [FIRST, THIRD], ids=["first known", "third known"])
def test_a_succession_beside_the_line_of_keys_adds_no_key_and_ends_none(
    place: int, old: SigningKey, new: SigningKey, known: SigningKey
) -> None:
    fork = (place, sign_succession(LOG, place, old, new))
    trusted = follow_successions([known.verifying], [*NOTES, fork])
    assert set(trusted.keys) == {FIRST.verifying, SECOND.verifying, THIRD.verifying}
    assert trusted.succeeded == {FIRST.verifying: 5, SECOND.verifying: 9}
    assert [finding.partition(":")[0] for finding in trusted.findings] == ["entry 12"]


@pytest.mark.parametrize("size", ["9" * 5000, "9" * 400, "٣"], ids=["too long", "long", "not ASCII"])
def test_a_size_that_no_log_has_is_refused(size: str) -> None:
    text = KeySuccession(LOG, 5, FIRST.verifying, SECOND.verifying).text.replace("\n5\n", f"\n{size}\n", 1)
    trusted = follow_successions([FIRST.verifying], [(5, sign_note(text, FIRST, SECOND))])
    assert trusted.keys == (FIRST.verifying,)
    assert trusted.findings[0].startswith("entry 5: its succession of keys proves nothing: ")


def test_a_note_that_no_key_can_have_signed_is_refused() -> None:
    note = TO_SECOND.replace(LOG, "\ud800", 1)  # as JSON spells a half of a character
    trusted = follow_successions([FIRST.verifying], [(5, note)])
    assert trusted.findings[0].startswith("entry 5: its succession of keys proves nothing: ")
