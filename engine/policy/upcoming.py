"""What changes on which day by itself: what the policies write with days, and the conditions that turn on one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from engine.contract.vocabulary import Value
from engine.diagnostics import Place
from engine.language.expression_parts import fact_names
from engine.language.expression_text import describe
from engine.language.expressions import Expression, evaluate
from engine.policy.dated_parts import DatedKind, DatedPart
from engine.policy.model import Edition, Policy, PolicySet
from engine.policy.turning import last_days

ONE_DAY = dt.timedelta(days=1)
NOT_STATED = "not stated"
NOT_FOUND = "not found"


class DatedChangeKind(StrEnum):
    """What becomes of a part on a day: it holds from then on, no longer, with another value, or turns."""

    BEGINS = "begins"
    ENDS = "ends"
    CHANGES = "changes"
    TURNS = "turns"


@dataclass(frozen=True, slots=True, order=True)
class DatedChange:
    """What begins, ends or changes on a day: what it is, its name and its place.

    `before` and `after` are the values of a parameter, `not found` or `not stated` among them; of a condition that
    turns, `after` is the condition. `country` is that of a country of a group that has the parameter for itself.
    """

    place: Place
    kind: DatedKind
    name: str
    change: DatedChangeKind
    before: str | None = None
    after: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeDay:
    """A day, and what is otherwise on it than on the day before, in the order of the places."""

    day: dt.date
    changes: tuple[DatedChange, ...]


def list_upcoming(policies: PolicySet, first: dt.date, last: dt.date) -> tuple[ChangeDay, ...]:
    """Return the days from `first` to `last` on which something is otherwise than on the day before, in order.

    On any other day a request is answered as on the day before, unless a date that it states itself is over
    (`own_dates`). The first day of the calendar has none before it, and is never listed.
    """
    found: dict[dt.date, set[DatedChange]] = {}
    for day, change in (*_written_changes(policies), *_turns(policies)):
        if first <= day <= last and day > dt.date.min:
            found.setdefault(day, set()).add(change)
    return tuple(ChangeDay(day, tuple(sorted(found[day], key=_order))) for day in sorted(found))


def own_dates(policies: PolicySet) -> tuple[str, ...]:
    """Return the facts that conditions hold against the day: an answer turns on such a date of its own request."""
    facts = (fact_names(date) for _, _, _, date in _turning_dates(policies))
    return tuple(sorted(frozenset().union(*facts)))


def own_last_days(policies: PolicySet) -> tuple[Expression, ...]:
    """Return the last days before a condition turns that a request states itself, as expressions over its facts."""
    return tuple(
        dict.fromkeys(date for _, _, _, date in _turning_dates(policies) if evaluate(date, {}) is None)
    )


def _order(change: DatedChange) -> tuple[str, ...]:
    values = (change.before, change.after, change.country)
    return (str(change.place), change.kind, change.name, change.change, *(value or "" for value in values))


def _written_changes(policies: PolicySet) -> Iterator[tuple[dt.date, DatedChange]]:
    values: dict[tuple[str, str, str | None], list[DatedPart]] = {}
    for part in policies.dated_parts:
        if part.kind is DatedKind.PARAMETER:
            values.setdefault((part.place.file, part.name, part.country), []).append(part)
        else:
            for day in part.period.first_days():
                begins = day == part.period.start
                change = DatedChangeKind.BEGINS if begins else DatedChangeKind.ENDS
                yield day, DatedChange(part.place, part.kind, part.name, change)
    for parts in values.values():
        yield from _value_changes(parts)


def _value_changes(parts: Iterable[DatedPart]) -> Iterator[tuple[dt.date, DatedChange]]:
    """The changes of one parameter; a value that goes on under another source is none."""
    parts = tuple(parts)
    for day in sorted({day for part in parts for day in part.period.first_days()} - {dt.date.min}):
        was = next((part for part in parts if part.period.covers(day - ONE_DAY)), None)
        now = next((part for part in parts if part.period.covers(day)), None)
        before, after = (_shown(part) for part in (was, now))
        if before != after and (place := now or was):
            change = DatedChangeKind.CHANGES
            yield day, DatedChange(place.place, place.kind, place.name, change, before, after, place.country)


def _shown(part: DatedPart | None) -> str:
    if part is None:
        return NOT_STATED
    return NOT_FOUND if part.value is None else part.value


def _turns(policies: PolicySet) -> Iterator[tuple[dt.date, DatedChange]]:
    """The days on which a condition turns by a date written in it, or known as a parameter on that day."""
    start = policies.instruction.start if policies.instruction else None
    for owner, (place, name), when, date in _turning_dates(policies):
        last = evaluate(date, {})
        if not isinstance(last, dt.date) or last == dt.date.max:
            continue
        day = last + ONE_DAY
        # Before the instruction a line is evaluated as it will be from its first day.
        in_effect = max(day, start) if start else day
        if owner is None or owner[0].edition_on(in_effect) is owner[1]:
            change = DatedChangeKind.TURNS
            yield day, DatedChange(place, DatedKind.CONDITION, name, change, after=describe(when))


Owner = tuple[Policy, Edition] | None
"""The edition of a policy that a condition is of; None for one of the whole set."""


def _turning_dates(
    policies: PolicySet,
) -> Iterator[tuple[Owner, tuple[Place, str], Expression, Expression]]:
    """Each condition with a date on which it turns: whose it is, its place and name, the condition, the date."""
    whole: dict[str, Value] = {}
    for answer in policies.standing_answers.values():
        for spoken in answer.say_when:
            for date in last_days(spoken.when, policies.vocabulary, whole):
                yield None, (spoken.place, "say_when"), spoken.when, date
    for policy in policies.policies:
        for edition in policy.editions:
            for place, name, when in _conditions(policies, edition):
                for date in last_days(when, policies.vocabulary, edition.parameters):
                    yield (policy, edition), (place, name), when, date


def _conditions(policies: PolicySet, edition: Edition) -> Iterator[tuple[Place, str, Expression]]:
    """The conditions that an edition is held against: its own, and those of the floor."""
    for entry in edition.scope:
        yield entry.place, entry.name, entry.when
    for rule in edition.rules:
        for when in (rule.when, *rule.word_conditions):
            yield rule.place, rule.name, when
    for held in policies.floor:
        for condition in (held.when, held.unless):
            if condition is not None:
                yield held.place, held.name, condition
