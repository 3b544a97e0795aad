"""What is answered where no rule decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import assert_never

from engine.contract.decision import Duty, Outcome
from engine.language.expressions import Expression
from engine.policy.rules import Cited
from engine.policy.sentences import ConditionalSentence, Translations


class StandingCase(StrEnum):
    """The cases in which no rule decides."""

    NOT_GOVERNED = "not_governed"
    NEEDS_INFORMATION = "needs_information"
    NOT_SETTLED = "not_settled"
    PROPOSED = "proposed"


def standing_case_of(outcome: Outcome) -> StandingCase:
    """The case that an outcome without a deciding rule belongs to."""
    match outcome:
        case Outcome.NOT_GOVERNED:
            return StandingCase.NOT_GOVERNED
        case Outcome.NEEDS_INFORMATION:
            return StandingCase.NEEDS_INFORMATION
        case Outcome.DELIVER | Outcome.REGULARISE | Outcome.ROUTE_BILATERAL | Outcome.ESCALATE_URGENT:
            return StandingCase.NOT_SETTLED
        case Outcome.HOLD | Outcome.REFER | Outcome.REFUSE:
            return StandingCase.NOT_SETTLED
        case _:
            assert_never(outcome)


@dataclass(frozen=True, slots=True)
class StandingAnswer:
    """What is answered where no rule decides."""

    cited: Cited
    duties: tuple[Duty, ...]
    say: str
    say_when: tuple[ConditionalSentence, ...]
    say_in: Translations = field(default=(), compare=False)

    @property
    def clauses(self) -> tuple[str, ...]:
        """The clauses that it cites, those of its duties after them."""
        return tuple(dict.fromkeys((*self.cited.clauses, *(duty.clause for duty in self.duties))))

    @property
    def word_conditions(self) -> tuple[Expression, ...]:
        """The conditions under which it says something; they decide nothing."""
        return tuple(entry.when for entry in self.say_when)


TOO_OLD = "policies_too_old"
"""The key of what is answered in place of a permission while something of the policies in force is too old."""


def neutral_too_old_answer(usual: StandingAnswer, who: str) -> StandingAnswer:
    """What is answered then where a directive does not state it: it cites what `usual` does; `who` has to end it."""
    duty = Duty(
        who=who,
        must="confirm the policies in force or replace them, and have what is too old renewed; then ask again",
        clause=usual.cited.clauses[0],
    )
    say = (
        "We have to make sure first that our rules are still the present ones."
        " Until then we cannot give you the material."
    )
    return StandingAnswer(usual.cited, (duty,), say, ())
