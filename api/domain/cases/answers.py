"""The answers about cases: a case, the queue, and what is answered when something of a case was recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

from api.domain.about import About
from api.domain.cases.case import Case
from api.domain.cases.urgency import AnswerLinks
from api.parsing.answers import JsonAnswer, WrittenAs
from engine import Decision, Outcome


class LineDuty(JsonAnswer):
    """A duty of a line, in the words of the decision."""

    line: int | str
    who: str
    must: str
    clause: str
    before: str | None = None
    within: str | None = None
    evidence: str | None = None
    done_by: str | None = None


class OpenDuty(LineDuty):
    """A duty that is not done; `due` is its last day, where the case has a deadline that binds it."""

    due: dt.date | None = None


class DoneDuty(LineDuty):
    """A duty that was done, with the handover that did it."""

    done_on: dt.date
    handover_id: str


class FactAnswer(JsonAnswer):
    """A recorded fact; a value of null says that it was asked and is not known.

    With `in_old_words` the fact is not known to the policies in force: it says what they have no word for.
    """

    position: int
    line: int | str | None = None
    fact: str
    happened_on: dt.date
    recorded_at: dt.datetime
    recorded_by: str
    role: str
    evidence: str | None = None
    supersedes: int | None = None
    superseded_by: int | None = None
    sequence: int
    value: Any
    in_old_words: str | None = None


class CaseHead(JsonAnswer):
    """What a case is called, whose it is, and for whom it waits."""

    case_id: str
    request_id: str
    department: str
    opened_at: dt.datetime
    version: int
    deadline: dt.date | None = None
    waiting_for: tuple[str, ...]
    about: About


class CaseAnswer(CaseHead):
    """A case as it was held on a day, as far as it was known at a time."""

    held_on: dt.date
    known_at: dt.datetime
    decision: Annotated[Mapping[str, Any], WrittenAs(Decision)]
    duties: tuple[OpenDuty, ...]
    done: tuple[DoneDuty, ...]
    facts: tuple[FactAnswer, ...]
    history: tuple[FactAnswer, ...]


class QueuedCase(CaseHead):
    """A case as it stands in the queue."""

    outcome: Outcome
    duties: tuple[OpenDuty, ...]


class UrgentPreCheck(JsonAnswer):
    """The newest pre-check of a request that is urgent and about which no case has been opened."""

    decision_id: str
    request_id: str
    department: str
    evaluated_at: dt.datetime
    deadline: dt.date | None = None
    waiting_for: tuple[str, ...]
    about: About | None = None
    links: AnswerLinks | None = None


class QueueAnswer(JsonAnswer):
    """A page of the queue; `next` is the `after` of the next page, absent on the last one."""

    urgent_without_case: tuple[UrgentPreCheck, ...] = ()
    cases: tuple[QueuedCase, ...]
    next: str | None = None


class CaseAcknowledgement(JsonAnswer):
    """What was recorded of a case: its version since then, and the positions of the facts."""

    case_id: str
    version: int
    recorded_at: dt.datetime
    positions: tuple[int, ...]


def acknowledge(case: Case, version: int, at: dt.datetime) -> CaseAcknowledgement:
    """Return that facts were recorded after those of `case`, up to `version`."""
    positions = tuple(range(case.version + 1, version + 1))
    return CaseAcknowledgement(case_id=case.case_id, version=version, recorded_at=at, positions=positions)
