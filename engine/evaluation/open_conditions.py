"""The conditions that unknown facts leave open, and what has to be known to settle them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from engine.contract.vocabulary import STATED_AS
from engine.evaluation.default_logic import Assessment, PolicyFinding
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


def open_conditions(answer: Assessment) -> Iterator[OpenCondition]:
    """The conditions that the facts leave open, in the order of the policies and of their rules."""
    for finding in answer.findings:
        for rule in open_rules(finding):
            if questions := open_questions(finding.policy, rule, finding.facts):
                yield OpenCondition(finding.policy, finding.facts, rule.when, questions)


def open_rules(finding: PolicyFinding) -> Sequence[Rule | ScopeRule]:
    """The rules whose conditions may be open: of a policy that only may govern the line, its scope rules first.

    Whether an exception is open says nothing as long as that is.
    """
    if finding.scope is not None:
        return finding.open_rules
    return *finding.edition.scope, *(rule for rule in finding.open_rules if rule.is_root)


def open_questions(policy: Policy, rule: Rule | ScopeRule, facts: Facts) -> frozenset[Question]:
    """The questions that would settle the condition of a rule; `facts` hold the parameters of its policy."""
    return frozenset([_question(name, policy) for name in residual(rule.when, facts)])


def _question(name: str, policy: Policy) -> Question:
    if name.startswith("{"):
        return Question(name, policy.name)
    return Question(STATED_AS.get(name, name))
