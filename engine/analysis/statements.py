"""When an answer says what: for each rule that decides, and all that is cited, the formula under which it is said.

Like engine/analysis/symbolic_logic.py this is a second writing, of `_answer` in engine/deciding.py; what is shown by
it is put to `decide` first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from itertools import chain

from engine.analysis.cases import Situation
from engine.analysis.formulas import Formula, Formulas
from engine.analysis.symbolic_logic import Weighed
from engine.contract.decision import Outcome, PolicyStatus, is_in_force
from engine.policy.model import Cited, PolicySet, StandingCase, members, standing_case_of

Statement = tuple[str, Hashable]
"""Who says it (a rule, a scope rule, a standing answer), and what is said."""


def deciding_rules(formulas: Formulas, situation: Situation) -> dict[str, Formula]:
    """For each rule, when it decides: it wins with the outcome that its policy, and all policies together, give."""
    found: dict[str, list[Formula]] = defaultdict(list)
    for one in situation.weighed:
        for index, rule in enumerate(one.rules):
            found[rule.name].append(_decides(formulas, situation, one, index))
    return {name: formulas.any_of(parts) for name, parts in found.items()}


def _decides(formulas: Formulas, situation: Situation, one: Weighed, index: int) -> Formula:
    outcome = one.rules[index].outcome
    return formulas.all_of((one.governs, one.outcomes[outcome], situation.combined[outcome], one.wins[index]))


def statements(
    formulas: Formulas, policies: PolicySet, situation: Situation, status: PolicyStatus
) -> Mapping[Statement, Formula]:
    """For each thing an answer can say, when it says it."""
    found: dict[Statement, list[Formula]] = defaultdict(list)
    for statement, formula in chain(
        _said_by_rules(formulas, situation, status),
        _said_of_the_scope(formulas, situation),
        _said_standing(formulas, policies, situation, status),
    ):
        found[statement].append(formula)
    return {statement: formulas.any_of(parts) for statement, parts in found.items()}


def _said_by_rules(
    formulas: Formulas, situation: Situation, status: PolicyStatus
) -> Iterator[tuple[Statement, Formula]]:
    for one in situation.weighed:
        for index, rule in enumerate(one.rules):
            decides = _decides(formulas, situation, one, index)
            # Of a directive that is only proposed, the rule's sentence is not said.
            say = rule.say if is_in_force(status) else ""
            yield (rule.name, (rule.duties, say, _cited(rule.cited))), decides
            for cited in rule.cite_when:
                if cited.when is not None:
                    holds = one.translator.truth(cited.when)[0]
                    yield (rule.name, _cited(cited)), formulas.all_of((decides, holds))


def _gives(formulas: Formulas, situation: Situation, one: Weighed) -> Formula:
    """When a policy is known to govern, and the answer is its."""
    return formulas.any_of(
        formulas.all_of((one.governs, one.outcomes[outcome], situation.combined[outcome]))
        for outcome in Outcome
    )


def _said_of_the_scope(formulas: Formulas, situation: Situation) -> Iterator[tuple[Statement, Formula]]:
    given = [_gives(formulas, situation, one) for one in situation.weighed]
    for one, gives in zip(situation.weighed, given, strict=True):
        may = formulas.all_of((one.may_govern, *(-other for other in given)))
        for entry in one.edition.scope:
            true, false = one.translator.truth(entry.when)
            unknown = formulas.all_of((may, -true, -false))
            yield (
                (entry.name, _cited(entry.cited)),
                formulas.any_of((formulas.all_of((gives, true)), unknown)),
            )


def _said_standing(
    formulas: Formulas, policies: PolicySet, situation: Situation, status: PolicyStatus
) -> Iterator[tuple[Statement, Formula]]:
    undecided = formulas.all_of(-decides for decides in deciding_rules(formulas, situation).values())
    for outcome, combined in situation.combined.items():
        yield _standing(policies, standing_case_of(outcome)), formulas.all_of((combined, undecided))
        if not is_in_force(status):
            yield (outcome.value, ()), combined
            if outcome.by_rule:
                yield _standing(policies, StandingCase.PROPOSED), combined
    for one in situation.weighed:
        gives = formulas.all_of((_gives(formulas, situation, one), undecided))
        for index, rule in enumerate(one.rules):
            above = members(one.edition.generals[index])
            resting = [formulas.any_of(one.applies[general] for general in above)] if above else []
            is_open = (one.possible[index], -one.applies[index], one.may_win[index], *resting)
            yield (rule.name, _cited(rule.cited)), formulas.all_of((gives, *is_open))


def _standing(policies: PolicySet, case: StandingCase) -> Statement:
    answer = policies.standing_answers[case]
    return case.value, (answer.duties, answer.say, _cited(answer.cited))


def _cited(cited: Cited) -> Hashable:
    return cited.clauses, cited.readings
