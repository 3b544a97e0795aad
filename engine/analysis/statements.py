"""When an answer states what: for each rule that decides, and all that is cited, the formula for its being stated.

Like engine/analysis/symbolic_logic.py this is a second implementation, of `_answer` in engine/deciding.py; what it
shows is put to `decide` first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from itertools import chain

from engine.analysis.cases import Situation
from engine.analysis.formulas import Formula, Formulas
from engine.analysis.symbolic_logic import PolicyFormulas, sentences
from engine.analysis.translating import Translator
from engine.contract.decision import Outcome, PolicyStatus, is_in_force
from engine.policy.bitsets import members
from engine.policy.model import PolicySet
from engine.policy.rules import Cited
from engine.policy.standing_answers import StandingCase, standing_case_of

AnswerStatement = tuple[str, Hashable]
"""Its source (a rule, a scope rule, a standing answer), and what is stated."""


def deciding_rules(formulas: Formulas, situation: Situation) -> dict[str, Formula]:
    """For each rule, when it decides: it wins with the outcome that its policy, and all policies together, give."""
    found: dict[str, list[Formula]] = defaultdict(list)
    for one in situation.policies:
        for index, rule in enumerate(one.rules):
            found[rule.name].append(_decides(formulas, situation, one, index))
    return {name: formulas.any_of(parts) for name, parts in found.items()}


def _decides(formulas: Formulas, situation: Situation, one: PolicyFormulas, index: int) -> Formula:
    outcome = one.rules[index].outcome
    return formulas.all_of((one.governs, one.outcomes[outcome], situation.combined[outcome], one.wins[index]))


def statements(
    formulas: Formulas, policies: PolicySet, situation: Situation, status: PolicyStatus
) -> Mapping[AnswerStatement, Formula]:
    """For each thing an answer can state, when it states it."""
    found: dict[AnswerStatement, list[Formula]] = defaultdict(list)
    for statement, formula in chain(
        _of_rules(formulas, situation, status),
        _of_the_scope(formulas, situation),
        _of_standing_answers(formulas, policies, situation, status),
    ):
        found[statement].append(formula)
    return {statement: formulas.any_of(parts) for statement, parts in found.items()}


def _of_rules(
    formulas: Formulas, situation: Situation, status: PolicyStatus
) -> Iterator[tuple[AnswerStatement, Formula]]:
    for one in situation.policies:
        for index, rule in enumerate(one.rules):
            decides = _decides(formulas, situation, one, index)
            yield (rule.name, (rule.duties, _cited(rule.cited))), decides
            # Of a directive that is only proposed, the rule's sentence is not given.
            for say, fits in sentences(formulas, rule, one.translator) if is_in_force(status) else ():
                yield (rule.name, say), formulas.all_of((decides, fits))
            for entry in rule.duties_when:
                holds = one.translator.truth(entry.when)[0]
                yield (rule.name, entry.duty), formulas.all_of((decides, holds))
            for cited in rule.cite_when:
                if cited.when is not None:
                    holds = one.translator.truth(cited.when)[0]
                    yield (rule.name, _cited(cited)), formulas.all_of((decides, holds))


def _gives(formulas: Formulas, situation: Situation, one: PolicyFormulas) -> Formula:
    """When a policy is known to govern, and the answer is its."""
    return formulas.any_of(
        formulas.all_of((one.governs, one.outcomes[outcome], situation.combined[outcome]))
        for outcome in Outcome
    )


def _of_the_scope(formulas: Formulas, situation: Situation) -> Iterator[tuple[AnswerStatement, Formula]]:
    given = [_gives(formulas, situation, one) for one in situation.policies]
    for one, gives in zip(situation.policies, given, strict=True):
        may = formulas.all_of((one.may_govern, *(-other for other in given)))
        for entry in one.edition.scope:
            true, false = one.translator.truth(entry.when)
            unknown = formulas.all_of((may, -true, -false))
            yield (
                (entry.name, _cited(entry.cited)),
                formulas.any_of((formulas.all_of((gives, true)), unknown)),
            )


def _of_standing_answers(
    formulas: Formulas, policies: PolicySet, situation: Situation, status: PolicyStatus
) -> Iterator[tuple[AnswerStatement, Formula]]:
    undecided = formulas.all_of(-decides for decides in deciding_rules(formulas, situation).values())
    for outcome, combined in situation.combined.items():
        given = formulas.all_of((combined, undecided))
        yield from _standing_answer(formulas, policies, situation, standing_case_of(outcome), given)
        if not is_in_force(status):
            yield (outcome.value, ()), combined
            if outcome.by_rule:
                yield from _standing_answer(formulas, policies, situation, StandingCase.PROPOSED, combined)
    for one in situation.policies:
        gives = formulas.all_of((_gives(formulas, situation, one), undecided))
        for index, rule in enumerate(one.rules):
            above = members(one.edition.generals[index])
            resting = [formulas.any_of(one.applies[general] for general in above)] if above else []
            is_open = (one.possible[index], -one.applies[index], one.may_win[index], *resting)
            yield (rule.name, _cited(rule.cited)), formulas.all_of((gives, *is_open))


def _standing_answer(
    formulas: Formulas, policies: PolicySet, situation: Situation, case: StandingCase, given: Formula
) -> Iterator[tuple[AnswerStatement, Formula]]:
    answer = policies.standing_answers[case]
    yield (case.value, (answer.duties, _cited(answer.cited))), given
    for say, fits in sentences(formulas, answer, Translator(formulas, situation.facts)):
        yield (case.value, say), formulas.all_of((given, fits))


def _cited(cited: Cited) -> Hashable:
    return cited.clauses, cited.readings
