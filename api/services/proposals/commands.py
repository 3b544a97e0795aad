"""The one way to record a statement about a proposal: under the lock of the log, by what that holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from api.domain.approvals.answers import describe_proposal
from api.domain.approvals.history import ApprovalHistory, RecordedStatement
from api.domain.approvals.proposal_view import ProposalView, ViewMoment, view_proposal
from api.domain.approvals.statements import NONE, AnyOfficerStatement
from api.domain.identity import Credential
from api.ledger.entries import Entry
from api.ledger.restorings import Restoring
from api.parsing.problems import FieldError, ProblemError, ProblemKind, make_problem
from api.policies.approved import ApprovedPolicies
from api.runtime.engine_fingerprint import fingerprint_engine
from api.services.context import Context
from api.services.idempotent_commands import record_once
from api.services.proposals.officers import StatingOfficer
from api.signing.text import is_line
from api.storage.approvals import load_history, read_recorded, statement_entry
from api.storage.stored_responses import IdempotentCall, StoredResponse

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class CommandInputs:
    """What a command on proposals has at hand, inside the transaction: the history, the moment, who speaks."""

    connection: Connection
    place: int
    history: ApprovalHistory
    moment: ViewMoment
    speaker: StatingOfficer
    restored: Restoring | None
    """How the ledger was restored from a backup, while nobody has confirmed that."""

    def view(self, proposal_id: str) -> ProposalView:
        """Return a proposal as it stands. Raises `ProblemError`."""
        return view_proposal(self.history, find_proposal(self.history, proposal_id), self.moment)

    def open_proposal(self, proposal_id: str) -> ProposalView:
        """Return a proposal of which something can still become. Raises `ProblemError`."""
        view = self.view(proposal_id)
        if not view.state.is_open:
            raise not_now(f"The proposal is {view.state.value}.")
        return view

    def entry_of(self, stated: AnyOfficerStatement, texts: Mapping[str, str] | None = None) -> Entry:
        """Return the entry of what was stated."""
        speaker = self.speaker
        return statement_entry(
            stated, self.moment.at, note=speaker.note or "", texts=texts, members=speaker.members
        )

    def recorded(self, entries: Sequence[Entry], proposal_id: str) -> tuple[Sequence[Entry], StoredResponse]:
        """Return entries to record, and how a proposal stands after them."""
        history = self.after(entries)
        view = view_proposal(history, find_proposal(history, proposal_id), self.moment)
        return entries, StoredResponse(describe_proposal(history, view).to_text())

    def after(self, entries: Sequence[Entry]) -> ApprovalHistory:
        """Return the history as it is once these entries are recorded."""
        read = (read_recorded(place, entry) for place, entry in enumerate(entries, self.place))
        return ApprovalHistory((*self.history.recorded, *(one for one in read if one is not None)))


Command = Callable[[CommandInputs], tuple[Sequence[Entry], StoredResponse]]


@cache
def own_engine() -> str:
    """Return the fingerprint of the engine of this process, as it was when it was needed first."""
    return fingerprint_engine()


def approved_policies(context: Context) -> ApprovedPolicies:
    """Return the policies that are approved in the ledger. Raises `ProblemError` where a folder is watched."""
    if not isinstance(context.policies, ApprovedPolicies):
        detail = "The policies are those of a watched folder; see docs/use/approvals.md."
        raise ProblemError(make_problem(ProblemKind.NO_APPROVALS, detail))
    return context.policies


def moment_at(context: Context, at: dt.datetime) -> ViewMoment:
    """Return the moment of something that happens now."""
    return ViewMoment(at, context.policies.current.policies.day_at(at), own_engine())


async def record_command(
    context: Context, call: IdempotentCall, note: str | None, command: Command
) -> StoredResponse:
    """Run a command, record its entries, and take up what came into force by it. Raises `ProblemError`."""
    policies = approved_policies(context)
    if call.caller.credential is Credential.NONE:
        detail = "Nobody is identified here, so nothing is proposed or approved."
        raise ProblemError(make_problem(ProblemKind.NOT_PERMITTED, detail))

    def unit(connection: Connection, place: int) -> tuple[Sequence[Entry], StoredResponse]:
        at = context.clock()
        history = load_history(connection, policies.history)
        speaker = StatingOfficer(call.caller, note, context.settings.log_origin, at)
        moment, restored = moment_at(context, at), policies.state.restored
        return command(CommandInputs(connection, place, history, moment, speaker, restored))

    response = await record_once(context, call, unit)
    await policies.catch_up()
    return response


def find_proposal(history: ApprovalHistory, proposal_id: str) -> RecordedStatement:
    """Return a proposal by its id. Raises `ProblemError`."""
    if (found := history.proposals.get(proposal_id)) is None:
        raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "No proposal has this id."))
    return found


def not_now(detail: str, reasons: Sequence[str] = ()) -> ProblemError:
    """Return the problem of a proposal that does not permit a call as it stands, with each reason."""
    errors = [FieldError(detail=reason) for reason in reasons]
    problem = make_problem(ProblemKind.PROPOSAL_STATE, f"{detail} Nothing was recorded.", errors=errors)
    return ProblemError(problem)


def in_one_line(text: str, pointer: str) -> str:
    """Return words in one line, as a statement has them. Raises `ProblemError` for none."""
    line = " ".join(text.split())
    if not is_line(line) or line in ("", NONE):
        raise wrong_member(pointer, "say it in words")
    return line


def wrong_member(pointer: str, detail: str) -> ProblemError:
    """Return the problem of a member that cannot be used."""
    fault = FieldError(pointer=pointer, detail=detail)
    return ProblemError(make_problem(ProblemKind.INVALID_REQUEST, "Nothing was recorded.", errors=[fault]))
