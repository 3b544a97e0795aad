"""What decisions of one caller have in common gives the very members that the record of each decision gives.

Covers: api.domain.caller_basis
"""

import json
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from pydantic_core import to_json

from api.domain.believed_parties import belief_members, believed_of
from api.domain.caller_basis import MOST_CALLERS, CallerBases, CallerBasis
from api.domain.decision_record import DecisionRecord
from api.domain.identity import Caller
from api.domain.known_facts import KnownFacts
from api.domain.trial_questions import trial_member
from engine import ANSWER_EDITION, AgeKind, Approval, Outcome, ServingStatus, load_policies

FOLDER = Path(__file__).parents[3] / "policies"
SHIPPED = load_policies({file.name: file.read_bytes() for file in FOLDER.glob("*.yaml")})
STATUS = ServingStatus(Approval.NONE, {AgeKind.SET: 3, AgeKind.PROOF: None, AgeKind.RELOAD: 1}, {})
LIMITED = replace(STATUS, limits={AgeKind.PROOF: 2_592_000})
KNOWN = KnownFacts({"1": {"item.channel.consultation": "agreed"}}, "c", 2)


def _caller(role: str, name: str = "clerk") -> Caller:
    found = SHIPPED.roles[role]
    return Caller(name, found, "metallurgy" if found.asks else None)


@pytest.mark.parametrize("role", sorted(SHIPPED.roles))
@pytest.mark.parametrize("status", [STATUS, LIMITED], ids=["no limits", "limits"])
def test_the_members_are_those_of_the_record_in_their_order(role: str, status: ServingStatus) -> None:
    caller = _caller(role)
    basis = CallerBasis(SHIPPED, caller, status)
    believed = believed_of(SHIPPED.vocabulary, caller.role)
    assert basis.believed == believed
    for known, form, trace, department in product(
        (None, KNOWN), (None, "NFC"), (None, "0af7"), (None, "metallurgy")
    ):
        record = DecisionRecord(
            request_id="r",
            outcome=Outcome.DELIVER,
            revision=SHIPPED.revision,
            caller=caller.name,
            **belief_members(SHIPPED.vocabulary, believed),
            department=department,
            time_zone=SHIPPED.time_zone,
            answer_edition=ANSWER_EDITION,
            role=role,
            known=known,
            normal_form=form,
            trial=trial_member(caller.role),
            status=status,
            trace_id=trace,
        )
        members = basis.entry_members("r", Outcome.DELIVER, department, known, form, trace)
        assert json.dumps(members) == json.dumps(record.to_members())
        assert type(members["outcome"]) is str
        written = basis.members_to_json(members)
        assert (written is None) == (known is not None or form is not None or trace is not None)
        assert written in (None, to_json(members)[1:-1] + b",")


def test_a_basis_is_made_once_for_a_caller_and_anew_for_another_status_or_role() -> None:
    bases = CallerBases(SHIPPED)
    first = bases.of(_caller("department"), STATUS)
    assert bases.of(_caller("department"), STATUS) is first
    later = bases.of(_caller("department"), replace(STATUS))
    assert later is not first
    assert bases.of(_caller("committee"), STATUS).believed > later.believed - {"receiving_department"}


def test_more_callers_than_are_remembered_get_their_own_bases() -> None:
    bases = CallerBases(SHIPPED)
    for number in (*range(MOST_CALLERS + 2), 0):
        basis = bases.of(_caller("department", f"clerk {number}"), STATUS)
        members = basis.entry_members("r", Outcome.HOLD, None, None, None, None)
        assert members["caller"] == f"clerk {number}"
