"""Who states something about a proposal: the caller, where that is an officer, or whoever signed the note."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, TypeVar

from api.domain.approvals.approvers import Officer
from api.domain.approvals.history import ApprovalHistory
from api.domain.approvals.signed_statements import read_signed
from api.domain.approvals.statements import OfficerStatement
from api.domain.identity import Caller
from api.parsing.problems import FieldError, ProblemError, ProblemKind, make_problem
from api.signing.faults import SigningFault
from engine import PartyOffice

S = TypeVar("S", bound=OfficerStatement)


@dataclass(frozen=True, slots=True)
class StatingOfficer:
    """How an officer is known at this call: as its caller, or by a signed `note`; the log is called `log`."""

    caller: Caller
    note: str | None
    log: str
    at: dt.datetime

    @property
    def members(self) -> dict[str, str]:
        """How the log names whoever called, whoever signed."""
        caller = self.caller
        return {"caller": caller.name, "role": caller.role.name, "credential": caller.credential.value}

    def state(self, history: ApprovalHistory, model: type[S], **members: Any) -> S:
        """Return what is stated, by an officer whom the approvers in force name. Raises `ProblemError`.

        A note has to state these `members`, as far as they are given here.
        """
        if self.note is None:
            officer = calling_officer(history, self.caller)
            stated = model(log=self.log, officer=officer.officer, at=self.at, **members)
            if history.states(stated):
                detail = "The same was stated just now. Nothing was recorded."
                raise ProblemError(make_problem(ProblemKind.PROPOSAL_STATE, detail))
            return stated
        try:
            stated = read_signed(history, self.note, model, self.log, self.at)
        except SigningFault as fault:
            raise _not_taken(f"{fault.fact}; {fault.remedy}") from fault
        for name, value in members.items():
            if getattr(stated, name) != value:
                raise _not_taken(f"it states another `{name}` than this call is about")
        return stated


def calling_officer(history: ApprovalHistory, caller: Caller) -> Officer:
    """Return the officer who calls, one who may state something now. Raises `ProblemError`."""
    officer = history.in_force.approvers.officer_calling(caller)
    if officer is None:
        raise _not_an_officer("The approvers in force name nobody who calls with these credentials.")
    if officer.officer in history.revoked:
        raise _not_an_officer("The officer has left.")
    office = PartyOffice.DECIDES if officer.decides else PartyOffice.EDITS_POLICIES
    if office not in caller.role.offices:
        raise _not_an_officer(f"The officer is one of a party that {office.value.replace('_', ' ')}.")
    return officer


def _not_an_officer(detail: str) -> ProblemError:
    return ProblemError(make_problem(ProblemKind.NOT_PERMITTED, f"{detail} Nothing was recorded."))


def _not_taken(detail: str) -> ProblemError:
    fault = FieldError(pointer="/note", detail=detail)
    return ProblemError(make_problem(ProblemKind.INVALID_REQUEST, "Nothing was recorded.", errors=[fault]))
