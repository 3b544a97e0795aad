"""What is recorded about approvals with a day: what shall hold from one, and what ends unless somebody acts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from api.domain.approvals.history import ApprovalHistory
from api.domain.approvals.proposal_view import ProposalState, ProposalView, ViewMoment, view_proposals
from api.domain.upcoming import DatedRecord, DatedRecordKind
from engine import DatedChangeKind

DayAt = Callable[[dt.datetime], dt.date]


def find_dated_approvals(
    history: ApprovalHistory, moment: ViewMoment, day_at: DayAt
) -> Iterator[DatedRecord]:
    """Yield the open proposals with their first day, the approvals of open proposals that count with the day on which
    they expire, and an emergency return with the day by which it has to be confirmed.

    `day_at` says which day a time is at the calendar place of the policies.
    """
    if not history.is_founded:
        return
    for view in view_proposals(history, moment):
        if view.state.is_open:
            yield from _of_proposal(view, day_at)
    in_force = history.in_force
    if in_force.confirm_until is not None:
        day, kind = day_at(in_force.confirm_until), DatedRecordKind.EMERGENCY_RETURN
        yield DatedRecord(day, kind, in_force.revision, DatedChangeKind.ENDS)


def _of_proposal(view: ProposalView, day_at: DayAt) -> Iterator[DatedRecord]:
    name = view.proposal_id
    if (first := view.proposal.holds_from) is not None:
        approved = view.state is ProposalState.APPROVED
        yield DatedRecord(first, DatedRecordKind.PROPOSAL, name, DatedChangeKind.BEGINS, approved=approved)
    for one in view.counted:
        day, kind = day_at(one.until), DatedRecordKind.APPROVAL
        yield DatedRecord(day, kind, name, DatedChangeKind.ENDS, officer=one.stated.officer)
