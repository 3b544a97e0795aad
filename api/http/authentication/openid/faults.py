"""Why a sign-in at a provider came to nothing, as a closed set; pages have words for each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class SignInFault(StrEnum):
    """What went wrong, by what its reader can do about it."""

    PROVIDER_UNAVAILABLE = "provider_unavailable"
    PROVIDER_REFUSED = "provider_refused"
    CANCELLED = "cancelled"
    ATTEMPT_UNKNOWN = "attempt_unknown"
    NOT_TRUSTED = "not_trusted"
    NO_NAME = "no_name"
    NO_ROLE = "no_role"
    SEVERAL_ROLES = "several_roles"
    NO_DEPARTMENT = "no_department"


class SignInFailed(Exception):
    """Nobody is signed in. The text is for whoever looks after the service; it holds no part of a credential.

    `values` are what the words of some faults name: the claim, the roles.
    """

    def __init__(self, fault: SignInFault, detail: str, values: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.fault = fault
        self.values = values or {}
