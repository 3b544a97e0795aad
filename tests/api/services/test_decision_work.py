"""The leaf of a decision is the one that its entry gives, and an answer is its decision with what follows from it."""

import datetime as dt
import json
from pathlib import Path

import pytest

from api.domain.decision_moment import DecisionMoment
from api.domain.identity import Caller
from api.domain.known_facts import NO_RECORDS
from api.ledger.entries import DECISION
from api.ledger.group_commit import Leaf
from api.ledger.revisions import PolicyFiles
from api.parsing.problems import Problem
from api.parsing.requests import Received, read_request
from api.policies.active_set import ActiveSet
from api.runtime.current_call import TraceParent
from api.services.decision_work import STEPS, DecisionWork
from api.services.prepared_requests import prepare_request
from engine import AgeKind, ServingStatus, load_policies
from tests.support.desks import ROOT, URGENT

AT = dt.datetime(2026, 3, 2, 16, tzinfo=dt.UTC)
FILES = {file.name: file.read_bytes() for file in Path(ROOT / "policies").glob("*.yaml")}
ACTIVE = ActiveSet(load_policies(FILES), PolicyFiles.of("", FILES), AT, None)
MOMENT = DecisionMoment(AT, ServingStatus(ages=dict.fromkeys(AgeKind, 3)))
TRACE = TraceParent("a" * 32, "b" * 16, 0)


def _work(request_id: str, description: str, role: str, trace: TraceParent | None) -> DecisionWork:
    body = {**URGENT, "request_id": request_id, "items": [{"description": description, "kind": "drawing"}]}
    received = read_request(json.dumps(body, ensure_ascii=False).encode(), ACTIVE.policies.vocabulary)
    assert isinstance(received, Received), received
    office = ACTIVE.policies.roles[role]
    department = "metallurgy" if office.asks else None
    caller = Caller('"clerk"', office, department)
    prepared = prepare_request(ACTIVE, *received, caller)
    assert not isinstance(prepared, Problem)
    basis = ACTIVE.bases.of(caller, MOMENT.status)
    return DecisionWork(prepared, NO_RECORDS, ACTIVE, MOMENT, basis, trace.trace_id if trace else None)


@pytest.mark.parametrize("role", ["department", "committee"])
@pytest.mark.parametrize("trace", [None, TRACE], ids=["no trace", "trace"])
@pytest.mark.parametrize(
    "text", ["plain", 'a "quoted" \u9f0e', "e\u0301"], ids=["plain", "escapes", "not NFC"]
)
def test_the_leaf_is_that_of_the_entry(role: str, trace: TraceParent | None, text: str) -> None:
    work = _work('r "1"', text, role, trace)
    for step in STEPS:
        step(work)
    answer = work.finish()
    assert work.leaf_of(answer) == Leaf.of(answer.entry)
    decision = answer.entry.payloads[DECISION]
    assert answer.content.startswith(decision[:-1])
    assert json.loads(answer.content).items() >= json.loads(decision).items()
    assert ("links" in json.loads(answer.content)) == (role == "department")  # no other has a case to open
