"""Who states something about a proposal: the caller, where that is an officer, or whoever signed the note."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, TypeVar

from api.domain.approvals.approvers import Officer
from api.domain.approvals.history import ApprovalHistory
from api.domain.approvals.statements import OfficerStatement
from api.domain.identity import Caller
from api.parsing.problems import FieldError, ProblemError, ProblemKind, make_problem
from api.signing.faults import SigningFault
from api.signing.notes import parse_note
from api.storage.approvals import stated_in
from engine import PartyOffice

AHEAD = dt.timedelta(minutes=5)
"""By so much the clock of whoever signs may be ahead."""

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
            officer = self._calling(history)
            return model(log=self.log, officer=officer.officer, at=self.at, **members)
        try:
            stated = self._signed(history, self.note, model)
        except SigningFault as fault:
            raise _not_taken(f"{fault.fact}; {fault.remedy}") from fault
        for name, value in members.items():
            if getattr(stated, name) != value:
                raise _not_taken(f"it states another `{name}` than this call is about")
        return stated

    def _calling(self, history: ApprovalHistory) -> Officer:
        officer = history.in_force.approvers.officer_calling(self.caller)
        if officer is None:
            raise _not_an_officer("The approvers in force name nobody who calls with these credentials.")
        if officer.officer in history.revoked:
            raise _not_an_officer("The officer has left.")
        office = PartyOffice.DECIDES if officer.decides else PartyOffice.EDITS_POLICIES
        if office not in self.caller.role.offices:
            raise _not_an_officer(f"The officer is one of a party that {office.value.replace('_', ' ')}.")
        return officer

    def _signed(self, history: ApprovalHistory, note: str, model: type[S]) -> S:
        stated = stated_in(note)
        if not isinstance(stated, model):
            raise SigningFault(f"the note is no {model.title}", "send the note that belongs to this call")
        if stated.log != self.log:
            raise SigningFault(f"the note is for the log {stated.log}", f"sign one for {self.log}")
        officer = history.in_force.approvers.find(stated.officer)
        if officer is None or officer.officer in history.revoked:
            raise SigningFault(
                "the note is of nobody whom the approvers in force name", "have an officer sign"
            )
        if stated.at > self.at + AHEAD:
            raise SigningFault("the note is from the future", "set the clock of whoever signs")
        if any(one.stated.digest == stated.digest for one in history.statements):
            raise SigningFault("the note was taken before, and counts once", "sign anew")
        parse_note(note, "note").verify([officer.verifying_key])
        return stated


def _not_an_officer(detail: str) -> ProblemError:
    return ProblemError(make_problem(ProblemKind.NOT_PERMITTED, f"{detail} Nothing was recorded."))


def _not_taken(detail: str) -> ProblemError:
    fault = FieldError(pointer="/note", detail=detail)
    return ProblemError(make_problem(ProblemKind.INVALID_REQUEST, "Nothing was recorded.", errors=[fault]))
