"""The permissions: for each call, the offices by which it may be made. What is not in the table is open to nobody."""

from __future__ import annotations

from collections.abc import Mapping

from engine import PartyOffice, Role, Roles

EVERYBODY = frozenset(PartyOffice)
READERS = EVERYBODY - {PartyOffice.EDITS_POLICIES}
RECORDERS = frozenset({PartyOffice.ASKS, PartyOffice.DECIDES, PartyOffice.KEEPS_REGISTERS})
OPENERS = frozenset({PartyOffice.ASKS, PartyOffice.DECIDES})
REGISTER_READERS = frozenset({PartyOffice.DECIDES, PartyOffice.KEEPS_REGISTERS, PartyOffice.AUDITS})
REGISTER_KEEPERS = frozenset({PartyOffice.KEEPS_REGISTERS})

OFFICERS = frozenset({PartyOffice.EDITS_POLICIES, PartyOffice.DECIDES})
PROPOSAL_READERS = OFFICERS | {PartyOffice.AUDITS}

PERMISSIONS: Mapping[str, frozenset[PartyOffice]] = {
    "POST /v1/pre-check": EVERYBODY,
    "POST /v1/pre-checks": EVERYBODY,
    "POST /access/v1/evaluation": EVERYBODY,
    "POST /access/v1/evaluations": EVERYBODY,
    "POST /access/v1/search/subject": EVERYBODY,
    "POST /access/v1/search/resource": EVERYBODY,
    "POST /access/v1/search/action": EVERYBODY,
    "POST /access/v1/requests": OPENERS,
    "GET /access/v1/requests/{case_id}": READERS,
    "GET /v1/decisions/{decision_id}": READERS,
    "GET /v1/keys": frozenset({PartyOffice.DECIDES, PartyOffice.AUDITS}),
    "POST /v1/keys/rotation": EVERYBODY,
    "POST /v1/keys/{name}/revocation": frozenset({PartyOffice.DECIDES}),
    "GET /v1/decisions/{decision_id}/proof": READERS,
    "POST /v1/cases": OPENERS,
    "GET /v1/cases": READERS,
    "GET /v1/cases/{case_id}": READERS,
    "POST /v1/cases/{case_id}/facts": RECORDERS,
    "POST /v1/clearances": RECORDERS,
    "GET /v1/clearances/{clearance_id}": READERS,
    "POST /v1/handovers": RECORDERS,
    "GET /v1/handovers": READERS,
    "GET /v1/handovers/{handover_id}": READERS,
    "POST /v1/handovers/{handover_id}/transfer": REGISTER_KEEPERS,
    "POST /v1/handovers/{handover_id}/withdrawal": frozenset({PartyOffice.DECIDES}),
    "GET /v1/reconcile": frozenset({PartyOffice.DECIDES, PartyOffice.AUDITS}),
    "GET /v1/due": READERS,
    "GET /v1/registers": REGISTER_READERS,
    "GET /v1/registers/report": REGISTER_READERS,
    "GET /v1/registers/lists/{list_id}": REGISTER_READERS,
    "GET /v1/registers/items/{item_no}": REGISTER_READERS,
    "POST /v1/registers/events": REGISTER_KEEPERS,
    "GET /v1/registers/events": REGISTER_READERS,
    "GET /v1/registers/sessions/{number}": REGISTER_READERS,
    "GET /v1/registers/pages/confirmation-list": REGISTER_READERS,
    "GET /v1/registers/pages/agenda": REGISTER_READERS,
    "GET /v1/registers/pages/memorandum": REGISTER_READERS,
    "GET /v1/log/checkpoint": EVERYBODY,
    "GET /v1/log/entries": frozenset({PartyOffice.AUDITS}),
    "GET /v1/log/tile/{tile}": EVERYBODY,
    "GET /v1/log/entry/{sequence}": frozenset({PartyOffice.AUDITS}),
    "GET /v1/policies": EVERYBODY,
    "GET /v1/policies/upcoming": EVERYBODY,
    "GET /v1/policies/{name}": EVERYBODY,
    "GET /v1/vocabulary": EVERYBODY,
    "GET /v1/approvers": PROPOSAL_READERS,
    "GET /v1/proposals": PROPOSAL_READERS,
    "GET /v1/proposals/{proposal_id}": PROPOSAL_READERS,
    "GET /v1/proposals/{proposal_id}/evidence": PROPOSAL_READERS,
    "POST /v1/proposals": OFFICERS,
    "POST /v1/proposals/{proposal_id}/evidence": OFFICERS,
    "POST /v1/proposals/{proposal_id}/approvals": OFFICERS,
    "POST /v1/proposals/{proposal_id}/approvals/withdrawal": OFFICERS,
    "POST /v1/proposals/{proposal_id}/rejection": OFFICERS,
    "POST /v1/proposals/{proposal_id}/withdrawal": OFFICERS,
    "POST /v1/proposals/{proposal_id}/activation": OFFICERS,
    "POST /v1/policies/return": frozenset({PartyOffice.DECIDES}),
    "POST /v1/policies/confirmation": frozenset({PartyOffice.DECIDES}),
    "POST /v1/approvers/{officer}/revocation": OFFICERS,
}
"""The calls by method and address. Three bounds lie inside them: a party that asks makes requests for its own
department only, it reads the decisions and cases about that department only, and each fact of a case has those who
may record it (`Role.records`).
"""


def may_call(role: Role, operation: str) -> bool:
    """Whether `role` may make the call."""
    return not role.offices.isdisjoint(PERMISSIONS.get(operation, ()))


def roles_for(operation: str, roles: Roles) -> list[str]:
    """The names of the roles that may make the call, sorted."""
    return sorted(name for name, role in roles.items() if may_call(role, operation))
