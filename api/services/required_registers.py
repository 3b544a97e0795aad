"""The registers of the policies in force, for calls that have nothing to answer without any."""

from __future__ import annotations

from api.parsing.problems import ProblemError, ProblemKind, make_problem
from engine import PolicySet, Registers


def require_registers(policies: PolicySet) -> Registers:
    """Return what the policies say of registers. Raises `ProblemError` for a directive that has none."""
    if policies.registers is None:
        reason = without_registers(policies)
        raise ProblemError(make_problem(ProblemKind.NO_REGISTERS, f"{reason[0].upper()}{reason[1:]}."))
    return policies.registers


def without_registers(policies: PolicySet) -> str:
    """Return the fact that a directive has no registers."""
    return f"the directive {policies.name} has no registers, for no file of its policy folder has `lists`"
