"""What the policies make of one line -> the answer for it; and the reference, which walks the condition trees."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from engine.contract.decision import Duty, IfInForce, LineDecision, Missing, Outcome, WhyNot
from engine.contract.request import Item, Request
from engine.contract.vocabulary import country_facts
from engine.evaluation.default_logic import Assessment, PolicyFinding, assess, awaits_instruction
from engine.evaluation.missing_facts import assess_each, list_missing
from engine.evaluation.open_conditions import open_conditions
from engine.evaluation.sentences import fitting_sentence, join_sentences, spoken_in, spoken_members
from engine.evaluation.validity import last_day_held
from engine.evaluation.why_not import list_why_not
from engine.language.expressions import Facts, evaluate
from engine.policy.bitsets import members
from engine.policy.model import PolicySet
from engine.policy.rules import Cited, Rule
from engine.policy.standing_answers import StandingAnswer, StandingCase, standing_case_of

Element = TypeVar("Element")


def answer_by_walking(
    policies: PolicySet, request: Request, item: Item, mark: int | str, as_of: dt.date
) -> LineDecision:
    """The answer for one line, found by walking the condition trees: what every faster way has to answer too."""
    facts, day = policies.vocabulary.flatten(request, item, as_of), effective_day(policies, as_of)
    listed = policies.listed_on(day)
    countries = countries_of(request.mission.countries if request.mission else None)
    answers = [assess(policies, day, {**facts, **country_facts(country, listed)}) for country in countries]
    line = compose_answer(
        policies,
        mark,
        as_of,
        answers,
        list_why_not,
        lambda: list_missing(
            policies.vocabulary,
            listed,
            request,
            item,
            as_of,
            [answer.outcome for answer in answers],
            open_conditions(answers),
            policies.status_on(as_of),
            partial(assess_each, answers),
        ),
    )
    cases = [(found.edition, answer.facts) for answer in answers for found in answer.findings]
    if last := last_day_held(cases, as_of):
        line = line.model_copy(update={"valid_until": last})
    return spoken_in(line, policies.languages.of(countries))


def effective_day(policies: PolicySet, as_of: dt.date) -> dt.date:
    """The day whose rules decide a line: before the instruction, its first day, for what it will require."""
    start = policies.instruction.start if policies.instruction else None
    return max(as_of, start) if start else as_of


def countries_of(stated: Sequence[str] | None) -> Sequence[str | None]:
    """The countries a line is evaluated for, one after the other; None where they are not known."""
    return sorted(set(stated)) if stated else (None,)


def compose_answer(
    policies: PolicySet,
    mark: int | str,
    as_of: dt.date,
    answers: Sequence[Assessment],
    why_not: Callable[[Assessment], tuple[WhyNot, ...]],
    missing: Callable[[], tuple[Missing, ...]],
) -> LineDecision:
    """Put together the answer for a line from what the policies make of it for each country, in every language.

    `why_not` and `missing` are called where the answer states them.
    """
    strictest = max(answers, key=lambda answer: answer.outcome.strictness)
    line = _answer(policies, mark, as_of, strictest, why_not(strictest))
    if len(answers) > 1:
        line = _citing(line, policies.several_countries)
    if awaits_instruction([answer.outcome for answer in answers], policies.status_on(as_of)):
        return _proposed(policies, line, strictest.facts)
    return line.model_copy(update={"missing": missing()})


def _answer(
    policies: PolicySet, mark: int | str, as_of: dt.date, answer: Assessment, why_not: tuple[WhyNot, ...]
) -> LineDecision:
    outcome = answer.outcome
    deciding = answer.deciding
    won = list(winners(answer))
    standing_answer = None if won else _standing_answer(policies, outcome)
    cited = [cited for finding in deciding for cited in _scope_cited(finding)]
    if standing_answer:
        cited.append(standing_answer.cited)
        cited += [rule.cited for finding in deciding if finding.scope for rule in finding.open_rules]
    for finding, rule in won:
        cited.append(rule.cited)
        cited += [extra for extra in rule.cite_when if extra.when and evaluate(extra.when, finding.facts)]
    duties = [duty for finding, rule in won for duty in _duties(rule, finding.facts)] or list(
        standing_answer.duties if standing_answer else ()
    )
    sentences = [fitting_sentence(rule, finding.facts) for finding, rule in won]
    if standing_answer:
        sentences.append(fitting_sentence(standing_answer, answer.facts))
    return LineDecision(
        line=mark,
        outcome=outcome,
        handover_as_asked=outcome.handover_as_asked,
        rules=_distinct(rule.name for _, rule in won),
        clauses=_distinct([*(c for x in cited for c in x.clauses), *(duty.clause for duty in duties)]),
        readings=_distinct(reading for x in cited for reading in x.readings),
        duties=_distinct(duties),
        why_not=why_not,
        **spoken_members(join_sentences(sentences)),
    )


def winners(answer: Assessment) -> Iterator[tuple[PolicyFinding, Rule]]:
    """Yield the rules that an answer is from, each with what its policy makes of the line."""
    for finding in answer.deciding:
        yield from ((finding, rule) for rule in _winners(finding, answer.outcome))


def _winners(finding: PolicyFinding, outcome: Outcome) -> list[Rule]:
    rules = (finding.edition.rules[index] for index in members(finding.wins))
    return sorted(
        (rule for rule in rules if finding.scope and rule.outcome is outcome), key=lambda rule: rule.name
    )


def _duties(rule: Rule, facts: Facts) -> Iterator[Duty]:
    yield from rule.duties
    yield from (entry.duty for entry in rule.duties_when if evaluate(entry.when, facts))


def _scope_cited(finding: PolicyFinding) -> Iterator[Cited]:
    for entry in finding.edition.scope:
        truth = evaluate(entry.when, finding.facts)
        if truth or (truth is None and finding.scope is None):
            yield entry.cited


def _standing_answer(policies: PolicySet, outcome: Outcome) -> StandingAnswer:
    return policies.standing_answers[standing_case_of(outcome)]


def _citing(line: LineDecision, cited: Cited) -> LineDecision:
    return line.model_copy(
        update={
            "clauses": _distinct((*line.clauses, *cited.clauses)),
            "readings": _distinct((*line.readings, *cited.readings)),
        }
    )


def standing_case_in(line: LineDecision) -> StandingCase | None:
    """The case whose standing answer a line was given, None if rules decided it."""
    if line.if_in_force:
        return StandingCase.PROPOSED
    return None if line.rules else standing_case_of(line.outcome)


def _proposed(policies: PolicySet, line: LineDecision, facts: Facts) -> LineDecision:
    """Refer a line while the directive is only proposed, showing what it would require."""
    answer = policies.standing_answers[StandingCase.PROPOSED]
    would = IfInForce(outcome=line.outcome, rules=line.rules, clauses=line.clauses, duties=line.duties)
    return LineDecision(
        line=line.line,
        outcome=Outcome.REFER,
        handover_as_asked=Outcome.REFER.handover_as_asked,
        clauses=_distinct((*answer.cited.clauses, *(duty.clause for duty in answer.duties))),
        readings=_distinct((*answer.cited.readings, *line.readings)),
        duties=_distinct(answer.duties),
        if_in_force=would,
        **spoken_members(fitting_sentence(answer, facts)),
    )


def _distinct(elements: Iterable[Element]) -> tuple[Element, ...]:
    """The elements without repetition, in the order of their first occurrence."""
    return tuple(dict.fromkeys(elements))
