"""A solution of the solver -> a request in the officer's words, as `check` takes it, with the answer to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, assert_never

from engine.analysis.cases import ProofCase, Requests
from engine.analysis.formulas import Assignment, Formula, Is, Stated
from engine.analysis.proof import WorkedRequest
from engine.analysis.solving import Undecided, is_decimal
from engine.analysis.symbols import Choices
from engine.contract.decision import LineDecision, Outcome
from engine.contract.vocabulary import AS_OF, COUNTRY_QUESTION, Kind, Vocabulary, Word, country_facts
from engine.deciding import decide
from engine.evaluation.answer import effective_day
from engine.evaluation.default_logic import assess
from engine.policy.bitsets import members
from engine.policy.model import Invariant, Policy, PolicySet

MOMENT = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
"""Stands as the time of evaluation; the request's own day is always stated."""
MANY_DIGITS = 15


@dataclass(frozen=True, slots=True)
class TriedRequest:
    """A worked request and what `decide` makes of its line; `raw` is its outcome were the directive in force."""

    worked: WorkedRequest
    line: LineDecision

    @property
    def raw(self) -> Outcome:
        """The outcome before it is looked whether the directive is in force."""
        return self.line.if_in_force.outcome if self.line.if_in_force else self.line.outcome

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that decide, or would if the directive were in force."""
        return self.line.if_in_force.rules if self.line.if_in_force else self.line.rules


def costs(requests: Requests) -> list[Formula]:
    """For each fact, that it is known: a smallest request states as few as can be."""
    return [
        requests.formulas.any_of(requests.formulas.atom(Is(name, value)) for value in domain.values)
        if isinstance(domain, Choices)
        else requests.formulas.atom(Stated(name))
        for name, domain in requests.vocabulary.domains.items()
    ]


def wishes(requests: Requests) -> list[list[Formula]]:
    """For each fact, its values in the order in which a worked request prefers them."""
    return [
        [requests.formulas.atom(Is(name, value)) for value in domain.values]
        for name, domain in requests.vocabulary.domains.items()
        if isinstance(domain, Choices)
    ]


def try_request(
    requests: Requests,
    case: ProofCase,
    found: Assignment,
    role: str | None = None,
    policies: PolicySet | None = None,
    reads: Vocabulary | None = None,
) -> TriedRequest:
    """Put the facts into words and call `decide`, by these policies or those of the proof; what is `as_read`."""
    day = _day(requests, case, found)
    facts = _known_facts(requests, found)
    words = requests.policies.vocabulary.words
    plain = _posted(words, case.country, day, facts)
    decision = decide(
        policies or requests.policies,
        requests.policies.vocabulary.request.model_validate(as_read(plain, reads) if reads else plain),
        decision_id="worked-request",
        evaluated_at=MOMENT,
    )
    line = decision.lines[0]
    worked = WorkedRequest(
        role=role,
        request=plain,
        words=_in_words(words, case.country, day, facts),
        outcome=line.outcome,
        rules=line.rules,
        clauses=line.clauses,
    )
    return TriedRequest(worked, line)


def find_winners(requests: Requests, case: ProofCase, found: Assignment, policy: Policy) -> frozenset[str]:
    """The rules of a policy that win for the facts, whether or not it governs them."""
    words = requests.policies.vocabulary.words
    plain = _posted(words, case.country, _day(requests, case, found), _known_facts(requests, found))
    request = requests.policies.vocabulary.request.model_validate(plain)
    assert request.as_of is not None
    facts = {
        **requests.policies.vocabulary.flatten(request, request.items[0], request.as_of),
        **country_facts(case.country, case.interval.listed),
    }
    assessed = assess(requests.policies, effective_day(requests.policies, request.as_of), facts)
    return frozenset(
        finding.edition.rules[index].name
        for finding in assessed.findings
        if finding.policy is policy
        for index in members(finding.wins)
    )


def is_bound(requests: Requests, case: ProofCase, tried: TriedRequest, invariant: Invariant) -> bool:
    """Whether an invariant speaks of the request, by the tree walk over its conditions."""
    request = requests.policies.vocabulary.request.model_validate(tried.worked.request)
    assert request.as_of is not None
    facts = {
        **requests.parameters(case),
        **requests.policies.vocabulary.flatten(request, request.items[0], request.as_of),
        **country_facts(case.country, case.interval.listed),
    }
    return invariant.binds(facts)


def _known_facts(requests: Requests, found: Assignment) -> dict[str, bool | str | Fraction]:
    return {name: value for name in requests.vocabulary.domains if (value := found.get(name)) is not None}


def _day(requests: Requests, case: ProofCase, found: Assignment) -> dt.date:
    count = found.get(case.interval.as_of)
    return dt.date.fromordinal(int(count)) if isinstance(count, Fraction) else case.interval.day


def _posted(
    words: Mapping[str, Word],
    country: str | None,
    day: dt.date,
    facts: Mapping[str, bool | str | Fraction],
) -> dict[str, Any]:
    """The request as it is posted."""
    request: dict[str, Any] = {"request_id": "worked-request", "as_of": day.isoformat()}
    item: dict[str, Any] = {}
    if country is not None:
        request["mission"] = {"countries": [country]}
    for name, value in facts.items():
        *parts, last = name.split(".")
        place = request
        for part in parts:
            place = item if part == "item" else place.setdefault(part, {})
        place[last] = _plain(words[name], value)
    request["items"] = [item]
    return request


def as_read(request: dict[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
    """The request as posted, without the choices and numbers that the vocabulary cannot read."""
    read = deepcopy(request)
    for word in vocabulary.declarations.facts:
        *parts, last = word.name.split(".")
        place: Any = read
        for part in parts:
            place = read["items"][0] if part == "item" else place.get(part, {})
        if last in place and not _is_readable(word, place[last]):
            del place[last]
    return read


def _is_readable(word: Word, value: Any) -> bool:
    match word.kind:
        case Kind.CHOICE:
            return value in word.choices
        case Kind.NUMBER:
            return (word.least is None or value >= word.least) and (word.most is None or value <= word.most)
        case Kind.TRUTH | Kind.TEXT | Kind.DATE:
            return True
        case _:
            assert_never(word.kind)


def _plain(word: Word, value: bool | str | Fraction) -> bool | str | int | float:
    if not isinstance(value, Fraction):
        return value
    if word.kind is Kind.DATE:
        return dt.date.fromordinal(int(value)).isoformat()
    if value.denominator == 1:
        return int(value)
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    if not is_decimal(value) or Fraction(exact) != value or len(exact.as_tuple().digits) > MANY_DIGITS:
        raise Undecided("the example needs a number that no request can state")
    return float(exact)


def _in_words(
    words: Mapping[str, Word], country: str | None, day: dt.date, facts: Mapping[str, bool | str | Fraction]
) -> tuple[str, ...]:
    rows = [f"{AS_OF} is {day}: the day the answer is asked for"]
    if country is not None:
        rows.append(f"mission.countries is {country}: {COUNTRY_QUESTION}")
    for name, value in facts.items():
        plain = _plain(words[name], value)
        text = {True: "true", False: "false"}[plain] if isinstance(plain, bool) else str(plain)
        rows.append(f"{name} is {text}: {words[name].ask}")
    return (*rows, "nothing else is known")


def predicted(requests: Requests, outcomes: Mapping[Outcome, Formula], found: Assignment) -> Outcome | None:
    """The outcome that the formulas give; None if they give none, or several."""
    given = [outcome for outcome, formula in outcomes.items() if requests.formulas.holds(formula, found)]
    return given[0] if len(given) == 1 else None
