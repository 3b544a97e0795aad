"""The changes of facts that are tried: for each fact that conditions read, the values they distinguish."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice, pairwise
from typing import Any

from pydantic import ValidationError

from engine.contract.countries import COUNTRY_CODES
from engine.contract.decision import Outcome
from engine.contract.request import Request
from engine.contract.serving_status import ServingStatus
from engine.contract.vocabulary import (
    AS_OF,
    COUNTRY,
    STATED_AS,
    Kind,
    Value,
    Word,
)
from engine.evaluation.default_logic import Assessment
from engine.language.expression_parts import constants_beside, fact_names, walk
from engine.language.expressions import Compare, Expression, Fact, Known, OneOf, evaluate
from engine.policy.model import Policy, PolicySet

ANOTHER = "another"


@dataclass(frozen=True, slots=True, eq=False)
class FactStep:
    """A change of a fact, or of a parameter of `policy`; no condition distinguishes `alike` values from the new.

    Each is itself alone: thousands of sets of them are looked up.
    """

    name: str
    value: Value
    alike: tuple[Value, ...] = ()
    policy: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What is changed."""
        return self.policy, self.name


@dataclass(frozen=True, slots=True)
class DecidedLine:
    """A line of a request as it was decided; `status` is that of the policies where they are served."""

    policies: PolicySet
    request: Request
    index: int
    day: dt.date
    answers: tuple[Assessment, ...]
    outcome: Outcome
    status: ServingStatus


def countries_of(line: DecidedLine, steps: Iterable[FactStep]) -> Sequence[str | None]:
    """The countries of the mission after the changes; None where it is not known."""
    changed = next((str(step.value) for step in steps if step.name == STATED_AS[COUNTRY]), None)
    if changed:
        return (changed,)
    stated = line.request.mission.countries if line.request.mission else None
    return sorted(set(stated)) if stated else (None,)


def changed_request(line: DecidedLine, steps: Iterable[FactStep]) -> Request | None:
    """The request after the changes; None if no request can be so."""
    plain = line.request.model_dump(exclude_unset=True)
    plain[AS_OF] = line.day
    for step in steps:
        if not step.policy:
            _set(plain, line.index, step)
    try:
        return line.policies.vocabulary.request.model_validate(plain)
    except ValidationError:
        return None


def _set(plain: dict[str, Any], index: int, step: FactStep) -> None:
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


_FactTest = Compare | OneOf | Fact | Known


@dataclass(frozen=True, slots=True)
class _EditionConditions:
    """The conditions of an edition, and the parameters they read; a fact may be seen by several editions.

    `atoms` holds for each name that they read what compares it, or tests it as such, with the names this reads.
    """

    conditions: tuple[Expression, ...]
    parameters: Mapping[str, Value]
    atoms: Mapping[str, Sequence[tuple[_FactTest, frozenset[str]]]]

    @property
    def read(self) -> Collection[str]:
        """The names that the conditions read."""
        return self.atoms.keys()


def _edition_conditions(policies: Iterable[Policy]) -> list[_EditionConditions]:
    """Every edition, for another country or another day may bring it in."""
    found = []
    for policy in policies:
        for edition in policy.editions:
            conditions = (
                *(entry.when for entry in edition.scope),
                *(rule.when for rule in edition.rules),
            )
            found.append(_EditionConditions(conditions, edition.parameters, _atoms(conditions)))
    return found


def _atoms(conditions: Iterable[Expression]) -> Mapping[str, Sequence[tuple[_FactTest, frozenset[str]]]]:
    found: dict[str, list[tuple[_FactTest, frozenset[str]]]] = defaultdict(list)
    for condition in conditions:
        for node in walk(condition):
            if isinstance(node, Compare | OneOf | Fact | Known):
                read = fact_names(node)
                for name in read:
                    found[name].append((node, read))
    return found


def names_read(policies: Iterable[Policy]) -> frozenset[str]:
    """Return the names that conditions read."""
    return frozenset[str]().union(*(edition.read for edition in _edition_conditions(policies)))


def possible_steps(line: DecidedLine) -> list[list[FactStep]]:
    """For each fact that some condition reads, the values it could have instead."""
    vocabulary = line.policies.vocabulary
    facts = vocabulary.flatten(line.request, line.request.items[line.index], line.day)
    editions = _edition_conditions(line.policies.policies)
    read = frozenset[str]().union(*(edition.read for edition in editions))
    steps = [
        _values(vocabulary.words[name], name, facts.get(name), editions)
        for name in vocabulary.facts
        if name in read
    ]
    if len(line.answers) == 1:
        steps.append(_other_countries(line))
    steps += _parameters(line)
    steps.append(_other_days(line))
    return [possible for one in steps if (possible := [step for step in one if _is_possible(line, step)])]


