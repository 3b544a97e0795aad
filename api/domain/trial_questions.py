"""Trial questions: those of callers that neither ask for themselves nor decide; they change no request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import Role

TRIAL = "trial"
"""The member of a decision's entry that says whether it is one, where the name of the role does not."""
_BY_NAME = frozenset({"liaison", "policy_officer", "auditor"})
"""The roles whose questions were trial questions before roles were policy data; earlier entries name no role."""


def trial_member(role: Role) -> bool | None:
    """Return the member for a caller of this role; None where the name says it."""
    trial = not (role.asks or role.decides)
    return None if trial == (role.name in _BY_NAME) else trial


def is_trial(members: Mapping[str, Any]) -> bool:
    """Whether the entry with these members is of a trial question."""
    stated = members.get(TRIAL)
    return members.get("role") in _BY_NAME if stated is None else bool(stated)
