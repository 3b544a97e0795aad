"""Who may do what: for each call, the roles that may make it. What is not in the table is open to no role."""

from __future__ import annotations

from collections.abc import Mapping

from api.identity import Role

EVERY_ROLE = frozenset(Role)

PERMISSIONS: Mapping[str, frozenset[Role]] = {
    "POST /v1/pre-check": EVERY_ROLE,
    "POST /v1/pre-checks": EVERY_ROLE,
    "GET /v1/decisions/{decision_id}": frozenset(
        {Role.DEPARTMENT, Role.COMMITTEE, Role.LIAISON, Role.AUDITOR}
    ),
    "POST /v1/cases": frozenset({Role.DEPARTMENT, Role.COMMITTEE}),
    "GET /v1/cases": frozenset({Role.DEPARTMENT, Role.COMMITTEE, Role.LIAISON, Role.AUDITOR}),
    "GET /v1/cases/{case_id}": frozenset({Role.DEPARTMENT, Role.COMMITTEE, Role.LIAISON, Role.AUDITOR}),
    "POST /v1/cases/{case_id}/facts": frozenset({Role.DEPARTMENT, Role.COMMITTEE, Role.LIAISON}),
    "GET /v1/policies": EVERY_ROLE,
    "GET /v1/policies/{name}": EVERY_ROLE,
}
"""The calls by method and address. Three bounds lie inside them: a department asks for itself only, it reads the
decisions and cases about itself only, and each fact of a case has those who may record it (`api.cases.facts`).
"""


def may_call(role: Role, operation: str) -> bool:
    """Whether `role` may make the call."""
    return role in PERMISSIONS.get(operation, frozenset())
