"""Withdrawals of handovers that never took place: the record stays, and nothing counts in its place."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from api.domain.handovers.answers import WithdrawalAcknowledgement, WithdrawalAnswer
from api.domain.handovers.corrections import Correction
from api.domain.handovers.handover import HandoverWithdrawal
from api.ledger.entries import WITHDRAWAL, Entry, EntryKind
from api.ledger.reader import find_entry
from api.parsing.problems import Problem, ProblemError, ProblemKind, make_problem
from api.parsing.requests import read_model
from api.parsing.stated_texts import as_taken, form_member
from api.services.context import Context
from api.services.handover_corrections import check_counts, describe_freed, load_superseded, withdraw_events
from api.services.idempotent_commands import record_once
from api.services.register_events import EventRecord
from api.storage.handover_corrections import add_corrections
from api.storage.handovers import find_handover
from api.storage.stored_responses import IdempotentCall, StoredResponse

if TYPE_CHECKING:
    from sqlalchemy import Connection


async def withdraw_handover(context: Context, call: IdempotentCall, handover_id: str) -> StoredResponse:
    """Record that a handover never took place, and free the clearance it had used up. Raises `ProblemError`."""
    stated = read_model(call.body, HandoverWithdrawal)
    if isinstance(stated, Problem):
        raise ProblemError(stated)

    def unit(connection: Connection, place: int) -> tuple[Sequence[Entry], StoredResponse]:
        at, caller = context.clock(), call.caller
        handover = find_handover(connection, handover_id)
        if handover is None:
            raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "No handover has this id."))
        check_counts(connection, handover)
        superseded = load_superseded(connection, [handover])
        add_corrections(connection, [handover_id], None, caller.role.name, place)
        record = EventRecord(place + 1, at, caller.author, call.body, handover_id)
        policies = context.policies.current.policies
        update = withdraw_events(connection, superseded, stated.reason, policies, record)
        members = {"caller": caller.name, "role": caller.role.name, **form_member(call.body)}
        entry = Entry(EntryKind.HANDOVER_WITHDRAWN, handover_id, at, members, {WITHDRAWAL: call.body})
        answer = WithdrawalAcknowledgement(
            handover_id=handover_id,
            reason=stated.reason,
            recorded_at=at,
            recorded_by=caller.name,
            notes=(*describe_freed(superseded.held), *update.notes),
        )
        return [entry, *update.entries], StoredResponse(answer.to_text())

    return await record_once(context, call, unit)


def find_withdrawal(connection: Connection, correction: Correction | None) -> WithdrawalAnswer | None:
    """Return the withdrawal of a handover, if it was withdrawn; a reason that was erased is null."""
    if correction is None or correction.superseded_by is not None:
        return None
    entry = find_entry(connection, EntryKind.HANDOVER_WITHDRAWN, correction.superseded)
    assert entry is not None, "the log holds what the table says"
    reason = as_taken(json.loads(entry.payloads[WITHDRAWAL]), entry.members)["reason"]
    return WithdrawalAnswer(reason=reason, recorded_at=entry.at, recorded_by=str(entry.members["caller"]))
