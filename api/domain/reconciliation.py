"""What does not agree: handovers in breach or without a pre-check, clearances unused, transfers not recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from api.domain.dues.due import Due
from api.domain.handovers.clearance import Clearance
from api.domain.handovers.corrections import Corrections, counted_uses, that_count
from api.domain.handovers.handover import HandoverStatus, RecordedHandover, Transfer
from engine import CountsFrom, read_term

TRANSFER_RECORD = "transfer_record"

FirstDecisions = Mapping[tuple[str | None, str | None], int]
"""The place in the log of the first decision about each request of each department."""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The discrepancies of a day. Handovers from before the instruction and valid clearances do not count as such."""

    day: dt.date
    breaches: tuple[RecordedHandover, ...]
    without_pre_check: tuple[RecordedHandover, ...]
    expired: tuple[Clearance, ...]
    overdue: tuple[Due, ...]
    to_be_listed: tuple[RecordedHandover, ...]
    still_valid: tuple[Clearance, ...]

    @property
    def findings(self) -> int:
        """How many things do not agree."""
        return len(self.breaches) + len(self.without_pre_check) + len(self.expired) + len(self.overdue)


def reconcile(
    day: dt.date,
    handovers: Sequence[RecordedHandover],
    corrections: Corrections,
    clearances: Iterable[Clearance],
    first_decisions: Callable[[Set[str]], FirstDecisions],
    dues: Iterable[Due],
) -> Reconciliation:
    """Return what does not agree on `day`, what is overdue of `dues` among it.

    Everything recorded by now counts, except what happened after `day` or was superseded. `first_decisions` is
    called with the requests that handovers without a clearance name, if there are any.
    """
    past = [handover for handover in that_count(handovers, corrections) if handover.handed_over_on <= day]
    used = counted_uses((handover for handover in handovers if handover.handed_over_on <= day), corrections)
    unused = [clearance for clearance in clearances if clearance.clearance_id not in used]
    return Reconciliation(
        day=day,
        breaches=tuple(handover for handover in past if handover.status is HandoverStatus.BREACH),
        without_pre_check=tuple(_without_pre_check(past, first_decisions)),
        expired=tuple(clearance for clearance in unused if clearance.valid_until < day),
        overdue=tuple(due for due in dues if due.overdue),
        to_be_listed=tuple(
            handover for handover in past if handover.status is HandoverStatus.TO_BE_REGULARISED
        ),
        still_valid=tuple(clearance for clearance in unused if clearance.valid_until >= day),
    )


def handover_dues(
    handovers: Iterable[RecordedHandover],
    transfers: Mapping[str, Transfer],
    day: dt.date,
    in_registers: Set[str],
) -> list[Due]:
    """Return the transfer procedures that are open on `day`, in the order of the handovers.

    Each is a duty of the decision about the handover, due by the term that the duty itself states. A decision of an
    earlier version may state a term that cannot be counted: the due then has no day, and its text says so.
    The transfer of a listed item in `in_registers` is due there, and not a second time here.
    """
    return [
        due
        for handover in handovers
        if handover.handed_over_on <= day and not _transferred(transfers.get(handover.handover_id), day)
        for due in _transfer_dues(handover, day, in_registers)
    ]


def _transferred(transfer: Transfer | None, day: dt.date) -> bool:
    return transfer is not None and transfer.recorded_on <= day


def _transfer_dues(handover: RecordedHandover, day: dt.date, in_registers: Set[str]) -> Iterable[Due]:
    """The open duties; of one that several lines state, the one with the term that ends first."""
    listed_there = in_registers & set(handover.listed_items)
    dues: dict[tuple[str, str], Due] = {}
    for line in handover.content["decision"]["lines"]:
        if str(line["line"]) in listed_there:
            continue
        for duty in line.get("duties", ()):
            if duty.get("done_by") != TRANSFER_RECORD:
                continue
            found, key = _transfer_due(handover, duty, day), (duty["who"], duty["clause"])
            if key not in dues or (found.due or dt.date.max) < (dues[key].due or dt.date.max):
                dues[key] = found
    return dues.values()


def _transfer_due(handover: RecordedHandover, duty: Mapping[str, Any], day: dt.date) -> Due:
    due, remark = _due_day(handover.handed_over_on, duty.get("within"))
    return Due(
        what=f"handover {handover.handover_id} of {handover.handed_over_on}: no transfer is recorded{remark}",
        who=duty["who"],
        must=duty["must"],
        clause=duty["clause"],
        since=handover.handed_over_on,
        due=due,
        overdue=due is not None and due < day,
        subject={
            "handover_id": handover.handover_id,
            **({"department": handover.department} if handover.department else {}),
            **({"case_id": handover.case_id} if handover.case_id else {}),
        },
        evidence=duty.get("evidence"),
    )


def _due_day(delivered: dt.date, within: str | None) -> tuple[dt.date | None, str]:
    """The last day of a term, and a remark where the stated term gives none."""
    if within is None:
        return None, ""
    term = read_term(within)
    day = term.falls_due({CountsFrom.DELIVERY: delivered}) if term else None
    return day, "" if day else f"; no due day can be told: {' '.join(within.split())}"


def _without_pre_check(
    handovers: Sequence[RecordedHandover], first_decisions: Callable[[Set[str]], FirstDecisions]
) -> Iterator[RecordedHandover]:
    """Yield the handovers without a pre-check: no clearance, and no earlier decision about their request.

    What lies before the instruction needed no pre-check.
    """
    doubtful = [
        handover
        for handover in handovers
        if handover.clearance_id is None and handover.status is not HandoverStatus.TO_BE_REGULARISED
    ]
    requests = {handover.request_id for handover in doubtful if handover.request_id}
    decided = first_decisions(requests) if requests else {}
    for handover in doubtful:
        first = decided.get((handover.department, handover.request_id))
        if handover.request_id is None or first is None or first > handover.sequence:
            yield handover
