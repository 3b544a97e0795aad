"""Register events of a handover in order: its listed items were delivered, and transferred."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.domain.handovers.handover import RecordedHandover, Transfer
from api.domain.identity import Author
from api.domain.registers.event_rules import find_event_faults
from api.domain.registers.events import ItemsDelivered, TransferRecorded
from api.ledger.entries import Entry
from api.services.register_events import EventRecord, add_event, load_registers
from engine import PolicySet

if TYPE_CHECKING:
    from sqlalchemy import Connection

_PHRASES = {"delivered": "was delivered", "transfer_recorded": "was transferred"}


@dataclass(frozen=True, slots=True)
class RegisterUpdate:
    """The entries of the events recorded in the registers; for each item without one, why not."""

    entries: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()


def mark_delivered(
    connection: Connection, place: int, handover: RecordedHandover, policies: PolicySet, author: Author
) -> RegisterUpdate:
    """Record that the listed items of a handover were delivered, as the entry `place` of the log.

    A fault of the event leaves the handover as it is: then there is no event of that item, and a note.
    """
    reference = _reference(str(handover.content["evidence"]), handover)
    # No check of the members here: they were checked with the handover, and the reference may now be longer.
    stated = ItemsDelivered.model_construct(
        kind="delivered",
        happened_on=handover.handed_over_on,
        reference=reference,
        items=list(handover.listed_items),
    )
    return _mark(connection, place, stated, policies, handover, handover.recorded_at, author)


def mark_transferred(
    connection: Connection,
    place: int,
    handover: RecordedHandover,
    transfer: Transfer,
    policies: PolicySet,
    author: Author,
) -> RegisterUpdate:
    """Record that the transfer procedures of the listed items of a handover were carried out; as `mark_delivered`."""
    stated = TransferRecorded.model_construct(
        kind="transfer_recorded",
        happened_on=transfer.recorded_on,
        reference=_reference(transfer.reference, handover),
        items=list(handover.listed_items),
    )
    return _mark(connection, place, stated, policies, handover, transfer.recorded_at, author)


def _mark(
    connection: Connection,
    place: int,
    stated: ItemsDelivered | TransferRecorded,
    policies: PolicySet,
    handover: RecordedHandover,
    at: dt.datetime,
    author: Author,
) -> RegisterUpdate:
    if not stated.items or policies.registers is None:
        return RegisterUpdate()
    today = policies.day_at(at)
    known = load_registers(connection, stated, policies, today)
    sound, notes = list[str](), list[str]()
    for item_no in stated.items:
        one = stated.model_copy(update={"items": [item_no]})
        faults = find_event_faults(one, known, policies.registers, today)
        if faults:
            why = "; ".join(fault.detail for fault in faults)
            notes.append(f"The register does not say by this that {item_no} {_PHRASES[stated.kind]}: {why}.")
        else:
            sound.append(item_no)
    if not sound:
        return RegisterUpdate(notes=tuple(notes))
    stated = stated.model_copy(update={"items": sound})
    body = json.dumps(stated.model_dump(mode="json", exclude_none=True), ensure_ascii=False).encode()
    record = EventRecord(place, at, author, body, handover.handover_id)
    return RegisterUpdate((add_event(connection, stated, known, record),), tuple(notes))


def _reference(paper: str, handover: RecordedHandover) -> str:
    return f"{paper} (handover {handover.handover_id})"
