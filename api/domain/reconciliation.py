"""What does not agree: handovers in breach or without a pre-check, clearances unused, transfers not recorded."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from sqlalchemy import Connection, select

from api.domain.dues.find_dues import Due
from api.domain.handovers.clearance import Clearance
from api.domain.handovers.handover import Handover, Status, Transfer
from api.ledger.deduplication import Unfolding
from api.ledger.entries import Entry, EntryKind
from api.ledger.tables import log_entries
from api.storage.handovers import load_clearances, load_handovers

_DAYS = re.compile(r"([0-9]{1,4}) days of delivery")
TRANSFER_RECORD = "transfer_record"


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What was found on a day. Handovers from before the instruction and valid clearances are told, as no finding."""

    day: dt.date
    breaches: tuple[Handover, ...]
    not_asked: tuple[Handover, ...]
    expired: tuple[Clearance, ...]
    overdue: tuple[Due, ...]
    to_be_listed: tuple[Handover, ...]
    still_valid: tuple[Clearance, ...]

    @property
    def findings(self) -> int:
        """How many things do not agree."""
        return len(self.breaches) + len(self.not_asked) + len(self.expired) + len(self.overdue)


def reconcile(connection: Connection, day: dt.date, owed: Iterable[Due]) -> Reconciliation:
    """Return what does not agree on `day`, what is overdue of all that is `owed` among it.

    Everything recorded by now counts, except what happened after `day`.
    """
    handovers = [handover for handover in load_handovers(connection) if handover.handed_over_on <= day]
    used = {handover.uses_up for handover in handovers}
    issued = (issued.clearance for issued in load_clearances(connection))
    unused = [clearance for clearance in issued if clearance.clearance_id not in used]
    return Reconciliation(
        day=day,
        breaches=tuple(handover for handover in handovers if handover.status is Status.BREACH),
        not_asked=tuple(_not_asked(connection, handovers)),
        expired=tuple(clearance for clearance in unused if clearance.valid_until < day),
        overdue=tuple(due for due in owed if due.overdue),
        to_be_listed=tuple(handover for handover in handovers if handover.status is Status.TO_BE_REGULARISED),
        still_valid=tuple(clearance for clearance in unused if clearance.valid_until >= day),
    )


def handover_dues(
    handovers: Iterable[Handover], transfers: Mapping[str, Transfer], day: dt.date, in_registers: Set[str]
) -> list[Due]:
    """Return the transfer procedures (S1.5, S3.12) that are open on `day`, in the order of the handovers.

    Each is a duty of the decision about the handover, due within the days of delivery that the duty itself names.
    The transfer of a listed item in `in_registers` is owed there, and not a second time here.
    """
    return [
        due
        for handover in handovers
        if handover.handed_over_on <= day and not _transferred(transfers.get(handover.handover_id), day)
        for due in _transfer_dues(handover, day, in_registers)
    ]


def _transferred(transfer: Transfer | None, day: dt.date) -> bool:
    return transfer is not None and transfer.recorded_on <= day


def _transfer_dues(handover: Handover, day: dt.date, in_registers: Set[str]) -> Iterator[Due]:
    owed_there = in_registers & set(handover.listed_items)
    lines = [line for line in handover.content["decision"]["lines"] if str(line["line"]) not in owed_there]
    duties = [duty for line in lines for duty in line.get("duties", ())]
    told: set[tuple[str, str]] = set()
    for duty in duties:
        if duty.get("done_by") != TRANSFER_RECORD or (duty["who"], duty["clause"]) in told:
            continue
        told.add((duty["who"], duty["clause"]))
        due = _due_day(handover.handed_over_on, duty.get("within"))
        yield Due(
            what=f"handover {handover.handover_id} of {handover.handed_over_on}: no transfer is recorded",
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


def _due_day(delivered: dt.date, within: str | None) -> dt.date | None:
    found = _DAYS.fullmatch(within or "")
    return delivered + dt.timedelta(days=int(found[1])) if found else None


def _not_asked(connection: Connection, handovers: Sequence[Handover]) -> Iterator[Handover]:
    """Yield the handovers for which nobody had asked: no clearance, and no earlier decision about their request.

    What lies before the instruction needed no pre-check.
    """
    doubtful = [
        handover
        for handover in handovers
        if handover.clearance_id is None and handover.status is not Status.TO_BE_REGULARISED
    ]
    asked = _first_decisions(connection) if any(handover.request_id for handover in doubtful) else {}
    for handover in doubtful:
        first = asked.get((handover.department, handover.request_id))
        if handover.request_id is None or first is None or first > handover.sequence:
            yield handover


def _first_decisions(connection: Connection) -> dict[tuple[str | None, str | None], int]:
    """The place of the first decision about each request of each department."""
    query = select(log_entries.c.sequence, log_entries.c.entry)
    query = query.where(log_entries.c.kind == EntryKind.DECISION).order_by(log_entries.c.sequence)
    first: dict[tuple[str | None, str | None], int] = {}
    unfolding = Unfolding(connection)
    for row in connection.execute(query, execution_options={"yield_per": 1000}):
        members = Entry.from_bytes(unfolding.unfold(bytes(row.entry))).members
        first.setdefault((members["department"], members["request_id"]), row.sequence)
    return first
