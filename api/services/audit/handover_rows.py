"""The rows of clearances, handovers and transfers, from the entries that recorded them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from api.domain.handovers.completion import TAKEN, complete
from api.domain.handovers.handover import (
    HandoverStatus,
    RecordedHandover,
    Transfer,
    TransferStatement,
)
from api.domain.handovers.handover_models import handover_model
from api.domain.handovers.handover_view import handover_content
from api.ledger.commitments import redact_texts
from api.ledger.entries import DECISION, HANDOVER, JUDGEMENT, TRANSFER
from api.ledger.reader import find_decision
from api.services.audit.recorded_entries import AuditedEntry
from api.services.clearances import NOTE
from api.services.handovers import is_late
from api.services.recorded_words import words_at
from api.storage.handover_corrections import correction_rows
from api.storage.handovers import StoredClearance, clearance_row, handover_row, transfer_row
from api.storage.row_comparison import RowsByTable
from api.storage.tables import clearances, handover_corrections, handovers, transfers
from engine import UTC, day_in

if TYPE_CHECKING:
    from sqlalchemy import Connection

_FOUND = ("request_id", "case_id", "listed_items")
"""What the service found out about a handover from the clearance, the cases and the registers of that time."""


def clearance_rows(connection: Connection, recorded: AuditedEntry) -> RowsByTable:
    """Return the row of a clearance that was issued."""
    entry = recorded.entry
    decision = find_decision(connection, str(entry.members["decision_id"]))
    if decision is None:
        raise ValueError("the log holds no decision that the clearance is for")
    note = json.loads(entry.payloads[NOTE])
    return {
        clearances: [
            clearance_row(StoredClearance(note, decision.at, recorded.author.name, recorded.sequence))
        ]
    }


def handover_rows(connection: Connection, recorded: AuditedEntry) -> RowsByTable:
    """Return the row of a handover as it was assessed."""
    entry = recorded.entry
    members = entry.members
    judgement = json.loads(entry.payloads[JUDGEMENT])
    taken = judgement.pop(TAKEN, {})
    model = handover_model(words_at(connection, recorded.sequence))
    stated = complete(model.model_validate(recorded.read_stated(HANDOVER)), taken)
    found = {name: members[name] for name in _FOUND}
    used_up = bool(members["used_up"])
    head = {
        "handover_id": entry.key,
        "status": members["status"],
        **judgement,
        "recorded_at": entry.at,
        "recorded_by": recorded.author.name,
        "recorded_late": is_late(stated, day_in(members.get("time_zone", UTC), entry.at)),
        "clearance_id": members["clearance_id"],
        "clearance_used_up": used_up,
        "department": members["department"],
        **found,
    }
    whole = json.dumps(handover_content(head, stated, json.loads(entry.payloads[DECISION])))
    handover = RecordedHandover(
        handover_id=entry.key,
        clearance_id=members["clearance_id"],
        uses_up=members["clearance_id"] if used_up else None,
        department=members["department"],
        request_id=found["request_id"],
        case_id=found["case_id"],
        handed_over_on=stated.handed_over_on,
        recorded_at=entry.at,
        recorded_by=recorded.author.name,
        status=HandoverStatus(members["status"]),
        content=json.loads(redact_texts(whole, recorded.erased_paths(HANDOVER))),
        sequence=recorded.sequence,
    )
    return {
        handovers: [handover_row(handover)],
        handover_corrections: correction_rows(
            stated.superseded, entry.key, recorded.author.role, recorded.sequence
        ),
    }


def transfer_rows(recorded: AuditedEntry) -> RowsByTable:
    """Return the row of a transfer procedure; a reference that was erased is empty."""
    entry = recorded.entry
    stated = TransferStatement.model_validate(recorded.read_stated(TRANSFER))
    reference = "" if recorded.erased_paths(TRANSFER) else stated.reference
    transfer = Transfer(entry.key, stated.recorded_on, reference, entry.at, recorded.author.name)
    return {transfers: [transfer_row(transfer, recorded.sequence)]}


def withdrawal_rows(recorded: AuditedEntry) -> RowsByTable:
    """Return the row of a withdrawal."""
    rows = correction_rows([recorded.entry.key], None, recorded.author.role, recorded.sequence)
    return {handover_corrections: rows}
