"""What comes into force: an approved proposal, at once or on its day; or an earlier set, in an emergency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from api.domain.approvals.history import FLOOR, ApprovalHistory
from api.domain.approvals.proposal_view import (
    ProposalState,
    ProposalView,
    ViewMoment,
    view_proposal,
    view_proposals,
)
from api.domain.approvals.statements import ProposalStatement, ProposalSubject
from api.ledger.entries import Entry
from api.ledger.revisions import find_revision
from api.parsing.problems import ProblemError
from api.parsing.requests import MAX_ERRORS
from api.runtime.loggers import get_logger
from api.services.context import Context
from api.services.proposals.commands import approved_policies, find_proposal, moment_at, not_now
from api.storage.approvals import activation_entry, load_history
from engine import Approval

if TYPE_CHECKING:
    from sqlalchemy import Connection

log = get_logger()


def activate(history: ApprovalHistory, view: ProposalView, moment: ViewMoment) -> Entry:
    """Return the entry by which a proposal that lacks nothing comes into force."""
    of_policies = view.proposal.subject is ProposalSubject.POLICIES
    return activation_entry(
        view.proposal.content if of_policies else history.in_force.revision,
        Approval.APPROVED,
        view.proposal_id,
        moment.at,
        approvals=tuple(one.recorded.sequence for one in view.counted),
        engine=moment.engine,
        day=moment.today,
    )


async def check_usable(context: Context, proposal_id: str) -> bool:
    """Return whether it was found that what a proposal brings into force can be active in this process.

    Raises `ProblemError` where it cannot: the evidence does not know the settings of the service, such as which texts
    are erasable. A proposal that lacks something else is not looked at.
    """
    policies = approved_policies(context)
    await policies.catch_up()
    recorded = find_proposal(policies.history, proposal_id)
    if view_proposal(policies.history, recorded, moment_at(context, context.clock())).lacking:
        return False
    proposal = recorded.stated
    assert isinstance(proposal, ProposalStatement)
    match proposal.subject:
        case ProposalSubject.POLICIES:
            await check_revision(context, proposal.content)
        case ProposalSubject.FLOOR:
            await check_revision(context, policies.in_force.revision, recorded.texts[FLOOR])
        case ProposalSubject.APPROVERS:
            pass
    return True


async def check_revision(context: Context, revision: str, floor: str | None = None) -> None:
    """Raise `ProblemError` where a revision could not be active in this process: under a floor, or that in force."""
    policies = approved_policies(context)
    files = await context.store.read(lambda connection: find_revision(connection, revision))
    if files is None:
        raise not_now("The ledger does not have the files of this revision.")
    if faults := await policies.find_faults(files, floor or policies.in_force.floor):
        raise not_now("It cannot be active in this service.", [str(fault) for fault in faults[:MAX_ERRORS]])


async def activate_due(context: Context) -> None:
    """Bring into force what was approved for a day that has come; whichever process is first does it.

    What cannot be active holds up nothing else. Raises StoreUnavailable.
    """
    policies = approved_policies(context)
    for proposal_id in _due(policies.history, moment_at(context, context.clock())):
        try:
            is_usable = await check_usable(context, proposal_id)
        except ProblemError as problem:
            log.error("due_policies_not_usable", proposal_id=proposal_id, reason=str(problem.problem))
        else:
            if is_usable:
                await _activate_one(context, proposal_id)


async def _activate_one(context: Context, proposal_id: str) -> None:
    policies = approved_policies(context)

    def unit(connection: Connection, _: int) -> tuple[Sequence[Entry], bool]:
        history = load_history(connection, policies.history)
        moment = moment_at(context, context.clock())
        if proposal_id not in _due(history, moment):
            return (), False
        view = view_proposal(history, history.proposals[proposal_id], moment)
        return [activate(history, view, moment)], True

    if await context.store.work(unit):
        log.info("proposal_in_force_on_its_day", proposal_id=proposal_id)
    await policies.catch_up()


def _due(history: ApprovalHistory, moment: ViewMoment) -> list[str]:
    """The proposals with a day that has come which lack nothing, the oldest first."""
    return [
        view.proposal_id
        for view in reversed(view_proposals(history, moment))
        if view.proposal.holds_from and view.state is ProposalState.APPROVED and not view.lacking
    ]
