"""The explanation of an answer: every rule considered, with its condition part by part, and what would change it."""

from __future__ import annotations

from typing import Literal

from engine.contract.decision import Answer, Outcome

Holds = Literal["yes", "no", "unknown"]

RuleState = Literal[
    "decides", "outweighed", "gives_way", "beaten", "not_reached", "does_not_hold", "may_apply"
]
"""What became of a rule.

`decides`: the answer is its; `outweighed`: it wins in its policy, and another answer is stricter; `gives_way`: an
exception to it applies; `beaten`: a rule that beats it does; `not_reached`: none of the rules that it is an exception
to is known to apply; `may_apply`: that is not known.
"""


class FoundFact(Answer):
    """A fact or parameter that a condition reads, and the value found; `not known` if there is none."""

    fact: str
    value: str


class ConditionPart(Answer):
    """A condition or a part of one, and whether it holds; `found` where it is not made of parts itself."""

    condition: str
    holds: Holds
    found: tuple[FoundFact, ...] = ()
    parts: tuple[ConditionPart, ...] = ()


class ConsideredRule(Answer):
    """A rule: its condition, what became of it and why; `because_of` are the rules that this is due to."""

    rule: str
    at: str
    outcome: Outcome
    clauses: tuple[str, ...]
    exception_to: tuple[str, ...] = ()
    condition: ConditionPart
    state: RuleState
    because: str
    because_of: tuple[str, ...] = ()


class ConsideredScope(Answer):
    """A condition under which a policy governs."""

    scope: str
    at: str
    condition: ConditionPart


class ConsideredPolicy(Answer):
    """A policy: whether it governs, and its rules; of a policy that does not govern, the rules are not considered."""

    policy: str
    governs: Holds
    scope: tuple[ConsideredScope, ...]
    outcome: Outcome | None = None
    rules: tuple[ConsideredRule, ...] = ()


class ConsideredCountry(Answer):
    """What the policies answer for one country of the mission; None where it is not known."""

    country: str | None = None
    outcome: Outcome
    policies: tuple[ConsideredPolicy, ...]


class FactChange(Answer):
    """A fact that would be another; `alike` are values that no condition distinguishes from the new one."""

    fact: str
    was: str
    becomes: str
    alike: tuple[str, ...] = ()
    ask: str | None = None
    answered_by: str | None = None


class Change(Answer):
    """A set of changes of facts, none of which can be left out, and the answer there would be."""

    facts: tuple[FactChange, ...]
    outcome: Outcome
    rules: tuple[str, ...] = ()


class ChangeSearch(Answer):
    """How far changes were looked for.

    All sets of up to `complete_up_to` changes were tried, `tried` sets in all. `cut` means that there was no time for
    larger ones, of up to `most` changes; `left_out` counts sets that were found and are not shown.
    """

    tried: int
    complete_up_to: int
    most: int
    cut: bool
    left_out: int = 0


class LineExplanation(Answer):
    """The explanation of the answer for one line; for each other outcome, the smallest changes that lead to it."""

    line: int | str
    outcome: Outcome
    note: str | None = None
    countries: tuple[ConsideredCountry, ...]
    changes: tuple[Change, ...] = ()
    search: ChangeSearch


class Explanation(Answer):
    """The explanation of a decision, line by line; `left_out` counts lines that are not explained, since there are
    more different ones than are explained at once.
    """

    revision: str
    lines: tuple[LineExplanation, ...]
    left_out: int = 0

    def to_json(self) -> bytes:
        """Return the explanation as UTF-8 JSON; members without content are left out."""
        return self.__pydantic_serializer__.to_json(self, exclude_defaults=True)
