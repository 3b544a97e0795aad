"""Corrections of handovers: what a record supersedes, who may do so, and what becomes of clearances and registers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from typing import TYPE_CHECKING

from api.domain.deciders import deciders_in_words
from api.domain.handovers.corrections import Superseded, breach_among
from api.domain.handovers.handover import HandoverStatement, RecordedHandover
from api.domain.identity import Caller
from api.domain.registers.events import EventKind, Withdrawal
from api.domain.registers.withdrawals import find_withdrawal_faults
from api.ledger.entries import Entry
from api.parsing.problems import FieldError, ProblemError, ProblemKind, make_problem
from api.services.register_deliveries import RegisterUpdate
from api.services.register_events import EventRecord, add_event, load_registers
from api.storage.handover_corrections import load_corrections, superseded_before
from api.storage.handovers import find_handover, first_use
from api.storage.register_events import load_events
from engine import PolicySet

if TYPE_CHECKING:
    from sqlalchemy import Connection

_OF_HANDOVERS = frozenset({EventKind.DELIVERED, EventKind.TRANSFER_RECORDED})
"""The events that handovers and their transfers record in the registers."""


def find_superseded(
    connection: Connection, stated: HandoverStatement, caller: Caller, policies: PolicySet
) -> Superseded:
    """Return what a record supersedes. Raises `ProblemError`: 400 for what cannot be, 403 for what others do."""
    named = stated.superseded
    if not named:
        return Superseded()
    found = [find_handover(connection, handover_id) for handover_id in named]
    known = [handover for handover in found if handover and caller.department in (None, handover.department)]
    if len(known) < len(named):
        raise _refused(ProblemKind.INVALID_REQUEST, "names no handover", "/supersedes")
    if corrections := load_corrections(connection, set(named)):
        (correction, *_) = corrections.values()
        later = correction.superseded_by
        detail = (
            f"was superseded already; name {later}, which counts"
            if later
            else "was withdrawn; record it anew"
        )
        raise _refused(ProblemKind.INVALID_REQUEST, detail, "/supersedes")
    if not caller.role.decides and any(one.recorded_by != caller.name for one in known):
        detail = f"was recorded by somebody else, who corrects it, or {deciders_in_words(policies)}"
        raise _refused(ProblemKind.NOT_PERMITTED, detail, "/supersedes")
    return load_superseded(connection, known)


def load_superseded(connection: Connection, named: Sequence[RecordedHandover]) -> Superseded:
    """Return what these handovers and those that they superseded hold."""
    ids = tuple(handover.handover_id for handover in named)
    chain = superseded_before(connection, set(ids))
    before = [handover for one in sorted(chain) if (handover := find_handover(connection, one))]
    held = {one.uses_up for one in before if one.uses_up and first_use(connection, one.uses_up) in chain}
    return Superseded(ids, chain, frozenset(held), breach_among(named))


def check_clearance_stays(
    superseded: Superseded, presented: str | None, caller: Caller, policies: PolicySet
) -> None:
    """Raise unless somebody who decides frees what the superseded records had used up, or nothing is freed."""
    if caller.role.decides or presented is None or superseded.held <= {presented}:
        return
    who = deciders_in_words(policies)
    detail = f"is another than the record had used up; {who} alone frees a clearance"
    raise _refused(ProblemKind.NOT_PERMITTED, detail, "/clearance")


def describe_correction(superseded: Superseded, presented: str | None, caller: Caller) -> Iterator[str]:
    """Yield the notes about a correction: what it supersedes, and which clearances can be used again."""
    if superseded.named:
        yield f"This record counts in place of {', '.join(superseded.named)}."
    if caller.role.decides:
        yield from describe_freed(superseded.held - {presented})


def describe_freed(clearances: Set[str | None]) -> Iterator[str]:
    """Yield the note about each clearance that can be used again."""
    for clearance_id in sorted(filter(None, clearances)):
        yield f"The clearance {clearance_id} is free again."


def withdraw_events(
    connection: Connection, superseded: Superseded, reason: str, policies: PolicySet, record: EventRecord
) -> RegisterUpdate:
    """Withdraw what superseded handovers recorded in the registers, the latest first, from the place of `record` on.

    `record` is that of the handover that supersedes them.
    """
    if not superseded.named:
        return RegisterUpdate()
    events = [
        event
        for event in load_events(connection, kinds=_OF_HANDOVERS)
        if event.withdrawn_by is None and event.content.get("handover_id") in superseded.all
    ]
    entries, notes = list[Entry](), list[str]()
    today = policies.day_at(record.at)
    for event in sorted(events, key=lambda event: event.sequence, reverse=True):
        # No check of the members here: the reason was checked with the handover, and may now be longer.
        stated = Withdrawal.model_construct(
            kind="withdrawal",
            happened_on=today,
            reference=f"{reason} (handover {record.handover_id})",
            event=event.sequence,
        )
        known = load_registers(connection, stated, policies, today)
        if faults := list(find_withdrawal_faults(stated, known.events)):
            why = "; ".join(fault.detail for fault in faults)
            notes.append(f"The register still has event {event.sequence} of the superseded record: {why}.")
            continue
        body = json.dumps(stated.model_dump(mode="json", exclude_none=True), ensure_ascii=False).encode()
        withdrawal = replace(record, place=record.place + len(entries), body=body)
        entries.append(add_event(connection, stated, known, withdrawal))
    return RegisterUpdate(tuple(entries), tuple(notes))


def check_counts(connection: Connection, handover: RecordedHandover) -> None:
    """Raise unless a handover counts: what is recorded about it belongs to the record that counts in its place."""
    for correction in load_corrections(connection, {handover.handover_id}).values():
        later = correction.superseded_by
        see = f"/v1/handovers/{later}, which counts in its place" if later else "`withdrawn` of the handover"
        raise ProblemError(make_problem(ProblemKind.SUPERSEDED, f"Nothing was recorded. See {see}."))


def _refused(kind: ProblemKind, detail: str, pointer: str) -> ProblemError:
    fault = FieldError(pointer=pointer, detail=detail)
    return ProblemError(make_problem(kind, "Nothing was recorded.", errors=[fault]))
