"""What changes on which day by itself, as an answer: for each day its changes, records, and requests it concerns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pydantic import Field

from api.parsing.answers import JsonAnswer
from engine import ChangeDay, DatedChangeKind, Outcome, PolicySet, own_dates

if TYPE_CHECKING:  # what proofs need is imported where they are made
    from engine import Comparison

ONE_DAY = dt.timedelta(days=1)


class DatedRecordKind(StrEnum):
    """What is recorded with a day on which it begins to hold, or from which on it holds no longer."""

    CLEARANCE = "clearance"
    PROPOSAL = "proposal"
    APPROVAL = "approval"
    EMERGENCY_RETURN = "emergency return"


@dataclass(frozen=True, slots=True)
class DatedRecord:
    """Something recorded that begins to hold, or holds no longer, on a day; of a department, or of nobody.

    `name` is the id of a clearance or a proposal, of an approval that of its proposal, of an emergency return the
    revision. `approved` says of a proposal whether it is approved as of now, `officer` of an approval whose it is.
    """

    day: dt.date
    kind: DatedRecordKind
    name: str
    change: DatedChangeKind
    department: str | None = None
    approved: bool | None = None
    officer: str | None = None


class DatedRecordAnswer(JsonAnswer):
    """Something recorded that begins to hold, or holds no longer, from the day on."""

    kind: DatedRecordKind
    name: str = Field(
        description="The id of a clearance or proposal; of an approval that of its proposal, of a return the revision"
    )
    change: DatedChangeKind
    approved: bool | None = Field(None, description="Of a proposal, whether it is approved now")
    officer: str | None = Field(None, description="Of an approval, the officer whose it is")


class DatedChangeAnswer(JsonAnswer):
    """Something that the policies write with days, or a condition that turns on the day."""

    kind: str
    name: str
    country: str | None = Field(None, description="Of a group, the country that has the parameter for itself")
    at: str
    change: str
    before: str | None = None
    after: str | None = None


class UpcomingClass(JsonAnswer):
    """Requests that are answered with another outcome on the day than on the day before, all in the same way."""

    sentence: str
    countries: tuple[str, ...]
    policies: tuple[str, ...]
    was: Outcome
    becomes: Outcome
    direction: str
    rules_before: tuple[str, ...]
    rules_after: tuple[str, ...]
    always: tuple[str, ...]
    because_of: tuple[str, ...]
    example: dict[str, Any] = Field(description="The smallest such request, as put on the day")


class UpcomingAnswerChange(JsonAnswer):
    """Requests whose outcome stays while the answer differs in content, by the rule or answer it comes from."""

    about: str
    countries: tuple[str, ...]
    members: tuple[str, ...]


class UpcomingDay(JsonAnswer):
    """A day: what begins, ends or changes on it, and which requests are answered otherwise than on the day before."""

    day: dt.date
    changes: tuple[DatedChangeAnswer, ...]
    records: tuple[DatedRecordAnswer, ...]
    classes: tuple[UpcomingClass, ...] | None = Field(description="Null where they are not known, or not yet")
    answers: tuple[UpcomingAnswerChange, ...] | None = Field(
        description="Null where they are not known, or not yet"
    )
    complete: bool = Field(description="Whether it is proved that no other request changes its outcome")
    because: str | None = Field(None, description="Why classes are not known, or may not be all")


class UpcomingAnswer(JsonAnswer):
    """What changes without anybody doing anything, from one day to another, both included."""

    revision: str
    start: dt.date = Field(serialization_alias="from")
    until: dt.date
    record_kinds: tuple[DatedRecordKind, ...] = Field(
        description="The kinds of dated records that are listed: those that the caller may read"
    )
    own_dates: tuple[str, ...] = Field(
        description="Facts by whose date an answer changes on a day of its own, which no list of days shows"
    )
    days: tuple[UpcomingDay, ...]


class DayClasses(JsonAnswer):
    """The requests that are answered otherwise on a day than on the day before; None where that is not known."""

    classes: tuple[UpcomingClass, ...] | None
    answers: tuple[UpcomingAnswerChange, ...] | None
    complete: bool
    because: str | None = None


@dataclass(frozen=True, slots=True)
class ListedRecords:
    """Dated records, and the kinds of which they are all there are."""

    kinds: tuple[DatedRecordKind, ...] = ()
    records: tuple[DatedRecord, ...] = ()


NO_CLASSES = DayClasses(classes=(), answers=(), complete=True)
"""Of a day on which nothing in the policies is otherwise than on the day before."""


def not_worked_out(reason: str) -> DayClasses:
    """Return that the requests of a day are not known, and why."""
    return DayClasses(classes=None, answers=None, complete=False, because=reason)


def classes_of(compared: Comparison) -> DayClasses:
    """Return the requests that a comparison of a day with the day before found."""
    classes = tuple(
        UpcomingClass(
            sentence=one.sentence,
            countries=one.countries,
            policies=one.policies,
            was=one.was,
            becomes=one.becomes,
            direction=one.direction.value,
            rules_before=one.rules_before,
            rules_after=one.rules_after,
            always=one.always,
            because_of=one.because_of,
            example=one.example.request,
        )
        for one in compared.classes
    )
    answers = tuple(
        UpcomingAnswerChange(about=one.about, countries=one.countries, members=one.members)
        for one in compared.answers
    )
    return DayClasses(classes=classes, answers=answers, complete=compared.complete, because=compared.because)


def make_upcoming(
    policies: PolicySet,
    span: tuple[dt.date, dt.date],
    changes: Sequence[ChangeDay],
    listed: ListedRecords,
    classes: Callable[[dt.date], DayClasses],
) -> UpcomingAnswer:
    """Return the answer for the days of `span`.

    `classes` says what is known of the requests that are answered otherwise from a day on.
    """
    start, until = span
    by_day: dict[dt.date, list[DatedRecord]] = {}
    for record in sorted(listed.records, key=lambda one: (one.kind, one.name, one.change, one.officer or "")):
        if start <= record.day <= until:
            by_day.setdefault(record.day, []).append(record)
    change_days: Mapping[dt.date, ChangeDay] = {one.day: one for one in changes}
    days = sorted({*change_days, *by_day})
    return UpcomingAnswer(
        revision=policies.revision,
        start=start,
        until=until,
        record_kinds=listed.kinds,
        own_dates=own_dates(policies),
        days=tuple(
            _day(
                day,
                change_days.get(day),
                by_day.get(day, ()),
                classes(day) if day in change_days else NO_CLASSES,
            )
            for day in days
        ),
    )


def _day(
    day: dt.date, upcoming: ChangeDay | None, records: Iterable[DatedRecord], found: DayClasses
) -> UpcomingDay:
    return UpcomingDay(
        day=day,
        changes=tuple(
            DatedChangeAnswer(
                kind=one.kind.value,
                name=one.name,
                country=one.country,
                at=str(one.place),
                change=one.change.value,
                before=one.before,
                after=one.after,
            )
            for one in (upcoming.changes if upcoming else ())
        ),
        records=tuple(
            DatedRecordAnswer(
                kind=one.kind,
                name=one.name,
                change=one.change,
                approved=one.approved,
                officer=one.officer,
            )
            for one in records
        ),
        classes=found.classes,
        answers=found.answers,
        complete=found.complete,
        because=found.because,
    )
