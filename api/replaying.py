"""Old decisions again: under the policies of their day, byte for byte, or under a candidate, to see what changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from api.knowledge.facts import Known, establish_facts
from api.ledger.entries import DECISION, REQUEST, Entry, EntryKind
from api.ledger.reading import whole_entries
from api.ledger.revisions import find_revision
from api.problems import Problem
from api.reading import read_request
from engine import Decision, PolicySet, decide, load_policies


@dataclass(frozen=True, slots=True)
class Replayed:
    """One decision of the log, taken again: whether the answer is the same, and what it was and is."""

    decision_id: str
    request_id: str
    same: bool
    was: str
    is_now: str


def replay(connection: Connection, candidate: PolicySet | None) -> Iterator[Replayed]:
    """Take every decision of the log again; under `candidate` instead of its own policies, if that is given.

    Under its own policies the answer has to be the same bytes; under a candidate, the same outcome in each line.
    A text that was erased is not known now; no rule has read it (check L05), so the answer is still the same.
    Raises ValueError for an entry that cannot be read, or whose policies the ledger does not hold.
    """
    known: dict[str, PolicySet] = {}
    for _, entry in whole_entries(connection):
        if entry.kind is EntryKind.DECISION:
            policies = candidate or _policies_of(connection, str(entry.members["revision"]), known)
            yield _taken_again(entry, policies, exactly=candidate is None)


def _policies_of(connection: Connection, revision: str, known: dict[str, PolicySet]) -> PolicySet:
    if revision not in known:
        files = find_revision(connection, revision)
        if files is None:
            raise ValueError(f"the ledger does not hold the policies {revision}")
        known[revision] = load_policies(files.read())
    return known[revision]


def _taken_again(entry: Entry, policies: PolicySet, *, exactly: bool) -> Replayed:
    received = read_request(entry.payloads[REQUEST])
    if isinstance(received, Problem):
        raise ValueError(f"the request of the decision {entry.key} cannot be read: {received.detail}")
    withheld = bool(entry.members["claims_withheld"])
    facts = establish_facts(received.request, _known(entry), claims_withheld=withheld)
    again = decide(
        policies, facts.request, decision_id=entry.key, evaluated_at=entry.at, claimed=facts.claimed
    )
    answer = entry.payloads[DECISION]
    before = [line["outcome"] for line in json.loads(answer)["lines"]]
    now = [line.outcome.value for line in again.lines]
    same = again.to_json() == answer if exactly else before == now
    return Replayed(entry.key, str(entry.members["request_id"]), same, ", ".join(before), _said(again))


def _known(entry: Entry) -> Known | None:
    known = entry.members.get("known")
    return Known.from_json(known) if known else None


def _said(decision: Decision) -> str:
    return ", ".join(line.outcome for line in decision.lines)
