"""Replay of recorded decisions: under their own policies, as recorded, or under a candidate, for comparison."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from api.domain.answer_editions import edition_named, is_same_answer
from api.domain.decision_moment import read_serving_status
from api.domain.decision_record import assessed_facts, decided_facts
from api.domain.known_facts import EstablishedFacts
from api.domain.present_words import stated_in
from api.ledger.entries import DECISION, REQUEST, Entry, EntryKind
from api.ledger.reader import whole_entries
from api.ledger.revisions import find_revision
from api.services.audit.revisions import is_as_recorded, revision_named
from api.services.recorded_words import words_of_entry
from engine import (
    Decision,
    OuterInvariants,
    PolicyFaults,
    PolicySet,
    Request,
    Vocabulary,
    decide,
    hold_to,
    load_recorded_policies,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Replayed:
    """One decision of the log, taken again: whether the answer is the same, and what it was and is.

    `edition` is that of the recorded answer's form, `lacking` what the policies do not have of what was stated.
    """

    decision_id: str
    request_id: str
    same: bool
    was: str
    is_now: str
    edition: int
    lacking: tuple[str, ...] = ()


class ReplayFault(Exception):  # reported to an operator, like a fault of the policies
    """What is wrong with the policies of a revision, so that no decision can be taken again under them."""

    def __init__(self, revision: str, fact: str, remedy: str) -> None:
        super().__init__(fact)
        self.revision = revision
        self.fact = fact
        self.remedy = remedy


def replay(connection: Connection, candidate: PolicySet | None, floor: OuterInvariants) -> Iterator[Replayed]:
    """Take every decision of the log again; under `candidate` instead of its own policies, if that is given.

    Under its own policies, with or without the floor, the answer has to be the same (`is_same_answer`): the log does
    not say to which floor they were held, if to any. Under a candidate, each line has to have the same outcome; what
    it has no word for is not known to it, and named.
    A text that was erased is not known now; no rule has read it (check L05), so the answer is still the same.
    Raises ValueError for an entry that cannot be read; `ReplayFault` if its policies are not stored as recorded.
    """
    known: dict[tuple[str, int], tuple[PolicySet, ...]] = {}
    for _, entry in whole_entries(connection):
        if entry.kind in _DECIDED:
            if candidate:
                yield _decide_under(candidate, entry, _words_of(connection, entry, candidate))
                continue
            revision, edition = revision_named(entry) or "", edition_named(entry.members)
            if (revision, edition) not in known:
                known[revision, edition] = _policies_of(connection, revision, edition, floor)
            own = known[revision, edition]
            yield _first_same(entry, own)


_DECIDED = frozenset({EntryKind.DECISION, EntryKind.HANDOVER})
"""The entries with a decision: pre-checks, and handovers, which are decided again as they happened."""


def _first_same(entry: Entry, alternatives: Sequence[PolicySet]) -> Replayed:
    """The decision taken again by the first of the alternatives that gives the same answer, else by the first."""
    plain, *others = alternatives
    replayed = _decide_again(entry, plain)
    if replayed.same:
        return replayed
    again = (_decide_again(entry, policies) for policies in others)
    return next((other for other in again if other.same), replayed)


def _policies_of(
    connection: Connection, revision: str, edition: int, floor: OuterInvariants
) -> tuple[PolicySet, ...]:
    """The policies of a revision as they answered then, and held to the floor, if they can state it."""
    policies = _load(connection, revision).answering_as_in(edition)
    try:
        return policies, hold_to(policies, floor)
    except PolicyFaults:
        return (policies,)


def _load(connection: Connection, revision: str) -> PolicySet:
    files = find_revision(connection, revision)
    if files is None:
        raise ReplayFault(revision, "are missing", _RESTORE)
    if not is_as_recorded(files):
        raise ReplayFault(revision, "are not the ones that were recorded", _RESTORE)
    try:
        return load_recorded_policies(files.read())
    except PolicyFaults as faults:
        raise _faulty(revision, faults) from faults


def _faulty(revision: str | None, faults: PolicyFaults) -> ReplayFault:
    remedy = "run the version of channelgate that recorded them"
    return ReplayFault(revision or "", f"have faults:\n{faults}", remedy)


_RESTORE = "run `channelgate log verify`, and restore a backup in which they are intact"


def _words_of(connection: Connection, entry: Entry, candidate: PolicySet) -> Vocabulary:
    """The vocabulary in which an entry is recorded."""
    try:
        return words_of_entry(connection, entry, candidate)
    except PolicyFaults as faults:
        raise _faulty(revision_named(entry), faults) from faults


def _decide_again(entry: Entry, policies: PolicySet) -> Replayed:
    """The decision taken again by its own policies; it is the same if the answer is."""
    facts = _facts_of(entry, policies.vocabulary)
    again = _decide(entry, policies, facts.request, facts.claimed)
    edition = edition_named(entry.members)
    return _replayed(entry, again, is_same_answer(entry.payloads[DECISION], again, edition))


def _decide_under(candidate: PolicySet, entry: Entry, words: Vocabulary) -> Replayed:
    """The decision taken again by other policies; it is the same if the outcomes are."""
    facts = _facts_of(entry, words)
    restated = stated_in(candidate.vocabulary, facts.request)
    again = _decide(entry, candidate, restated.request, facts.claimed)
    same = _recorded_outcomes(entry) == [line.outcome for line in again.lines]
    return replace(_replayed(entry, again, same), lacking=restated.lacking)


def _decide(
    entry: Entry, policies: PolicySet, request: Request, claimed: tuple[tuple[str, ...], ...]
) -> Decision:
    status = read_serving_status(entry.members)
    return decide(
        policies, request, decision_id=entry.key, evaluated_at=entry.at, claimed=claimed, status=status
    )


def _replayed(entry: Entry, again: Decision, same: bool) -> Replayed:
    was = ", ".join(_recorded_outcomes(entry))
    edition = edition_named(entry.members)
    return Replayed(entry.key, again.request_id, same, was, _outcomes(again), edition)


def _recorded_outcomes(entry: Entry) -> list[str]:
    return [line["outcome"] for line in json.loads(entry.payloads[DECISION])["lines"]]


def _facts_of(entry: Entry, vocabulary: Vocabulary) -> EstablishedFacts:
    if entry.kind is EntryKind.HANDOVER:
        return assessed_facts(entry.members, entry.payloads[REQUEST], vocabulary)
    return decided_facts(entry.key, entry.members, entry.payloads[REQUEST], entry.at, vocabulary)


def _outcomes(decision: Decision) -> str:
    return ", ".join(line.outcome for line in decision.lines)
