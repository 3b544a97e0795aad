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
    def word_conditions(self) -> tuple[Expression, ...]:
        """The conditions under which it says something; they decide nothing."""
        return tuple(entry.when for entry in self.say_when)
