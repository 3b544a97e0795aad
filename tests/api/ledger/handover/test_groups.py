"""A group is decoded as it was encoded, and bytes that are none are refused, whatever they are."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.ledger.commitments import SALT_BYTES, DetachedText
from api.ledger.entries import EntryKind
from api.ledger.group_commit import Job
from api.ledger.handover.frames import FrameFault
from api.ledger.handover.groups import MAX_POLICIES, decode_group, encode_group
from api.ledger.merkle import HASH_SIZE
from api.ledger.prepared_entries import PreparedEntry
from api.ledger.revisions import PolicyFiles

MOMENT = datetime(1965, 1, 1, tzinfo=UTC).isoformat()
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
DETACHED = st.builds(DetachedText, st.binary(min_size=SALT_BYTES, max_size=SALT_BYTES), st.binary(max_size=8))
ENTRIES = st.builds(
    PreparedEntry,
    st.sampled_from(EntryKind),
    WORDS,
    st.just(MOMENT),
    st.binary(max_size=20),
    st.binary(min_size=HASH_SIZE, max_size=HASH_SIZE),
    st.none() | st.tuples(WORDS, WORDS, st.none() | WORDS).map(list),
    st.lists(DETACHED, max_size=2).map(tuple),
)
POLICIES = st.builds(PolicyFiles, st.sampled_from(["r1", "r2"]), st.just("{}"), st.none() | st.integers(0, 9))
JOBS = st.builds(
    Job,
    st.lists(ENTRIES, max_size=3),
    st.none() | POLICIES,
    st.none(),
    read_sequence=st.none() | st.integers(-2, 2**40),
    calls=st.integers(1, 64),
)
GROUPS = st.tuples(st.lists(JOBS, max_size=4), st.lists(st.binary(max_size=9), max_size=3))


def encoded(jobs: list[Job], texts: list[bytes], sent: set[str]) -> bytes:
    return encode_group([(job, job.entries) for job in jobs], texts, sent)  # type: ignore[misc]


@given(st.lists(GROUPS, min_size=1, max_size=3))
def test_groups_of_one_connection_are_decoded_as_they_were_encoded(
    groups: list[tuple[list[Job], list[bytes]]],
) -> None:
    sent, known = set[str](), dict[str, PolicyFiles]()
    for jobs, texts in groups:
        decoded = decode_group(encoded(jobs, texts, sent), known)
        assert decoded == (jobs, texts)


@given(GROUPS, st.data())
def test_an_altered_group_is_a_group_or_a_fault(
    group: tuple[list[Job], list[bytes]], data: st.DataObject
) -> None:
    whole = bytearray(encoded(*group, set()))
    for _ in range(data.draw(st.integers(1, 3))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        decode_group(bytes(whole), {})
    except FrameFault:
        return


@given(GROUPS, st.data())
def test_a_group_that_was_cut_off_or_goes_on_is_a_fault(
    group: tuple[list[Job], list[bytes]], data: st.DataObject
) -> None:
    whole = encoded(*group, set())
    for wrong in (whole[: data.draw(st.integers(0, len(whole) - 1))], whole + b"\0"):
        with pytest.raises(FrameFault):
            decode_group(wrong, {})


def test_policies_whose_files_were_never_sent_are_a_fault() -> None:
    job = Job([], PolicyFiles("r1", "{}"), None)
    content = encoded([job], [], {"r1"})
    with pytest.raises(FrameFault):
        decode_group(content, {})


def test_a_connection_carries_only_so_many_policy_sets() -> None:
    known = {str(number): PolicyFiles(str(number), "{}") for number in range(MAX_POLICIES)}
    with pytest.raises(FrameFault, match="too many"):
        decode_group(encoded([Job([], PolicyFiles("r1", "{}"), None)], [], set()), known)
