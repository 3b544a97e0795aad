"""Replay of recorded decisions: under their own policies, as recorded, or under a candidate, for comparison."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.domain.answer_editions import edition_named, is_same_answer
from api.domain.decision_record import assessed_facts, decided_facts
from api.domain.known_facts import EstablishedFacts
from api.ledger.entries import DECISION, REQUEST, Entry, EntryKind
from api.ledger.reader import whole_entries
from api.ledger.revisions import find_revision
from api.services.audit.revisions import is_as_recorded, revision_named
from engine import (
    Decision,
    OuterInvariants,
    PolicyFaults,
    PolicySet,
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

    `edition` is that of the recorded answer's form.
    """

    decision_id: str
    request_id: str
    same: bool
    was: str
    is_now: str
    edition: int


class ReplayFault(Exception):  # reported to an operator, like a fault of the policies
    """What is wrong with the policies of a revision, so that no decision can be taken again under them."""

    def __init__(self, revision: str, fact: str, remedy: str) -> None:
        super().__init__(fact)
        self.revision = revision
        self.fact = fact
        self.remedy = remedy


class OtherWords(Exception):  # reported to an operator, like a fault of the policies
    """A candidate cannot read a recorded request, which the policies of its day can: its text names the decision."""


def replay(connection: Connection, candidate: PolicySet | None, floor: OuterInvariants) -> Iterator[Replayed]:
    """Take every decision of the log again; under `candidate` instead of its own policies, if that is given.

    Under its own policies, with or without the floor, the answer has to be the same (`is_same_answer`): the log does
    not say to which floor they were held, if to any. Under a candidate, each line has to have the same outcome.
    A text that was erased is not known now; no rule has read it (check L05), so the answer is still the same.
    Raises ValueError for an entry that cannot be read; `ReplayFault` if its policies are not stored as recorded;
    `OtherWords` if the candidate's words are not those of a recorded request.
    """
    known: dict[str, tuple[PolicySet, ...]] = {}
    for _, entry in whole_entries(connection):
        if entry.kind in _DECIDED:
            if candidate:
                yield _decide_anew(connection, entry, candidate)
                continue
            own = _policies_of(connection, revision_named(entry) or "", known, floor)
            yield _first_same(entry, own)


_DECIDED = frozenset({EntryKind.DECISION, EntryKind.HANDOVER})
"""The entries with a decision: pre-checks, and handovers, which are decided again as they happened."""


def _decide_anew(connection: Connection, entry: Entry, candidate: PolicySet) -> Replayed:
    """The decision taken by a candidate. Raises `OtherWords` if it cannot read an entry that is in order."""
    try:
        return _decide_again(entry, candidate, exactly=False)
    except ValueError as error:
        _facts_of(entry, _load(connection, revision_named(entry) or "").vocabulary)
        raise OtherWords(entry.key) from error


def _first_same(entry: Entry, alternatives: Sequence[PolicySet]) -> Replayed:
    """The decision taken again by the first of the alternatives that gives the same answer, else by the first."""
    plain, *others = alternatives
    replayed = _decide_again(entry, plain, exactly=True)
    if replayed.same:
        return replayed
    again = (_decide_again(entry, policies, exactly=True) for policies in others)
    return next((other for other in again if other.same), replayed)


def _policies_of(
    connection: Connection, revision: str, known: dict[str, tuple[PolicySet, ...]], floor: OuterInvariants
) -> tuple[PolicySet, ...]:
    """The policies of a revision as they are, and held to the floor, if they can state it."""
    if revision not in known:
        policies = _load(connection, revision)
        try:
            known[revision] = policies, hold_to(policies, floor)
        except PolicyFaults:
            known[revision] = (policies,)
    return known[revision]


def _load(connection: Connection, revision: str) -> PolicySet:
    files = find_revision(connection, revision)
    if files is None:
        raise ReplayFault(revision, "are missing", _RESTORE)
    if not is_as_recorded(files):
        raise ReplayFault(revision, "are not the ones that were recorded", _RESTORE)
    try:
        return load_recorded_policies(files.read())
    except PolicyFaults as faults:
        remedy = "run the version of channelgate that recorded them"
        raise ReplayFault(revision, f"have faults:\n{faults}", remedy) from faults


_RESTORE = "run `channelgate log verify`, and restore a backup in which they are intact"


def _decide_again(entry: Entry, policies: PolicySet, *, exactly: bool) -> Replayed:
    facts = _facts_of(entry, policies.vocabulary)
    again = decide(
        policies, facts.request, decision_id=entry.key, evaluated_at=entry.at, claimed=facts.claimed
    )
    answer = entry.payloads[DECISION]
    before = [line["outcome"] for line in json.loads(answer)["lines"]]
    now = [line.outcome.value for line in again.lines]
    edition = edition_named(entry.members)
    same = is_same_answer(answer, again, edition) if exactly else before == now
    return Replayed(entry.key, facts.request.request_id, same, ", ".join(before), _outcomes(again), edition)


def _facts_of(entry: Entry, vocabulary: Vocabulary) -> EstablishedFacts:
    if entry.kind is EntryKind.HANDOVER:
        return assessed_facts(entry.members, entry.payloads[REQUEST], vocabulary)
    return decided_facts(entry.key, entry.members, entry.payloads[REQUEST], entry.at, vocabulary)


def _outcomes(decision: Decision) -> str:
    return ", ".join(line.outcome for line in decision.lines)
