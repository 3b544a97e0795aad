"""What can be wrong with one condition, each sort of mistake under its own code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class FaultCode(StrEnum):
    """The sorts of mistake; `meaning` is the line that docs/reference/checks.md opens with."""

    meaning: str

    def __new__(cls, code: str, meaning: str) -> Self:
        """Make a code that carries its meaning."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        return member

    TOO_LARGE = "C01", "The condition is too long, has too many words or is nested too deeply."
    EMPTY = "C02", "The condition is empty."
    CHARACTER = "C03", "A character has no meaning in a condition, such as a curly quote."
    OPERATOR = "C04", "An operator is not part of the language, such as `=`, `&&`, `*` or `??`."
    CONSTRUCT = (
        "C05",
        "A construct is not part of the language: a call, an attribute, a comprehension, a `$` word.",
    )
    ORDER = "C06", "The words do not fit together: something is missing, left over or not closed."
    CHAIN = "C07", "Comparisons are chained, as in `1 < x < 5`."
    UNKNOWN_WORD = "C08", "A word is neither a fact nor a parameter."
    BRACES = "C09", "Braces are missing around a parameter, or stand around something else."
    UNQUOTED = "C10", "A text or a choice stands without its quotes."
    UNKNOWN_CHOICE = "C11", "A text is not among the choices of the fact it is compared with."
    KINDS = "C12", "Values of two different kinds are compared or offered as alternatives."
    NOT_TRUTH = "C13", "Something that is not true or false stands as a condition."
    ALTERNATIVE = "C14", 'A value stands alone after `or` or `and`, as in `x == "a" or "b"`.'
    NO_ORDER = "C15", "`<`, `<=`, `>` or `>=` stands between values that have no order."
    LIST = "C16", "`in` is not followed by a list of written values, or a list stands elsewhere."
    LITERAL = "C17", "A written number, date, duration or text is malformed."
    NULL = "C18", "`null` stands elsewhere than after `==` or `!=` beside a single fact."
    ARITHMETIC = "C19", "`+` or `-` stands between values that cannot be added or subtracted."


@dataclass(frozen=True, slots=True)
class ConditionFault:
    """One fault: `start` and `end` are character offsets into the condition, from 0, the end exclusive."""

    code: FaultCode
    start: int
    end: int
    message: str
    remedy: str


class ConditionFaults(Exception):
    """A condition cannot be used; carries every fault found, in the order of the text."""

    def __init__(self, faults: Iterable[ConditionFault]) -> None:
        self.faults = tuple(sorted(set(faults), key=lambda fault: (fault.start, fault.end, fault.code)))
        super().__init__("\n".join(f"{fault.message}; {fault.remedy}" for fault in self.faults))
