"""The approvals in the log, checked anew: whoever stated something might, and what came into force was approved.

After the founding, every decision was taken by the policies that were in force at its place.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from api.domain.approvals.approvers import Officer
from api.domain.approvals.history import (
    APPROVERS,
    FLOOR,
    ApprovalHistory,
    Recorded,
    RecordedActivation,
    RecordedEvidence,
    RecordedStatement,
    approvers_in,
)
from api.domain.approvals.proposal_view import ProposalState, ViewMoment, view_proposal
from api.domain.approvals.statements import (
    AnyOfficerStatement,
    ApprovalStatement,
    EmergencyReturn,
    Founding,
    ProposalStatement,
    ProposalSubject,
    ProposalWithdrawal,
    RestoreConfirmation,
    Revocation,
    StatementAboutProposal,
    digest_of,
)
from api.domain.identity import Credential
from api.ledger.entries import Entry, EntryKind
from api.policies.founding import find_unsigned
from api.signing.faults import SigningFault
from api.signing.notes import parse_note
from api.storage.approval_entries import APPROVALS, BY, DAY, ENGINE
from api.storage.approvals import read_recorded
from engine import Approval

_DECIDED = frozenset({EntryKind.DECISION, EntryKind.HANDOVER})


@dataclass(slots=True)
class ApprovalAudit:
    """The history of approvals as far as the log has been read."""

    _history: ApprovalHistory = field(default_factory=ApprovalHistory)

    def check(self, sequence: int, entry: Entry) -> Iterator[str]:
        """Yield what is wrong with the next entry of the log, as far as approvals are concerned."""
        if entry.kind is EntryKind.POLICIES and BY not in entry.members and self._history.recorded:
            yield f"entry {sequence}: policies came into force without approvals, which were required by then"
            return
        try:
            recorded = read_recorded(sequence, entry)
        except (ValueError, SigningFault) as fault:
            yield f"entry {sequence}: what it states about approvals cannot be read ({fault})"
            return
        if recorded is None:
            yield from self._decided_by_what_was_in_force(sequence, entry)
            return
        for finding in self._check(recorded, entry):
            yield f"entry {sequence}: {finding}"
        self._history = ApprovalHistory((*self._history.recorded, recorded))

    def _decided_by_what_was_in_force(self, sequence: int, entry: Entry) -> Iterator[str]:
        if entry.kind not in _DECIDED or not self._history.is_founded:
            return
        revision = self._history.activations[-1].revision
        if entry.members.get("revision") != revision:
            yield f"entry {sequence}: it was decided by other policies than {revision[:12]}, which were in force"

    def _check(self, recorded: Recorded, entry: Entry) -> Iterator[str]:
        try:
            match recorded:
                case RecordedActivation():
                    yield from self._check_activation(recorded, entry)
                case RecordedEvidence():
                    if recorded.proposal not in self._history.proposals:
                        yield "it is evidence of no proposal in the log"
                case RecordedStatement():
                    yield from self._check_statement(recorded, entry)
        except (ValueError, LookupError, TypeError, StopIteration, SigningFault) as fault:
            yield f"what it rests on is not in the log ({fault})"

    def _check_statement(self, recorded: RecordedStatement, entry: Entry) -> Iterator[str]:
        stated = recorded.stated
        if isinstance(stated, Founding):
            yield from self._check_founding(recorded, stated)
            return
        officer = self._history.in_force.approvers.find(stated.officer)
        if officer is None or stated.officer in self._history.revoked:
            yield f"the {stated.title} is by {stated.officer}, whom the approvers in force then do not name"
            return
        yield from _check_identity(recorded, officer, entry)
        if stated.log != self._history.log:
            yield f"the {stated.title} is for the log {stated.log}"
        if self._history.states(stated):
            yield f"the {stated.title} is in the log before, and counts once"
        yield from self._check_rights(recorded, stated, officer)

    def _check_rights(
        self, recorded: RecordedStatement, stated: AnyOfficerStatement, officer: Officer
    ) -> Iterator[str]:
        """Whether the officer might state this."""
        match stated:
            case ProposalStatement():
                yield from _check_content(recorded, stated)
            case StatementAboutProposal():
                yield from self._check_about(stated)
            case Revocation() if stated.revoked == officer.officer:
                pass
            case Revocation() | RestoreConfirmation() | EmergencyReturn():
                if not officer.decides:
                    yield f"the {stated.title} is by {stated.officer}, who does not decide"
            case Founding():
                pass

    def _check_founding(self, recorded: RecordedStatement, stated: Founding) -> Iterator[str]:
        if self._history.recorded:
            yield "approvals were founded before"
        texts = recorded.texts
        if (digest_of(texts[FLOOR]), digest_of(texts[APPROVERS])) != (stated.floor, stated.approvers):
            yield "the founding is about another floor, or other approvers, than those beside it"
        yield from find_unsigned(parse_note(recorded.note, "founding"), approvers_in(texts[APPROVERS]))

    def _check_about(self, stated: StatementAboutProposal) -> Iterator[str]:
        proposal = self._history.proposals[stated.proposal].stated
        assert isinstance(proposal, ProposalStatement)
        if isinstance(stated, ProposalWithdrawal) and stated.officer != proposal.officer:
            yield f"the proposal is withdrawn by {stated.officer}, who is not its author"
        if isinstance(stated, ApprovalStatement):
            if stated.officer == proposal.officer:
                yield f"the approval is by {stated.officer}, who is the author"
            if (stated.content, stated.base) != (proposal.content, proposal.base):
                yield "the approval is about another revision than the proposal"

    def _check_activation(self, recorded: RecordedActivation, entry: Entry) -> Iterator[str]:
        match recorded.by:
            case Approval.FOUNDED:
                yield from self._check_founded(recorded)
            case Approval.APPROVED:
                yield from self._check_approved(recorded, entry)
            case Approval.RETURNED:
                yield from self._check_returned(recorded)
            case Approval.NONE:
                yield "policies came into force without approvals"

    def _check_founded(self, recorded: RecordedActivation) -> Iterator[str]:
        before = self._history.recorded
        founding = before[-1] if len(before) == 1 else None
        stated = founding.stated if isinstance(founding, RecordedStatement) else None
        if not isinstance(stated, Founding) or stated.content != recorded.revision:
            yield "policies came into force as founded, and no founding of them stands before"

    def _check_approved(self, recorded: RecordedActivation, entry: Entry) -> Iterator[str]:
        history, members = self._history, entry.members
        moment = ViewMoment(entry.at, dt.date.fromisoformat(members[DAY]), str(members[ENGINE]))
        view = view_proposal(history, history.proposals[recorded.cause], moment)
        if view.state is not ProposalState.APPROVED or view.lacking:
            lacking = "; ".join(view.lacking) or f"the proposal was {view.state.value}"
            yield f"policies came into force that were not approved: {lacking}"
        of_policies = view.proposal.subject is ProposalSubject.POLICIES
        if recorded.revision != (view.proposal.content if of_policies else history.in_force.revision):
            yield "another revision came into force than the one that was approved"
        if members[APPROVALS] != [one.recorded.sequence for one in view.counted]:
            yield "it names other approvals than those that counted then"

    def _check_returned(self, recorded: RecordedActivation) -> Iterator[str]:
        history = self._history
        last = history.statements[-1].stated
        if not isinstance(last, EmergencyReturn) or last.digest != recorded.cause:
            yield "policies came into force by a return that nobody stated before"
            return
        if last.content != recorded.revision:
            yield "another revision came into force than the one that was to be returned to"
        if all(one.revision != recorded.revision for one in history.activations):
            yield "policies came into force as earlier ones, and never were in force"


def _check_identity(recorded: RecordedStatement, officer: Officer, entry: Entry) -> Iterator[str]:
    """Whoever is named has signed it, or called: by credentials that are the officer's."""
    stated = recorded.stated
    if recorded.note:
        try:
            parse_note(recorded.note, stated.title).verify([officer.verifying_key])
        except SigningFault as fault:
            yield f"the {stated.title} is not signed by {officer.officer}: {fault.fact}"
        return
    credential, caller = Credential(entry.members["credential"]), str(entry.members["caller"])
    if not officer.is_known_as(credential, caller):
        yield f"the {stated.title} is by {officer.officer}, and the call was made by {caller}"


def _check_content(recorded: RecordedStatement, stated: ProposalStatement) -> Iterator[str]:
    match stated.subject:
        case ProposalSubject.POLICIES:
            return  # the stored revisions are held against their hashes
        case ProposalSubject.FLOOR:
            text = recorded.texts[FLOOR]
        case ProposalSubject.APPROVERS:
            text = recorded.texts[APPROVERS]
    if digest_of(text) != stated.content:
        yield f"the proposal is about another text of the {stated.subject.value} than the one beside it"
