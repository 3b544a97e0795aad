"""Replay of recorded decisions: under their own policies, byte for byte, or under a candidate, for comparison."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.domain.decision_record import assessed_facts, decided_facts
from api.domain.known_facts import EstablishedFacts
from api.ledger.entries import DECISION, REQUEST, Entry, EntryKind
from api.ledger.reader import whole_entries
from api.ledger.revisions import find_revision
from api.services.audit.revisions import is_as_recorded, revision_named
from engine import Decision, PolicyFaults, PolicySet, decide, load_recorded_policies

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Replayed:
    """One decision of the log, taken again: whether the answer is the same, and what it was and is."""

    decision_id: str
    request_id: str
    same: bool
    was: str
    is_now: str


class ReplayFault(Exception):  # reported to an operator, like a fault of the policies
    """What is wrong with the policies of a revision, so that no decision can be taken again under them."""

    def __init__(self, revision: str, fact: str, remedy: str) -> None:
        super().__init__(fact)
        self.revision = revision
        self.fact = fact
        self.remedy = remedy


def replay(connection: Connection, candidate: PolicySet | None) -> Iterator[Replayed]:
    """Take every decision of the log again; under `candidate` instead of its own policies, if that is given.

    Under its own policies the answer has to be the same bytes; under a candidate, the same outcome in each line.
    A text that was erased is not known now; no rule has read it (check L05), so the answer is still the same.
    Raises ValueError for an entry that cannot be read; `ReplayFault` if its policies are not stored as recorded.
    """
    known: dict[str, PolicySet] = {}
    for _, entry in whole_entries(connection):
        if entry.kind in _DECIDED:
            policies = candidate or _policies_of(connection, revision_named(entry) or "", known)
            yield _decide_again(entry, policies, exactly=candidate is None)


_DECIDED = frozenset({EntryKind.DECISION, EntryKind.HANDOVER})
"""The entries with a decision: pre-checks, and handovers, which are decided again as they happened."""


def _policies_of(connection: Connection, revision: str, known: dict[str, PolicySet]) -> PolicySet:
    if revision not in known:
        known[revision] = _load(connection, revision)
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
    facts = _facts_of(entry)
    again = decide(
        policies, facts.request, decision_id=entry.key, evaluated_at=entry.at, claimed=facts.claimed
    )
    answer = entry.payloads[DECISION]
    before = [line["outcome"] for line in json.loads(answer)["lines"]]
    now = [line.outcome.value for line in again.lines]
    same = again.to_json() == answer if exactly else before == now
    return Replayed(entry.key, facts.request.request_id, same, ", ".join(before), _outcomes(again))


def _facts_of(entry: Entry) -> EstablishedFacts:
    if entry.kind is EntryKind.HANDOVER:
        return assessed_facts(entry.members, entry.payloads[REQUEST])
    return decided_facts(entry.key, entry.members, entry.payloads[REQUEST])


def _outcomes(decision: Decision) -> str:
    return ", ".join(line.outcome for line in decision.lines)
