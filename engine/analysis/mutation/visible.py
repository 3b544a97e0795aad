"""What can be seen of an answer, as formulas: its outcome, rules, clauses, readings, duties and sentences.

A second implementation of `engine.deciding`, as `analysis.symbolic_logic` is of the default logic. Left out: what is
missing, why other rules did not decide, and the last day on which the answer may be relied on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.analysis.cases import ProofCase, Requests, Situation
from engine.analysis.formulas import Formula, Formulas
from engine.analysis.symbolic_logic import PolicyFormulas, sentences
from engine.analysis.translating import Translator
from engine.contract.decision import Duty, Outcome, PolicyStatus, is_in_force
from engine.policy.bitsets import members
from engine.policy.model import PolicySet
from engine.policy.rules import Cited
from engine.policy.standing_answers import StandingAnswer, StandingCase, standing_case_of

Sight = tuple[Hashable, ...]
"""Something that an answer shows or does not, such as ("clause", its mark)."""


def sights_of(requests: Requests, case: ProofCase) -> Mapping[Sight, Formula]:
    """When each sight is visible in the answers to the requests of a case."""
    return sights_in(requests, requests.situation(case), case.interval.status)


def sights_in(requests: Requests, situation: Situation, status: PolicyStatus) -> Mapping[Sight, Formula]:
    """When each sight is visible in a situation."""
    formulas = requests.formulas
    found: dict[Sight, list[Formula]] = defaultdict(list)
    for sight, when in _plain_sights(requests.policies, formulas, situation):
        found[sight].append(when)
    if is_in_force(status):
        return {sight: formulas.any_of(whens) for sight, whens in found.items()}
    held = formulas.any_of(when for outcome, when in situation.combined.items() if outcome.by_rule)
    return _proposed(requests.policies, formulas, situation, held, found)


def _proposed(
    policies: PolicySet,
    formulas: Formulas,
    situation: Situation,
    held: Formula,
    found: Mapping[Sight, list[Formula]],
) -> dict[Sight, Formula]:
    """What is seen while the directive is only proposed: a held line shows what would be required."""
    visible: dict[Sight, list[Formula]] = defaultdict(list)
    for sight, whens in found.items():
        when = formulas.any_of(whens)
        visible[sight].append(formulas.all_of((when, -held)))
        renamed = sight if sight[0] == "reading" else ("once in force", *sight)
        if sight[0] != "say":
            visible[renamed].append(formulas.all_of((when, held)))
    visible["outcome", Outcome.REFER].append(held)
    proposed = policies.standing_answers[StandingCase.PROPOSED]
    for sight, when in _standing_answer_sights(formulas, situation, proposed, held):
        visible[sight].append(when)
    return {sight: formulas.any_of(whens) for sight, whens in visible.items()}


@dataclass(frozen=True, slots=True)
class _Winning:
    """When the answer comes from this rule of this policy."""

    one: PolicyFormulas
    index: int
    when: Formula


def _plain_sights(
    policies: PolicySet, formulas: Formulas, situation: Situation
) -> Iterator[tuple[Sight, Formula]]:
    combined = situation.combined
    for outcome, when in combined.items():
        yield ("outcome", outcome), when
    deciding = [
        formulas.any_of(
            formulas.all_of((combined[outcome], one.governs, one.outcomes[outcome])) for outcome in Outcome
        )
        for one in situation.policies
    ]
    won = list(_winnings(formulas, situation))
    for winning in won:
        yield from _rule_sights(formulas, winning)
    nobody = formulas.all_of(-decides for decides in deciding)
    for one, decides in zip(situation.policies, deciding, strict=True):
        yield from _scope_sights(formulas, one, decides, nobody)
    no_rule = formulas.all_of(-winning.when for winning in won)
    for outcome, when in combined.items():
        answer = policies.standing_answers[standing_case_of(outcome)]
        yield from _standing_answer_sights(formulas, situation, answer, formulas.all_of((no_rule, when)))
    for one, decides in zip(situation.policies, deciding, strict=True):
        for index, rule in enumerate(one.rules):
            is_open = formulas.all_of(
                (one.may_win[index], -one.applies[index], _resting(formulas, one, index))
            )
            for sight in _cited_sights(rule.cited):
                yield sight, formulas.all_of((no_rule, decides, is_open))


def _winnings(formulas: Formulas, situation: Situation) -> Iterator[_Winning]:
    for one in situation.policies:
        for index, rule in enumerate(one.rules):
            outcome = rule.outcome
            parts = (situation.combined[outcome], one.governs, one.outcomes[outcome], one.wins[index])
            yield _Winning(one, index, formulas.all_of(parts))


def _rule_sights(formulas: Formulas, winning: _Winning) -> Iterator[tuple[Sight, Formula]]:
    rule = winning.one.rules[winning.index]
    yield ("rule", rule.name), winning.when
    for say, fits in sentences(formulas, rule, winning.one.translator):
        yield ("say", say), formulas.all_of((winning.when, fits))
    for sight in (*_cited_sights(rule.cited), *_duty_sights(rule.duties)):
        yield sight, winning.when
    for entry in rule.duties_when:
        holds = winning.one.translator.truth(entry.when)[0]
        for sight in _duty_sights([entry.duty]):
            yield sight, formulas.all_of((winning.when, holds))
    for cited in rule.cite_when:
        assert cited.when is not None
        holds = winning.one.translator.truth(cited.when)[0]
        for sight in _cited_sights(cited):
            yield sight, formulas.all_of((winning.when, holds))


def _scope_sights(
    formulas: Formulas, one: PolicyFormulas, decides: Formula, nobody: Formula
) -> Iterator[tuple[Sight, Formula]]:
    for entry in one.edition.scope:
        true, false = one.translator.truth(entry.when)
        may = formulas.all_of((nobody, one.may_govern, -false))
        when = formulas.any_of((formulas.all_of((decides, true)), may))
        for sight in _cited_sights(entry.cited):
            yield sight, when


def _resting(formulas: Formulas, one: PolicyFormulas, index: int) -> Formula:
    generals = members(one.edition.generals[index])
    return formulas.any_of(one.applies[general] for general in generals) if generals else 1


def _standing_answer_sights(
    formulas: Formulas, situation: Situation, answer: StandingAnswer, given: Formula
) -> Iterator[tuple[Sight, Formula]]:
    for say, fits in sentences(formulas, answer, Translator(formulas, situation.facts)):
        yield ("say", say), formulas.all_of((given, fits))
    for sight in (*_cited_sights(answer.cited), *_duty_sights(answer.duties)):
        yield sight, given


def _cited_sights(cited: Cited) -> Iterator[Sight]:
    yield from (("clause", clause) for clause in cited.clauses)
    yield from (("reading", reading) for reading in cited.readings)


def _duty_sights(duties: Iterable[Duty]) -> Iterator[Sight]:
    for duty in duties:
        yield "clause", duty.clause
        yield "duty", *duty.model_dump().values()
