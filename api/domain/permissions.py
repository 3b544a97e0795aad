"""The permissions: for each call, the roles that may make it. What is not in the table is open to no role."""

from __future__ import annotations

from collections.abc import Mapping

from api.domain.identity import Role

EVERY_ROLE = frozenset(Role)
READERS = frozenset({Role.DEPARTMENT, Role.COMMITTEE, Role.LIAISON, Role.AUDITOR})
RECORDERS = frozenset({Role.DEPARTMENT, Role.COMMITTEE, Role.LIAISON})
OFFICE = frozenset({Role.COMMITTEE, Role.LIAISON, Role.AUDITOR})
OFFICE_RECORDERS = frozenset({Role.COMMITTEE, Role.LIAISON})

PERMISSIONS: Mapping[str, frozenset[Role]] = {
    "POST /v1/pre-check": EVERY_ROLE,
    "POST /v1/pre-checks": EVERY_ROLE,
    "GET /v1/decisions/{decision_id}": READERS,
    "POST /v1/cases": frozenset({Role.DEPARTMENT, Role.COMMITTEE}),
    "GET /v1/cases": READERS,
    "GET /v1/cases/{case_id}": READERS,
    "POST /v1/cases/{case_id}/facts": RECORDERS,
    "POST /v1/clearances": RECORDERS,
    "GET /v1/clearances/{clearance_id}": READERS,
    "POST /v1/handovers": RECORDERS,
    "GET /v1/handovers": READERS,
    "GET /v1/handovers/{handover_id}": READERS,
    "POST /v1/handovers/{handover_id}/transfer": OFFICE_RECORDERS,
    "POST /v1/handovers/{handover_id}/withdrawal": frozenset({Role.COMMITTEE}),
    "GET /v1/reconcile": frozenset({Role.COMMITTEE, Role.AUDITOR}),
    "GET /v1/due": READERS,
    "GET /v1/registers": OFFICE,
    "GET /v1/registers/report": OFFICE,
    "GET /v1/registers/lists/{list_id}": OFFICE,
    "GET /v1/registers/items/{item_no}": OFFICE,
    "POST /v1/registers/events": OFFICE_RECORDERS,
    "GET /v1/registers/events": OFFICE,
    "GET /v1/registers/sessions/{number}": OFFICE,
    "GET /v1/registers/pages/confirmation-list": OFFICE,
    "GET /v1/registers/pages/agenda": OFFICE,
    "GET /v1/registers/pages/memorandum": OFFICE,
    "GET /v1/log/checkpoint": EVERY_ROLE,
    "GET /v1/log/entries": frozenset({Role.AUDITOR}),
    "GET /v1/policies": EVERY_ROLE,
    "GET /v1/policies/{name}": EVERY_ROLE,
    "GET /v1/vocabulary": EVERY_ROLE,
}
"""The calls by method and address. Three bounds lie inside them: a department makes requests for itself only, it
reads the decisions and cases about itself only, and each fact of a case has those who may record it
(`api.domain.cases.recordable_facts`).
"""


def may_call(role: Role, operation: str) -> bool:
    """Whether `role` may make the call."""
    return role in PERMISSIONS.get(operation, frozenset())