def _is_possible(line: DecidedLine, step: FactStep) -> bool:
    return bool(step.policy) or changed_request(line, (step,)) is not None


def _values(
    word: Word, name: str, present: Value | None, editions: Sequence[_EditionConditions], policy: str = ""
) -> list[FactStep]:
    """One value for each that the conditions distinguish, but for the present one."""
    seen = [(atoms, edition) for edition in editions if (atoms := edition.atoms.get(name))]
    groups: dict[tuple[object, ...], list[Value]] = {}
    for value in _candidates(word, name, editions):
        groups.setdefault(_signature(seen, name, value), []).append(value)
    own = None if present is None else _signature(seen, name, present)
    return [
        FactStep(name, values[0], tuple(values[1:]), policy)
        for signature, values in groups.items()
        if signature != own
    ]


def _signature(
    seen: Iterable[tuple[Iterable[tuple[_FactTest, frozenset[str]]], _EditionConditions]],
    name: str,
    value: Value,
) -> tuple[object, ...]:
    """What the conditions can see of a value; beside something that may change as well, the value itself."""
    return tuple(
        evaluate(atom, {**edition.parameters, name: value})
        if read - {name} <= edition.parameters.keys()
        else value
        for atoms, edition in seen
        for atom, read in atoms
        if not isinstance(atom, Fact) or isinstance(value, bool)
    )


def _candidates(word: Word, name: str, editions: Iterable[_EditionConditions]) -> list[Value]:
    match word.kind:
        case Kind.TRUTH:
            return [True, False]
        case Kind.CHOICE:
            return list(word.choices)
        case Kind.TEXT:
            return [*sorted(str(value) for value in _all_beside(name, editions)), ANOTHER]
        case Kind.NUMBER:
            numbers = sorted(
                value for value in _all_beside(name, editions) if isinstance(value, int | Decimal)
            )
            between = [Decimal(low + high) / 2 for low, high in pairwise(numbers)]
            ends = [numbers[0] - 1, numbers[-1] + 1] if numbers else [1]
            return [*numbers, *between, *ends]
        case Kind.DATE:
            days = sorted(value for value in _all_beside(name, editions) if isinstance(value, dt.date))
            one = dt.timedelta(days=1)
            before = [day - one for day in days if day > dt.date.min]
            after = [day + one for day in days if day < dt.date.max]
            return list(dict.fromkeys((*days, *before, *after))) or [dt.date(2000, 1, 1)]


def _all_beside(name: str, editions: Iterable[_EditionConditions]) -> set[Value]:
    return {value for edition in editions for value in _beside(name, edition)}


def _beside(name: str, edition: _EditionConditions) -> Iterator[Value]:
    """The values that conditions set the fact beside, those of parameters among them."""
    for condition in edition.conditions:
        yield from constants_beside(condition).get(name, ())
        for node in walk(condition):
            match node:
                case Compare(_, Fact(left), Fact(right)) if name in (left, right):
                    other = edition.parameters.get(right if left == name else left)
                    if other is not None:
                        yield other


def _other_countries(line: DecidedLine) -> list[FactStep]:
    """Each country that is listed on some day, and one that never is."""
    (present,) = countries_of(line, ())
    listed = line.policies.countries
    others = (code for code in ("FR", *sorted(COUNTRY_CODES)) if code not in listed)
    codes = [code for code in sorted(listed) if code != present]
    codes += islice(others, 1) if present is None or present in listed else []
    return [FactStep(STATED_AS[COUNTRY], code) for code in codes]


def _other_days(line: DecidedLine) -> list[FactStep]:
    """A day of each interval in which the policies are others: its first, or the last before the first change."""
    changes = line.policies.change_days
    first = [changes[0] - dt.timedelta(days=1)] if changes and changes[0] > dt.date.min else []
    present = sum(day <= line.day for day in changes)
    return [
        FactStep(AS_OF, day) for place, day in enumerate((*first, *changes)) if place != present or not first
    ]


def _parameters(line: DecidedLine) -> Iterator[list[FactStep]]:
    """The parameters that have not been found, of policies that govern or may."""
    findings = [
        finding for answer in line.answers for finding in answer.findings if finding.scope is not False
    ]
    for finding in {finding.policy.name: finding for finding in findings}.values():
        editions = _edition_conditions([finding.policy])
        read = frozenset[str]().union(*(edition.read for edition in editions))
        for name, word in finding.policy.declared.items():
            braced = f"{{{name}}}"
            if braced in read and braced not in finding.facts:
                yield _values(word, braced, None, editions, finding.policy.name)
