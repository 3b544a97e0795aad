"""What a handover in order does to the registers: listed items were delivered (S1.4), and transferred (S1.5)."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.domain.handovers.handover import Handover, Transfer
from api.domain.identity import Caller
from api.domain.registers.event_rules import find_event_faults
from api.domain.registers.events import Delivered, TransferRecorded
from api.ledger.entries import Entry
from api.services.register_events import EventRecord, add_event, load_registers
from engine import PolicySet

if TYPE_CHECKING:
    from sqlalchemy import Connection

_SAYS = {"delivered": "was delivered", "transfer_recorded": "was transferred"}


@dataclass(frozen=True, slots=True)
class Marked:
    """The entries of what was recorded in the registers; for the items it was not recorded of, why not."""

    entries: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()


def mark_delivered(
    connection: Connection, place: int, handover: Handover, policies: PolicySet, caller: Caller
) -> Marked:
    """Record that the listed items of a handover were delivered, as the entry `place` of the log.

    A fault of the event leaves the handover as it is: then there is no event of that item, and a note.
    """
    reference = _reference(str(handover.content["evidence"]), handover)
    # No check of the members here: they were checked with the handover, and the reference may now be longer.
    stated = Delivered.model_construct(
        kind="delivered",
        happened_on=handover.handed_over_on,
        reference=reference,
        items=list(handover.listed_items),
    )
    return _mark(connection, place, stated, policies, handover, handover.recorded_at, caller)


def mark_transferred(
    connection: Connection,
    place: int,
    handover: Handover,
    transfer: Transfer,
    policies: PolicySet,
    caller: Caller,
) -> Marked:
    """Record that the transfer procedures of the listed items of a handover were carried out; as `mark_delivered`."""
    stated = TransferRecorded.model_construct(
        kind="transfer_recorded",
        happened_on=transfer.recorded_on,
        reference=_reference(transfer.reference, handover),
        items=list(handover.listed_items),
    )
    return _mark(connection, place, stated, policies, handover, transfer.recorded_at, caller)


def _mark(
    connection: Connection,
    place: int,
    stated: Delivered | TransferRecorded,
    policies: PolicySet,
    handover: Handover,
    at: dt.datetime,
    caller: Caller,
) -> Marked:
    if not stated.items:
        return Marked()
    known = load_registers(connection, stated, policies, at.date())
    sound, notes = list[str](), list[str]()
    for item_no in stated.items:
        faults = find_event_faults(stated.model_copy(update={"items": [item_no]}), known, at.date())
        if faults:
            why = "; ".join(fault.detail for fault in faults)
            notes.append(f"The register does not say by this that {item_no} {_SAYS[stated.kind]}: {why}.")
        else:
            sound.append(item_no)
    if not sound:
        return Marked(notes=tuple(notes))
    stated = stated.model_copy(update={"items": sound})
    body = json.dumps(stated.model_dump(mode="json", exclude_none=True), ensure_ascii=False).encode()
    record = EventRecord(place, at, caller, body, handover.handover_id)
    return Marked((add_event(connection, stated, known, record),), tuple(notes))


def _reference(paper: str, handover: Handover) -> str:
    return f"{paper} (handover {handover.handover_id})"
