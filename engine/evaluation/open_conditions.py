"""The conditions that unknown facts leave open, and what has to be known to settle them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from engine.contract.vocabulary import STATED_AS
from engine.evaluation.default_logic import Assessment
from engine.evaluation.open_rules import OpenRule, open_rules
from engine.language.expression_parts import residual
from engine.language.expressions import Expression, Facts
from engine.policy.model import Policy
from engine.policy.rules import Rule, ScopeRule


class Question(NamedTuple):
    """An unknown fact, or an unknown parameter of a policy, as a question."""

    name: str
    policy: str = ""

    @property
    def fact(self) -> str:
        """The name an answer uses for it: as in the request, or `parameters.POLICY.NAME`."""
        return f"parameters.{self.policy}.{self.name.strip('{}')}" if self.policy else self.name


class OpenCondition(NamedTuple):
    """A condition that is unknown, in a rule that would apply if it held, and the questions it leaves open.

    `facts` are those that it reads, at least; parameters of the policy among them.
    """

    policy: Policy
    facts: Facts
    condition: Expression
    questions: frozenset[Question]


class LinkedCondition(NamedTuple):
    """An open condition, and the questions of the others that have to be settled as well for it to count."""

    condition: OpenCondition
    beside: frozenset[Question]


def link_conditions(rules: Sequence[OpenRule], conditions: Sequence[OpenCondition]) -> list[LinkedCondition]:
    """Link the conditions of rules, given in their order; those that are not open are left out."""
    questions = [condition.questions for condition in conditions]
    return [
        LinkedCondition(condition, _NO_QUESTIONS.union(*[questions[place] for place in rule.turns_on]))
        for rule, condition in zip(rules, conditions, strict=True)
        if condition.questions
    ]


_NO_QUESTIONS: frozenset[Question] = frozenset()


def open_conditions(answers: Sequence[Assessment]) -> list[list[LinkedCondition]]:
    """For each country, the conditions that the facts leave open and that may still turn the answer for the line."""
    return [
        link_conditions(rules, [_open_condition(rule, answer) for rule in rules])
        for rules, answer in zip(open_rules(answers), answers, strict=True)
    ]


def _open_condition(open_: OpenRule, answer: Assessment) -> OpenCondition:
    facts = {**open_.edition.parameters, **answer.facts}
    questions = open_questions(open_.policy, open_.rule, facts)
    return OpenCondition(open_.policy, facts, open_.rule.when, questions)


def open_questions(policy: Policy, rule: Rule | ScopeRule, facts: Facts) -> frozenset[Question]:
    """The questions that would settle the condition of a rule; `facts` hold the parameters of its policy."""
    return frozenset([_question(name, policy) for name in residual(rule.when, facts)])


def _question(name: str, policy: Policy) -> Question:
    if name.startswith("{"):
        return Question(name, policy.name)
    return Question(STATED_AS.get(name, name))
