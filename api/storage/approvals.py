"""What the log holds about approvals, read into a history; the log itself is the only place where it stands."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from api.domain.approvals.evidence import ProposalEvidence
from api.domain.approvals.history import (
    ApprovalHistory,
    Recorded,
    RecordedActivation,
    RecordedEvidence,
    RecordedStatement,
)
from api.domain.approvals.proposal_view import step_results
from api.domain.approvals.signed_statements import is_statement, stated_in
from api.domain.approvals.statements import AnyOfficerStatement, Founding, ProposalStatement, digest_of
from api.ledger.entries import EVIDENCE, STATEMENT, TEXTS, Entry, EntryKind
from api.storage.approval_entries import APPROVALS, BY, CAUSE, DAY, ENGINE, STATED, approval_entries
from engine import Approval

MOST_REASONS = 20
"""Of the reasons why a change may loosen something, so many are named beside the evidence."""


def load_history(connection: Connection, known: ApprovalHistory | None = None) -> ApprovalHistory:
    """Return the history of approvals: `known`, and what was recorded since. Raises ValueError for an altered log."""
    before = known.recorded if known else ()
    after = before[-1].sequence if before else -1
    entries = approval_entries(connection, after)
    if not entries and known:
        return known
    read = (read_recorded(sequence, entry) for sequence, entry in entries)
    return ApprovalHistory((*before, *(one for one in read if one is not None)))


def read_recorded(sequence: int, entry: Entry) -> Recorded | None:
    """Return what an entry records about approvals; None if nothing. Raises ValueError for an altered one."""
    try:
        return _read(sequence, entry)
    except (LookupError, TypeError, ArithmeticError) as error:
        raise ValueError(f"entry {sequence} cannot be read") from error


def _read(sequence: int, entry: Entry) -> Recorded | None:
    if entry.kind is EntryKind.POLICIES:
        return _activation(sequence, entry)
    if entry.kind is EntryKind.PROPOSAL_EVIDENCE:
        return evidence_of(sequence, entry)
    if entry.kind not in STATED:
        return None
    written = str(json.loads(entry.payloads[STATEMENT]))
    texts: Mapping[str, str] = json.loads(entry.payloads.get(TEXTS, b"{}"))
    note = "" if is_statement(written) else written
    return RecordedStatement(sequence, entry.at, stated_in(written), note=note, texts=texts)


def _activation(sequence: int, entry: Entry) -> RecordedActivation | None:
    """The policies that came into force by approvals; None for those of before."""
    if BY not in entry.members:
        return None
    by, cause = Approval(entry.members[BY]), str(entry.members[CAUSE])
    return RecordedActivation(sequence, entry.at, entry.key, by, cause)


def evidence_of(sequence: int, entry: Entry) -> RecordedEvidence:
    """Return what an entry of evidence says, as far as it decides."""
    content = entry.payloads[EVIDENCE]
    evidence = ProposalEvidence.model_validate_json(content)
    passed, failed = step_results(evidence)
    return RecordedEvidence(
        sequence,
        entry.at,
        proposal=entry.key,
        digest=digest_of(content.decode()),
        base=evidence.base,
        proposed=evidence.proposed,
        floor=evidence.floor,
        engine=evidence.engine,
        passed=passed,
        failed=failed,
        loosens=_bounded([reason.what for reason in evidence.loosens.reasons]),
    )


def _bounded(reasons: list[str]) -> tuple[str, ...]:
    more = len(reasons) - MOST_REASONS
    return (
        *reasons[:MOST_REASONS],
        *([f"and {more} more reasons, which the evidence has"] if more > 0 else []),
    )


def statement_entry(
    stated: AnyOfficerStatement,
    at: dt.datetime,
    *,
    note: str = "",
    texts: Mapping[str, str] | None = None,
    members: Mapping[str, Any] | None = None,
) -> Entry:
    """Return the entry that records a statement, and the note that it was signed in if it was."""
    payloads = {STATEMENT: json.dumps(note or stated.to_text(), ensure_ascii=False).encode()}
    if texts:
        payloads[TEXTS] = json.dumps(texts, ensure_ascii=False).encode()
    kind, key = EntryKind.OFFICER_STATEMENT, getattr(stated, "proposal", stated.digest)
    match stated:
        case Founding():
            kind = EntryKind.APPROVALS_FOUNDED
        case ProposalStatement():
            kind = EntryKind.PROPOSAL
        case _:
            pass
    return Entry(kind, key, at, members or {"caller": stated.officer}, payloads)


def activation_entry(
    revision: str,
    by: Approval,
    cause: str,
    at: dt.datetime,
    *,
    approvals: tuple[int, ...] = (),
    engine: str,
    day: dt.date,
) -> Entry:
    """Return the entry by which policies come into force."""
    members = {
        BY: by.value,
        CAUSE: cause,
        APPROVALS: list(approvals),
        ENGINE: engine,
        DAY: day.isoformat(),
    }
    return Entry(EntryKind.POLICIES, revision, at, members)
