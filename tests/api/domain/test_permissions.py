"""Which calls the offices of parties permit; for the shipped ones those that were permitted before."""

from pathlib import Path

import pytest

from api.domain.believed_parties import believed_of
from api.domain.cases.recordable_facts import recordable_facts
from api.domain.permissions import PERMISSIONS, may_call, roles_for
from engine import Roles, load_policies, make_roles, operator_of, roles_in
from tests.support.shipped_roles import ROLES
from tests.support.shipped_words import VERSION_1

EVERY = "department committee liaison policy_officer auditor"
READERS = "department committee liaison auditor"
RECORDERS = "department committee liaison"
OFFICE = "committee liaison auditor"
BEFORE = {
    "POST /v1/pre-check": EVERY,
    "POST /v1/pre-checks": EVERY,
    "GET /v1/decisions/{decision_id}": READERS,
    "GET /v1/keys": "committee auditor",
    "POST /v1/keys/rotation": EVERY,
    "POST /v1/keys/{name}/revocation": "committee",
    "GET /v1/decisions/{decision_id}/proof": READERS,
    "POST /v1/cases": "department committee",
    "GET /v1/cases": READERS,
    "GET /v1/cases/{case_id}": READERS,
    "POST /v1/cases/{case_id}/facts": RECORDERS,
    "POST /v1/clearances": RECORDERS,
    "GET /v1/clearances/{clearance_id}": READERS,
    "POST /v1/handovers": RECORDERS,
    "GET /v1/handovers": READERS,
    "GET /v1/handovers/{handover_id}": READERS,
    "POST /v1/handovers/{handover_id}/transfer": "committee liaison",
    "POST /v1/handovers/{handover_id}/withdrawal": "committee",
    "GET /v1/reconcile": "committee auditor",
    "GET /v1/due": READERS,
    "GET /v1/registers": OFFICE,
    "GET /v1/registers/report": OFFICE,
    "GET /v1/registers/lists/{list_id}": OFFICE,
    "GET /v1/registers/items/{item_no}": OFFICE,
    "POST /v1/registers/events": "committee liaison",
    "GET /v1/registers/events": OFFICE,
    "GET /v1/registers/sessions/{number}": OFFICE,
    "GET /v1/registers/pages/confirmation-list": OFFICE,
    "GET /v1/registers/pages/agenda": OFFICE,
    "GET /v1/registers/pages/memorandum": OFFICE,
    "GET /v1/log/checkpoint": EVERY,
    "GET /v1/log/entries": "auditor",
    "GET /v1/log/tile/{tile}": EVERY,
    "GET /v1/log/entry/{sequence}": "auditor",
    "GET /v1/policies": EVERY,
    "GET /v1/policies/upcoming": EVERY,
    "GET /v1/policies/{name}": EVERY,
    "GET /v1/vocabulary": EVERY,
    **dict.fromkeys(
        (
            "GET /v1/approvers",
            "GET /v1/proposals",
            "GET /v1/proposals/{proposal_id}",
            "GET /v1/proposals/{proposal_id}/evidence",
        ),
        "committee policy_officer auditor",
    ),
    **dict.fromkeys(
        (
            "POST /v1/proposals",
            "POST /v1/proposals/{proposal_id}/evidence",
            "POST /v1/proposals/{proposal_id}/approvals",
            "POST /v1/proposals/{proposal_id}/approvals/withdrawal",
            "POST /v1/proposals/{proposal_id}/rejection",
            "POST /v1/proposals/{proposal_id}/withdrawal",
            "POST /v1/proposals/{proposal_id}/activation",
            "POST /v1/approvers/{officer}/revocation",
        ),
        "committee policy_officer",
    ),
    "POST /v1/policies/return": "committee",
    "POST /v1/policies/confirmation": "committee",
    "POST /access/v1/evaluation": EVERY,
    "POST /access/v1/evaluations": EVERY,
    "POST /access/v1/search/subject": EVERY,
    "POST /access/v1/search/resource": EVERY,
    "POST /access/v1/search/action": EVERY,
    "POST /access/v1/requests": "department committee",
    "GET /access/v1/requests/{case_id}": READERS,
}
"""The table as it was when it named roles; the calls about proposals and keys and those of AuthZEN are newer."""
OWNED = {name for name in VERSION_1.words if name.startswith("item.channel.")} | {"item.legacy_list"}
BY_LIAISON = {"item.legacy_list", "item.channel.attache_confirmation"}
WITHOUT_OFFICES = make_roles((), VERSION_1)


@pytest.mark.parametrize("roles", [ROLES, WITHOUT_OFFICES], ids=["shipped", "without offices"])
def test_every_call_is_permitted_to_whom_it_was(roles: Roles) -> None:
    assert set(roles) == set(EVERY.split())
    assert PERMISSIONS.keys() == BEFORE.keys()
    for operation, named in BEFORE.items():
        for name, role in roles.items():
            assert may_call(role, operation) == (name in named.split()), (operation, name)


@pytest.mark.parametrize("roles", [ROLES, WITHOUT_OFFICES], ids=["shipped", "without offices"])
def test_the_three_bounds_within_a_call_are_those_of_before(roles: Roles) -> None:
    facts = recordable_facts(VERSION_1)
    recorded = {name: role.records & facts for name, role in roles.items()}
    assert recorded == {
        "department": facts - OWNED,
        "committee": facts,
        "liaison": BY_LIAISON,
        "policy_officer": frozenset(),
        "auditor": frozenset(),
    }
    assert [name for name, role in roles.items() if role.asks] == ["department"]
    assert [name for name in roles if believed_of(VERSION_1, roles[name]) > {"receiving_department"}] == [
        "committee"
    ]


def test_a_call_that_is_in_no_row_is_open_to_nobody() -> None:
    assert roles_for("DELETE /v1/cases", ROLES) == []


def test_the_one_operator_decides_for_every_party_under_the_name_of_the_first_that_decides() -> None:
    folder = Path(__file__).parents[2] / "data" / "seed_house" / "policies"
    policies = load_policies({file.name: file.read_bytes() for file in folder.glob("*.yaml")})
    operator = operator_of(policies.roles)
    assert operator.name == "exchange_desk"
    assert believed_of(policies.vocabulary, operator) == {"gardener", "exchange_desk", "guard"}
    assert may_call(operator, "POST /v1/handovers/{handover_id}/withdrawal")
    assert not may_call(operator, "GET /v1/log/entries")


def test_the_roles_of_a_recorded_folder_are_those_of_the_set_it_made() -> None:
    folder = Path(__file__).parents[2] / "data" / "seed_house" / "policies"
    content = {file.name: file.read_bytes() for file in folder.glob("*.yaml")}
    assert roles_in(content) == load_policies(content).roles
