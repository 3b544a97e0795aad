"""The changes of facts that are tried: for each fact that conditions read, the values they tell apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from pydantic import ValidationError

from engine.contract.countries import COUNTRY_CODES
from engine.contract.decision import Outcome
from engine.contract.request import (
    AS_OF,
    COUNTRY,
    COUNTRY_LISTED,
    STATED_AS,
    WORDS,
    Kind,
    Request,
    Value,
    Word,
    flatten,
)
from engine.evaluation.default_logic import Assessment
from engine.language.expression_parts import constants_beside, fact_names, walk
from engine.language.expressions import Compare, Expression, Fact, Known, OneOf, evaluate
from engine.policy.model import Policy, PolicySet

ANOTHER = "another"


@dataclass(frozen=True, slots=True)
class Step:
    """One change, of a fact or of a parameter of `policy`; no condition tells the values `alike` from the new one."""

    name: str
    value: Value
    alike: tuple[Value, ...] = ()
    policy: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What is changed."""
        return self.policy, self.name


@dataclass(frozen=True, slots=True)
class Asked:
    """A line of a request as it was decided."""

    policies: PolicySet
    request: Request
    index: int
    day: dt.date
    answers: tuple[Assessment, ...]
    outcome: Outcome


def countries_of(asked: Asked, steps: Iterable[Step]) -> Sequence[str | None]:
    """The countries of the mission after the changes; None where it is not known."""
    changed = next((str(step.value) for step in steps if step.name == STATED_AS[COUNTRY]), None)
    if changed:
        return (changed,)
    stated = asked.request.mission.countries if asked.request.mission else None
    return sorted(set(stated)) if stated else (None,)


def changed_request(asked: Asked, steps: Iterable[Step]) -> Request | None:
    """The request after the changes; None if no request can be so."""
    plain = asked.request.model_dump(exclude_unset=True)
    plain[AS_OF] = asked.day
    for step in steps:
        if not step.policy:
            _set(plain, asked.index, step)
    try:
        return Request.model_validate(plain)
    except ValidationError:
        return None


def _set(plain: dict[str, Any], index: int, step: Step) -> None:
    *way, last = step.name.split(".")
    part = plain
    for name in way:
        if name == "item":
            part = part["items"][index]
        else:
            if part.get(name) is None:
                part[name] = {}
            part = part[name]
    part[last] = [step.value] if step.name == STATED_AS[COUNTRY] else step.value


@dataclass(frozen=True, slots=True)
class _Reading:
    """The conditions of an edition, and the parameters they read; a fact may be seen by several editions."""

    conditions: tuple[Expression, ...]
    parameters: Mapping[str, Value]

    @property
    def read(self) -> frozenset[str]:
        """The names that the conditions read."""
        return frozenset[str]().union(*(fact_names(condition) for condition in self.conditions))


def _readings(policies: Iterable[Policy]) -> list[_Reading]:
    """Every edition, for another country or another day may bring it in."""
    return [
        _Reading(
            (*(entry.when for entry in edition.scope), *(rule.when for rule in edition.rules)),
            edition.parameters,
        )
        for policy in policies
        for edition in policy.editions
    ]


def possible_steps(asked: Asked) -> list[list[Step]]:
    """For each fact that some condition reads, the values it could have instead."""
    facts = flatten(asked.request, asked.request.items[asked.index], asked.day)
    readings = _readings(asked.policies.policies)
    read = frozenset[str]().union(*(reading.read for reading in readings))
    steps = [
        _values(WORDS[name], name, facts.get(name), readings)
        for name in WORDS
        if name in read and name not in (COUNTRY, COUNTRY_LISTED, AS_OF)
    ]
    if len(asked.answers) == 1:
        steps.append(_other_countries(asked))
    steps += _parameters(asked)
    steps.append(_other_days(asked))
    return [kept for one in steps if (kept := [step for step in one if _is_possible(asked, step)])]


def _is_possible(asked: Asked, step: Step) -> bool:
    return bool(step.policy) or changed_request(asked, (step,)) is not None


