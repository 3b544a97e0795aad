"""Where each case stands in the queue, held in memory: so a page of the queue decides its own cases alone.

For whom a case waits follows from the policies, the day, the registers and what was handed over. A column in the
ledger could not say it for long; here each case is decided anew when something was recorded of it, and all of them
when other policies or another day have come.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from api.domain.case_view import view_case
from api.domain.cases.case import Case, Moment
from api.domain.decision_moment import DecisionMoment
from api.domain.handovers.deliveries import Deliveries
from api.domain.known_facts import CaseRecords
from api.ledger.reader import newest_entry
from api.storage.case_changes import CaseChanges, find_case_changes
from api.storage.case_records import find_case_records
from api.storage.cases import MAX_IDS, load_cases, load_cases_among
from api.storage.handovers import load_deliveries
from engine import AgeKind, PolicySet

if TYPE_CHECKING:
    from sqlalchemy import Connection

EMPTY = -1
"""The place of the log before its first entry."""


@dataclass(frozen=True, slots=True)
class CasePlace:
    """Where a case stands: whose it is, its deadline, for whom it waits.

    It is `listed` if its lines are listed items.
    """

    case_id: str
    department: str
    opened_at: dt.datetime
    deadline: dt.date | None
    waiting_for: frozenset[str]
    listed: bool

    @property
    def order(self) -> tuple[dt.date, dt.datetime, str]:
        """The nearest deadline first, then the longest waiting."""
        return self.deadline or dt.date.max, self.opened_at, self.case_id


class _Basis(NamedTuple):
    """What all cases are decided by; `too_old` is what of the policies is past its limit."""

    revision: str
    day: dt.date
    too_old: tuple[AgeKind, ...]


class CaseBoard:
    """The places of all cases, brought up to date with the ledger whenever they are read; for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._basis: _Basis | None = None
        self._entry = EMPTY
        self._places: Mapping[str, CasePlace] = {}
        self._ordered: Sequence[CasePlace] = ()

    def places(
        self, connection: Connection, policies: PolicySet, decided: DecisionMoment
    ) -> Sequence[CasePlace]:
        """Return the places of all cases now, in order."""
        with self._lock:
            self._bring_up(connection, policies, decided)
            return self._ordered

    def _bring_up(self, connection: Connection, policies: PolicySet, decided: DecisionMoment) -> None:
        too_old = tuple(past.kind for past in decided.status.too_old)
        basis = _Basis(policies.revision, policies.day_at(decided.at), too_old)
        entry = newest_entry(connection)
        newest = EMPTY if entry is None else entry
        if basis == self._basis and newest <= self._entry:
            return
        if basis != self._basis:
            self._rebuild(connection, policies, decided)
        elif changes := find_case_changes(connection, self._entry):
            self._take_up(connection, changes, policies, decided)
        self._basis, self._entry = basis, newest

    def _rebuild(self, connection: Connection, policies: PolicySet, decided: DecisionMoment) -> None:
        cases, deliveries = load_cases(connection, None), load_deliveries(connection)
        self._places = _places_of(connection, cases, deliveries, policies, decided)
        self._ordered = _in_order(self._places.values())

    def _take_up(
        self, connection: Connection, changes: CaseChanges, policies: PolicySet, decided: DecisionMoment
    ) -> None:
        listed = {place.case_id for place in self._ordered if place.listed and changes.registers}
        case_ids = changes.case_ids | listed
        if changes.everything or len(case_ids) > MAX_IDS:
            self._rebuild(connection, policies, decided)
            return
        cases, deliveries = load_cases_among(connection, case_ids), load_deliveries(connection, case_ids)
        renewed = _places_of(connection, cases, deliveries, policies, decided)
        self._places = {**self._places, **renewed}
        self._ordered = _in_order(self._places.values())


def records_of(connection: Connection, cases: Iterable[Case]) -> CaseRecords:
    """Return the records of the registers about the items of cases."""
    return find_case_records(connection, set(), {str(mark) for case in cases for mark in case.lines})


def _in_order(places: Iterable[CasePlace]) -> Sequence[CasePlace]:
    return sorted(places, key=lambda place: place.order)


def _places_of(
    connection: Connection,
    cases: Sequence[Case],
    deliveries: Deliveries,
    policies: PolicySet,
    decided: DecisionMoment,
) -> dict[str, CasePlace]:
    records = records_of(connection, cases)
    moment = Moment(policies.day_at(decided.at), None)
    places = dict[str, CasePlace]()
    for case in cases:
        view = view_case(case, moment, records, deliveries, policies, decided)
        assert view is not None, "a case is there as soon as it was opened"
        places[case.case_id] = CasePlace(
            case_id=case.case_id,
            department=case.department,
            opened_at=case.opened_at,
            deadline=view.deadline,
            waiting_for=frozenset(view.waiting_for),
            listed=any(str(mark) in records.items for mark in case.lines),
        )
    return places
