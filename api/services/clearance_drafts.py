"""The draft of a clearance: what a decision permits, for which days, and the problems that prevent it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from api.domain.cases.recordable_facts import marks_of
from api.domain.decision_record import DecisionRecord
from api.domain.department import office_pointer
from api.domain.handovers.assessment import clause_of
from api.domain.handovers.clearance import Clearance, ClearedItem
from api.parsing.problems import FieldError, ProblemError, ProblemKind, make_problem
from api.services.decision_ids import new_decision_id
from api.storage.handovers import NULL
from engine import Decision, Item, Outcome, PolicySet, Request


@dataclass(frozen=True, slots=True)
class Permitted:
    """A decision of the log, taken at `at`, with the request it answered and the policies it was taken under."""

    at: dt.datetime
    record: DecisionRecord
    request: Request
    decision: Decision
    policies: PolicySet

    @property
    def decided_on(self) -> dt.date:
        """The day on which it was taken, at the calendar place of its policies."""
        return self.record.day_at(self.at)

    def day_on(self, today: dt.date) -> dt.date:
        """Return the current day for the decision (`day_of`)."""
        return day_of(self.decision.as_of, self.decided_on, today)


def day_of(issued_from: dt.date, decided_on: dt.date, today: dt.date) -> dt.date:
    """Return the current day for a decision: today, but a decision about the past has a calendar of its own.

    For a request of 1965 that was decided yesterday, it is one day after the `as_of` of the request.
    """
    if issued_from >= decided_on:
        return today
    return issued_from + (today - decided_on)


def check_day(found: Permitted, planned_on: dt.date | None, today: dt.date, takes_old_days: bool) -> None:
    """Raise if the decision is about a day that had passed when it was taken: nothing is cleared afterwards."""
    if takes_old_days:
        return
    if found.decision.as_of < found.decided_on:
        raise not_cleared(
            "The decision is about a day that was past. Ask again for today, and hand nothing over."
        )
    if planned_on and planned_on < today:
        raise not_cleared("The day that is planned is past. What was handed over then had no clearance.")


def draft_clearance(
    found: Permitted, planned_on: dt.date | None, log: str, at: dt.datetime, today: dt.date
) -> Clearance:
    """Return the clearance for the lines that may be handed over. Raises `ProblemError` where there can be none."""
    request, decision = found.request, found.decision
    permitted = {str(line.line) for line in decision.lines if line.outcome.permits}
    lines = [
        (place, str(mark), item)
        for place, (mark, item) in enumerate(zip(marks_of(request), request.items, strict=True))
        if str(mark) in permitted
    ]
    if not lines:
        clause = clause_of(decision, found.policies)
        raise not_cleared(
            f"The decision is {decision.outcome}, not {Outcome.DELIVER} ({clause}). Hand nothing over."
        )
    last = _valid_until(found)
    day = planned_on or found.day_on(today)
    if day > last:
        raise not_cleared(f"The decision could be relied on until {last}. Ask again, and hand nothing over.")
    if planned_on and planned_on < decision.as_of:
        raise not_cleared(f"The decision holds from {decision.as_of}. Ask again for the day that is planned.")
    faults = [*_unbound(found), *(fault for place, _, item in lines for fault in _unnamed(place, item))]
    if faults:
        detail = "A clearance names what may be handed over, by whom and to whom. Ask again and state it."
        raise not_cleared(detail, faults)
    return _clearance(found, [(mark, item) for _, mark, item in lines], log, at, last)


def _clearance(
    found: Permitted, lines: Sequence[tuple[str, Item]], log: str, at: dt.datetime, last: dt.date
) -> Clearance:
    request, decision = found.request, found.decision
    countries = tuple(sorted(set(request.mission.countries or ()))) if request.mission else ()
    handover: Any = request.handover
    return Clearance(
        clearance_id=new_decision_id(at),
        log=log,
        decision_id=decision.decision_id,
        request_id=request.request_id,
        department=found.record.department,
        countries=countries,
        items=tuple(_cleared(mark, item) for mark, item in lines),
        deliverer=handover.by,
        recipient=handover.to,
        counterparts=tuple(_counterparts(found.policies, handover.to, countries, decision.as_of)),
        revision=decision.policy.revision,
        issued_at=at,
        time_zone=found.record.time_zone,
        valid_from=decision.as_of,
        valid_until=last,
    )


def _valid_until(found: Permitted) -> dt.date:
    """The last day of the permission; where other lines are refused, the decision as a whole may hold for longer."""
    days = found.policies.valid_days[Outcome.DELIVER]
    last = min(found.decision.as_of.toordinal() + days, dt.date.max.toordinal())
    return min(dt.date.fromordinal(last), found.decision.valid_until)


def _unbound(found: Permitted) -> Iterator[FieldError]:
    """Yield what the request leaves open of the handover itself."""
    handover, mission = found.request.handover, found.request.mission
    required = {
        "/handover/by": handover and handover.by,
        "/handover/to": handover and handover.to,
        "/mission/countries": mission and mission.countries,
    }
    for pointer, value in required.items():
        if not value:
            yield FieldError(pointer=pointer, detail="the request does not state it")
    office = office_pointer(found.policies.vocabulary)
    named = {"/request_id": found.request.request_id, office: found.record.department}
    for pointer, name in named.items():
        if NULL in (name or ""):
            yield FieldError(pointer=pointer, detail="holds a null character, so no clearance can name it")


def _unnamed(place: int, item: Item) -> Iterator[FieldError]:
    """Yield what the request leaves open of an item; without it the extent of the clearance would be unclear."""
    required: dict[str, object] = {"description": item.description, "quantity": item.quantity}
    if "kind" in type(item).model_fields:
        required["kind"] = _kind(item)
    for name, value in required.items():
        if value is None:
            yield FieldError(pointer=f"/items/{place}/{name}", detail="the request does not state it")


def _cleared(mark: str, item: Item) -> ClearedItem:
    assert item.description is not None
    assert item.quantity is not None
    return ClearedItem(mark, item.description, item.quantity, item.unit, _kind(item))


def _kind(item: Item) -> str | None:
    """What kind of item it is, as far as the vocabulary has a word for that."""
    kind: str | None = getattr(item, "kind", None)
    return kind


def _counterparts(
    policies: PolicySet, recipient: str, countries: Sequence[str], day: dt.date
) -> Iterator[str]:
    """The names of the registered institutions, if the recipient is the one of its country."""
    institution = policies.vocabulary.declarations.institution
    if recipient != institution.recipient:
        return
    for policy in policies.policies:
        if any(country in policy.edition_on(day).members for country in countries):
            for value in policy.parameters.get(institution.parameter, ()):
                if value.period.covers(day) and value.value is not None:
                    yield str(value.value)


def not_cleared(detail: str, faults: Sequence[FieldError] = ()) -> ProblemError:
    """Return the problem of a decision for which no clearance can be issued."""
    return ProblemError(make_problem(ProblemKind.NOT_CLEARED, detail, errors=faults))