def _values(
    word: Word, name: str, present: Value | None, readings: Sequence[_Reading], policy: str = ""
) -> list[Step]:
    """One value for each that the conditions tell apart, but for the present one."""
    seen = [(atoms, reading) for reading in readings if (atoms := _atoms(name, reading))]
    groups: dict[tuple[object, ...], list[Value]] = {}
    for value in _candidates(word, name, readings):
        groups.setdefault(_signature(seen, name, value), []).append(value)
    own = None if present is None else _signature(seen, name, present)
    return [
        Step(name, values[0], tuple(values[1:]), policy)
        for signature, values in groups.items()
        if signature != own
    ]


def _atoms(name: str, reading: _Reading) -> list[Compare | OneOf | Fact | Known]:
    """What compares the fact, or asks for it as such."""
    return [
        node
        for condition in reading.conditions
        for node in walk(condition)
        if isinstance(node, Compare | OneOf | Fact | Known) and name in fact_names(node)
    ]


def _signature(
    seen: Iterable[tuple[Iterable[Compare | OneOf | Fact | Known], _Reading]], name: str, value: Value
) -> tuple[object, ...]:
    """What the conditions can see of a value; beside something that may change as well, the value itself."""
    return tuple(
        evaluate(atom, {**reading.parameters, name: value})
        if fact_names(atom) - {name} <= reading.parameters.keys()
        else value
        for atoms, reading in seen
        for atom in atoms
        if not isinstance(atom, Fact) or isinstance(value, bool)
    )


def _candidates(word: Word, name: str, readings: Iterable[_Reading]) -> list[Value]:
    match word.kind:
        case Kind.TRUTH:
            return [True, False]
        case Kind.CHOICE:
            return list(word.choices)
    beside = {value for reading in readings for value in _beside(name, reading)}
    match word.kind:
        case Kind.TEXT:
            return [*sorted(str(value) for value in beside), ANOTHER]
        case Kind.NUMBER:
            numbers = sorted(value for value in beside if isinstance(value, int | Decimal))
            between = [Decimal(low + high) / 2 for low, high in pairwise(numbers)]
            ends = [numbers[0] - 1, numbers[-1] + 1] if numbers else [1]
            return [*numbers, *between, *ends]
        case Kind.DATE:
            days = sorted(value for value in beside if isinstance(value, dt.date))
            one = dt.timedelta(days=1)
            before = [day - one for day in days if day > dt.date.min]
            after = [day + one for day in days if day < dt.date.max]
            return list(dict.fromkeys((*days, *before, *after))) or [dt.date(2000, 1, 1)]


def _beside(name: str, reading: _Reading) -> Iterator[Value]:
    """The values that conditions set the fact beside, those of parameters among them."""
    for condition in reading.conditions:
        yield from constants_beside(condition).get(name, ())
        for node in walk(condition):
            match node:
                case Compare(_, Fact(left), Fact(right)) if name in (left, right):
                    other = reading.parameters.get(right if left == name else left)
                    if other is not None:
                        yield other


def _other_countries(asked: Asked) -> list[Step]:
    """Each listed country, and one that is not."""
    (present,) = countries_of(asked, ())
    listed = asked.policies.countries
    other = next(code for code in ("FR", *sorted(COUNTRY_CODES)) if code not in listed)
    codes = [code for code in sorted(listed) if code != present]
    codes += [other] if present is None or present in listed else []
    return [Step(STATED_AS[COUNTRY], code) for code in codes]


def _other_days(asked: Asked) -> list[Step]:
    """A day of each stretch in which the policies stand otherwise: its first, or the last before the first change."""
    changes = asked.policies.change_days
    first = [changes[0] - dt.timedelta(days=1)] if changes and changes[0] > dt.date.min else []
    present = sum(day <= asked.day for day in changes)
    return [Step(AS_OF, day) for place, day in enumerate((*first, *changes)) if place != present or not first]


def _parameters(asked: Asked) -> Iterator[list[Step]]:
    """The parameters that have not been found, of policies that govern or may."""
    findings = [
        finding for answer in asked.answers for finding in answer.findings if finding.scope is not False
    ]
    for finding in {finding.policy.name: finding for finding in findings}.values():
        readings = _readings([finding.policy])
        read = frozenset[str]().union(*(reading.read for reading in readings))
        for name, word in finding.policy.declared.items():
            braced = f"{{{name}}}"
            if braced in read and braced not in finding.facts:
                yield _values(word, braced, None, readings, finding.policy.name)
