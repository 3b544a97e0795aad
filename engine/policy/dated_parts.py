"""The parts of a policy set that are written with days: from when to when each of them holds, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from engine.diagnostics import Place
from engine.policy.rules import Period


class DatedKind(StrEnum):
    """What can be written with days, and the conditions that turn on one."""

    INSTRUCTION = "instruction"
    RULING = "ruling"
    SCOPE = "scope"
    RULE = "rule"
    DEVIATION = "deviation"
    MEMBERSHIP = "membership"
    PARAMETER = "parameter"
    CONDITION = "condition"


@dataclass(frozen=True, slots=True)
class DatedPart:
    """A part with its days; `value` is what a parameter is in them, None while it is not found.

    `name` is that of the ruling, the rule, the scope or the parameter, the rules departed from, or the code of the
    country of a group; `country` is that of a country of a group that has the parameter for itself.
    """

    kind: DatedKind
    name: str
    place: Place
    period: Period
    value: str | None = None
    country: str | None = None


def name_part(kind: DatedKind, name: str) -> str:
    """How a sentence names a part of this kind."""
    match kind:
        case DatedKind.INSTRUCTION:
            return "the instruction"
        case DatedKind.RULING:
            return f"the ruling {name}"
        case DatedKind.SCOPE:
            return f"the scope `{name}`"
        case DatedKind.RULE:
            return f"the rule `{name}`"
        case DatedKind.DEVIATION:
            return f"the deviation from {', '.join(f'`{rule}`' for rule in name.split(', '))}"
        case DatedKind.MEMBERSHIP:
            return f"the membership of {name}"
        case DatedKind.PARAMETER:
            return f"the parameter `{name}`"
        case DatedKind.CONDITION:
            return f"a condition of `{name}`"
        case _:
            assert_never(kind)
