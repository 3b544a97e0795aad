"""Two policy sets -> every request whose outcome differs, in classes, with the proof that there are no others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from engine.analysis.answer_changes import changed_answers
from engine.analysis.cases import ProofCase, Situation
from engine.analysis.comparison import (
    ChangedAnswer,
    ChangedClass,
    Comparison,
    Difference,
    Direction,
    Example,
    direction_of,
)
from engine.analysis.differences import list_differences, turned_on
from engine.analysis.formulas import Assignment, Formula
from engine.analysis.guards import find_loosened_guards, find_loosened_words
from engine.analysis.pairing import Comparer, Pair
from engine.analysis.solving import Undecided
from engine.analysis.translating import TooManyWays
from engine.analysis.vocabularies import differing_kinds
from engine.contract.decision import Outcome
from engine.contract.request import Request
from engine.contract.vocabulary import country_facts
from engine.evaluation.answer import effective_day
from engine.evaluation.default_logic import Assessment, assess
from engine.policy.model import PolicySet

MOST_CLASSES = 2000
"""Beyond, the sets have too little in common for classes to mean anything."""


class NotComparable(Exception):
    """What prevented the comparison from being complete; the text names it."""


@dataclass(frozen=True, slots=True)
class _Class:
    """Requests of one country that go from one outcome to another by the same rules, in all stretches of days."""

    was: Outcome
    becomes: Outcome
    rule_before: str | None
    rule_after: str | None
    pairs: tuple[Pair, ...]
    parts: tuple[Formula, ...]
    example: Example
    always: tuple[str, ...]
    because_of: tuple[Difference, ...]


class FoundChanges(NamedTuple):
    """Classes that change their outcome, answers that change otherwise, and why these may not be all."""

    classes: tuple[ChangedClass, ...]
    answers: tuple[ChangedAnswer, ...]
    because: str | None


def compare(old: PolicySet, new: PolicySet) -> Comparison:
    """List which requests are answered otherwise under the newer set, in classes that together cover all of them.

    Each example is confirmed by `decide` under both sets. A line is decided country by country; what is compared is
    the answer for one country, of which that for several is the strictest. Raises ProverMissing.
    """
    if other_kinds := tuple(differing_kinds(old, new)):
        return _not_compared(old, new, other_kinds)
    comparer = Comparer(old, new)
    found = find_changes(comparer)
    return Comparison(
        old=old.revision,
        new=new.revision,
        guards=(*find_loosened_guards(comparer), *find_loosened_words(old, new)),
        classes=found.classes,
        answers=found.answers,
        differences=comparer.differences,
        complete=found.because is None,
        because=found.because,
    )


def find_changes(comparer: Comparer) -> FoundChanges:
    """List which of the requests that are compared are answered otherwise, in classes that cover all of them."""
    found: list[tuple[str | None, _Class]] = []
    answers: tuple[ChangedAnswer, ...] = ()
    because: str | None = None
    try:
        for country in comparer.countries:
            found.extend((country, one) for one in _classes_of(comparer, country))
        answers = changed_answers(comparer)
    except (Undecided, NotComparable, TooManyWays, RecursionError) as reason:
        because = f"that these are all changes is not proved: {reason or 'a condition is too involved'}"
    return FoundChanges(_merged(comparer, found), answers, because)


def _not_compared(old: PolicySet, new: PolicySet, because: Sequence[str]) -> Comparison:
    """What can be stated of sets of which no request can be read by both."""
    return Comparison(
        old=old.revision,
        new=new.revision,
        guards=find_loosened_words(old, new),
        classes=(),
        answers=(),
        differences=list_differences(old, new),
        complete=False,
        because=f"no request can be held against both sets, since {'; '.join(because)}",
    )


def _classes_of(comparer: Comparer, country: str | None) -> Iterator[_Class]:
    """The classes of a country. It ends when the solver finds that no other request changes."""
    formulas = comparer.formulas
    pairs = comparer.pairs(country)
    changes = [comparer.changes(pair) for pair in pairs]
    rest = list(changes)
    count = 0
    # A class takes of each stretch what goes the same way there; the same facts may go another way on other days.
    for index in range(len(pairs)):
        while (found := comparer.solver.find(rest[index])) is not None:
            if (count := count + 1) > MOST_CLASSES:
                raise NotComparable(f"more than {MOST_CLASSES} classes of requests change")
            one = _class_of(comparer, pairs, changes, index, found)
            yield one
            rest = [formulas.all_of((left, -part)) for left, part in zip(rest, one.parts, strict=True)]


def _class_of(
    comparer: Comparer, pairs: Sequence[Pair], changes: Sequence[Formula], index: int, found: Assignment
) -> _Class:
    """The class of a request that was found: all that go the same way by the same rules."""
    formulas = comparer.formulas
    pair = pairs[index]
    was, becomes = (_outcome(comparer, side, found) for side in (pair.old, pair.new))
    before, after = (_decider(comparer, side, found) for side in (pair.old, pair.new))
    parts = [
        formulas.all_of(
            (
                change,
                one.old.answers[was],
                one.new.answers[becomes],
                _decided_by(comparer, one.old, before),
                _decided_by(comparer, one.new, after),
            )
        )
        for one, change in zip(pairs, changes, strict=True)
    ]
    whole = formulas.any_of(parts)
    example, decided_before, decided_after = comparer.show(pair, parts[index])
    if (decided_before, decided_after) != (was, becomes):
        raise NotComparable(
            f"internal error: the solver and `decide` do not agree on the request {example.request}"
        )
    return _Class(
        was,
        becomes,
        before,
        after,
        tuple(one for one, part in zip(pairs, parts, strict=True) if comparer.solver.find(part) is not None),
        tuple(parts),
        example,
        comparer.limits(whole),
        _because(comparer, example),
    )


def _outcome(comparer: Comparer, side: Situation, found: Assignment) -> Outcome:
    (outcome,) = [o for o, formula in side.answers.items() if comparer.formulas.holds(formula, found)]
    return outcome


def _decider(comparer: Comparer, side: Situation, found: Assignment) -> str | None:
    """The first of the rules that decide; None where none does."""
    deciding = comparer.deciding(side)
    return next((name for name in sorted(deciding) if comparer.formulas.holds(deciding[name], found)), None)


def _decided_by(comparer: Comparer, side: Situation, rule: str | None) -> Formula:
    deciding = comparer.deciding(side)
    if rule is None:
        return comparer.formulas.all_of(-decides for decides in deciding.values())
    return deciding.get(rule, comparer.formulas.any_of(()))


def _because(comparer: Comparer, example: Example) -> tuple[Difference, ...]:
    old, new = comparer.old.policies, comparer.new.policies
    requests = comparer.read_by_each(example)
    days = [one.as_of for one in requests if one.as_of]
    facts = [old.vocabulary.flatten(one, one.items[0], day) for one, day in zip(requests, days, strict=True)]
    unread = {f"fact {name}" for name in facts[0].keys() ^ facts[1].keys()}
    states = [
        (one.status_on(day), effective_day(one, day)) for one, day in zip((old, new), days, strict=True)
    ]
    turning = turned_on(
        comparer.differences,
        _assessed(old, requests[0], days[0]),
        _assessed(new, requests[1], days[1]),
        instruction_counts=states[0] != states[1],
    )
    return (*(one for one in comparer.differences if one.name in unread), *turning)


def _assessed(policies: PolicySet, request: Request, day: dt.date) -> Assessment:
    country = request.mission.countries[0] if request.mission and request.mission.countries else None
    evaluated = effective_day(policies, day)
    listed = policies.listed_on(evaluated)
    facts = {**policies.vocabulary.flatten(request, request.items[0], day), **country_facts(country, listed)}
    return assess(policies, evaluated, facts)


def _merged(comparer: Comparer, found: Sequence[tuple[str | None, _Class]]) -> tuple[ChangedClass, ...]:
    """The classes, those of several countries in one where they differ in the country alone; loosest first."""
    groups: dict[tuple[object, ...], list[tuple[str | None, _Class]]] = {}
    for country, one in found:
        because = tuple((difference.name, difference.at, difference.change) for difference in one.because_of)
        key = (one.was, one.becomes, one.rule_before, one.rule_after, _days(one.pairs), one.always, because)
        groups.setdefault(key, []).append((country, one))
    merged = [_changed_class(comparer, alike) for alike in groups.values()]
    return tuple(sorted(merged, key=lambda one: (list(Direction).index(one.direction), one.countries)))


def _changed_class(comparer: Comparer, members: Sequence[tuple[str | None, _Class]]) -> ChangedClass:
    one = members[0][1]
    countries = tuple(comparer.name_country(country) for country, _ in members)
    policies = dict.fromkeys(
        name
        for requests, cases in (
            (comparer.old, [pair.case for pair in one.pairs]),
            (comparer.new, [pair.later for pair in one.pairs]),
        )
        for country, _ in members
        for name in _speaking_for(requests.policies, country, cases)
    )
    days = _days(one.pairs)
    return ChangedClass(
        countries=countries,
        policies=tuple(policies),
        days=days,
        was=one.was,
        becomes=one.becomes,
        direction=direction_of(one.was, one.becomes),
        rules_before=(one.rule_before,) if one.rule_before else (),
        rules_after=(one.rule_after,) if one.rule_after else (),
        always=one.always,
        sentence=_sentence(countries, days, one.always),
        example=one.example,
        because_of=tuple(
            dict.fromkeys(f"{d.at or d.policy or 'the set'}: {d.name}: {d.change}" for d in one.because_of)
        ),
    )


def _speaking_for(policies: PolicySet, country: str | None, cases: Iterable[ProofCase]) -> Iterator[str]:
    """The policies that speak for a country on some day of the cases."""
    days = {effective_day(policies, case.interval.day) for case in cases}
    for policy in policies.policies:
        if any(country in policy.edition_on(day).members for day in days):
            yield policy.name


def _sentence(countries: Sequence[str], days: Sequence[str], always: Sequence[str]) -> str:
    named = [code for code in countries if code not in ("any other", "not known")]
    missions = [f"missions from {', '.join(named)}"] if named else []
    missions += ["missions from any other country"] if "any other" in countries else []
    missions += ["missions whose country is not known"] if "not known" in countries else []
    where = f", where {'; '.join(always)}" if always else ", whatever else is known"
    return f"Requests about {' and '.join(missions)}, asked {' and '.join(days)}{where}."


def _days(pairs: Sequence[Pair]) -> tuple[str, ...]:
    """The stretches of days on which the newer set answers, neighbours as one, earliest first."""
    joined: list[tuple[dt.date, dt.date]] = []
    for interval in sorted((pair.later.interval for pair in pairs), key=lambda interval: interval.first):
        if joined and interval.first.toordinal() == joined[-1][1].toordinal() + 1:
            joined[-1] = joined[-1][0], interval.last
        else:
            joined.append((interval.first, interval.last))
    return tuple(_period(first, last) for first, last in joined)


def _period(first: dt.date, last: dt.date) -> str:
    if (first, last) == (dt.date.min, dt.date.max):
        return "on any day"
    if first == last:
        return f"on {first}"
    if first == dt.date.min:
        return f"until {last}"
    return f"from {first}" + ("" if last == dt.date.max else f" until {last}")
