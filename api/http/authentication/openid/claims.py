"""Who somebody is by the claims of a provider: the name, the role, and for a role that asks the department."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.domain.identity import MAX_NAME, Caller, Credential
from api.http.authentication.openid.faults import SignInFailed, SignInFault
from engine import Roles


@dataclass(frozen=True, slots=True)
class ClaimNames:
    """Under which claims a provider states what is needed of a person."""

    name: str
    role: str
    department: str
    roles_by_value: Mapping[str, str] | None = None
    """The role for each value of the claim, where its values are no roles themselves; others stand for none then."""

    def are_complete(self, claims: Mapping[str, Any]) -> bool:
        """Whether nothing more could be learnt by requesting further claims."""
        return all(name in claims for name in (self.name, self.role, self.department))

    def _role_of(self, value: object) -> str:
        if not isinstance(value, str):
            return ""
        return value if self.roles_by_value is None else self.roles_by_value.get(value, "")

    def caller_of(self, claims: Mapping[str, Any], roles: Roles) -> Caller:
        """Return the person, in a role of the policies in force. Raises `SignInFailed`.

        The claim of the role may hold several values, such as groups; one of them alone may be a role.
        """
        name = _text(claims.get(self.name))
        if name is None:
            raise SignInFailed(SignInFault.NO_NAME, f"no name under {self.name}", {"claim": self.name})
        stated = claims.get(self.role)
        values = stated if isinstance(stated, list) else [stated]
        found = sorted({named for value in values if (named := self._role_of(value)) in roles})
        known = {"claim": self.role, "roles": ", ".join(sorted(roles))}
        if not found:
            raise SignInFailed(SignInFault.NO_ROLE, f"no known role under {self.role}", known)
        if len(found) > 1:
            several = {"claim": self.role, "roles": ", ".join(found)}
            raise SignInFailed(SignInFault.SEVERAL_ROLES, f"several roles under {self.role}", several)
        role = roles[found[0]]
        department = _text(claims.get(self.department)) if role.asks else None
        if role.asks and department is None:
            lacking = {"claim": self.department, "roles": role.name}
            raise SignInFailed(SignInFault.NO_DEPARTMENT, f"no department under {self.department}", lacking)
        return Caller(name, role, department, Credential.TOKEN)


def read_roles(text: str) -> Mapping[str, str] | None:
    """Return the role for each value, written `VALUE=role` with semicolons between; None for an empty text.

    A value may have signs of equality itself. Raises ValueError.
    """
    pairs = [part.rpartition("=") for part in text.split(";") if part.strip()]
    found = {value.strip(): role.strip() for value, _, role in pairs}
    if "" in found or "" in found.values() or len(found) < len(pairs):
        raise ValueError("write VALUE=role with semicolons between, each value once")
    return found or None


def _text(value: object) -> str | None:
    usable = isinstance(value, str) and 0 < len(value) <= MAX_NAME and value.isprintable() and value.strip()
    return str(value) if usable else None
