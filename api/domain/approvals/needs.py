"""What an open proposal still needs, and what an officer may do about it now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from api.domain.approvals.approvers import Officer, same_person
from api.domain.approvals.history import ApprovalHistory
from api.domain.approvals.proposal_view import ProposalState, ProposalView
from api.domain.approvals.statements import ProposalSubject


class OfficerAct(StrEnum):
    """What officers do about a proposal, by the names of their pages."""

    APPROVE = "approve"
    WITHDRAW_APPROVAL = "withdraw-approval"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    ACTIVATE = "activate"


@dataclass(frozen=True, slots=True)
class ApprovalNeeds:
    """How many approvals of officers who edit policies count, how many have to, and who could still give one.

    `deciding` is None where nobody who decides has to approve as well, and otherwise whether somebody has.
    """

    counted: int
    needed: int
    deciding: bool | None
    editing_officers: tuple[str, ...]
    deciding_officers: tuple[str, ...]


def find_needs(history: ApprovalHistory, view: ProposalView) -> ApprovalNeeds:
    """Return what a proposal needs of the officers."""
    counted = view.counted
    may_approve = [one for one in history.in_force.approvers.officers if may_approve_it(history, view, one)]
    return ApprovalNeeds(
        counted=sum(not one.decides for one in counted),
        needed=history.in_force.approvers.needed,
        deciding=any(one.decides for one in counted) if view.needs_deciding else None,
        editing_officers=tuple(one.officer for one in may_approve if not one.decides),
        deciding_officers=tuple(one.officer for one in may_approve if one.decides),
    )


def may_approve_it(history: ApprovalHistory, view: ProposalView, officer: Officer) -> bool:
    """Whether an approval of an officer would count: not the author's, and of one person one."""
    author = history.approvers_at(view.recorded.sequence).find(view.proposal.officer)
    others = [*(history.records_of(author) if author else ())]
    for one in view.counted:
        others += history.records_of(one.officer) if one.officer else []
    return officer.officer not in history.revoked and not any(same_person(officer, one) for one in others)


def find_acts(history: ApprovalHistory, view: ProposalView, officer: Officer) -> tuple[OfficerAct, ...]:
    """Return what an officer may do about a proposal as it stands, in the order in which it is offered."""
    if not view.state.is_open or officer.officer in history.revoked:
        return ()
    return tuple(_acts(history, view, officer))


def _acts(history: ApprovalHistory, view: ProposalView, officer: Officer) -> Iterator[OfficerAct]:
    if view.state is ProposalState.APPROVED and not view.lacking:
        yield OfficerAct.ACTIVATE
    has_evidence = view.evidence is not None or view.proposal.subject is ProposalSubject.APPROVERS
    if has_evidence and may_approve_it(history, view, officer):
        yield OfficerAct.APPROVE
    if any(one.stated.officer == officer.officer for one in view.counted):
        yield OfficerAct.WITHDRAW_APPROVAL
    yield OfficerAct.WITHDRAW if view.proposal.officer == officer.officer else OfficerAct.REJECT
