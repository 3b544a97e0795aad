"""Statements that officers signed, taken only from those whom the approvers in force name."""

from __future__ import annotations

import datetime as dt
from typing import TypeVar

from api.domain.approvals.history import ApprovalHistory
from api.domain.approvals.statements import AnyOfficerStatement, OfficerStatement, read_statement
from api.signing.faults import SigningFault
from api.signing.notes import parse_note

AHEAD = dt.timedelta(minutes=5)
"""By so much the clock of whoever signs may be ahead."""

S = TypeVar("S", bound=OfficerStatement)


def stated_in(written: str) -> AnyOfficerStatement:
    """Return what was stated in a text, or in the signed note around it. Raises `SigningFault`."""
    return read_statement(written if is_statement(written) else parse_note(written, "statement").text)


def is_statement(written: str) -> bool:
    """Whether a text is a statement that nobody signed."""
    return "\n\n" not in written


def read_signed(history: ApprovalHistory, note: str, model: type[S], log: str, at: dt.datetime) -> S:
    """Return what an officer states in a note for the log of this name, read at this time. Raises `SigningFault`.

    It counts once: a note that the history has is refused.
    """
    stated = stated_in(note)
    if not isinstance(stated, model):
        raise SigningFault(f"the note is no {model.title}", "send the note that belongs to this call")
    if stated.log != log:
        raise SigningFault(f"the note is for the log {stated.log}", f"sign one for {log}")
    officer = history.in_force.approvers.find(stated.officer)
    if officer is None or stated.officer in history.revoked:
        raise SigningFault("the note is of nobody whom the approvers in force name", "have an officer sign")
    if stated.at > at + AHEAD:
        raise SigningFault("the note is from the future", "set the clock of whoever signs")
    if history.states(stated):
        raise SigningFault("the note was taken before, and counts once", "sign anew")
    parse_note(note, "note").verify([officer.verifying_key])
    return stated
