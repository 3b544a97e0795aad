"""The roles of callers by the shipped policies."""

from pathlib import Path

from engine import Roles, roles_in

ROLES: Roles = roles_in(
    {file.name: file.read_bytes() for file in (Path(__file__).parents[2] / "policies").glob("*.yaml")}
)
DEPARTMENT, COMMITTEE, LIAISON, POLICY_OFFICER, AUDITOR = (
    ROLES[name] for name in ("department", "committee", "liaison", "policy_officer", "auditor")
)


def shipped_roles() -> Roles:
    """Return the roles as a service under the shipped policies would."""
    return ROLES
