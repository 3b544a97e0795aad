"""What comes into force: an approved proposal, at once or on its day; or an earlier set, in an emergency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog

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
from api.services.context import Context
from api.services.proposals.commands import approved_policies, find_proposal, moment_at, not_now
from api.storage.approvals import activation_entry, load_history
from engine import Approval

if TYPE_CHECKING:
    from sqlalchemy import Connection

log = structlog.get_logger()


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


async def check_usable(context: Context, proposal_id: str) -> None:
    """Raise `ProblemError` where what a proposal would bring into force could not be active in this process.

    The evidence does not know the settings of the service, such as which texts are erasable. Of a proposal that
    lacks something else, it is not looked at.
    """
    policies = approved_policies(context)
    recorded = find_proposal(policies.history, proposal_id)
    if view_proposal(policies.history, recorded, moment_at(context, context.clock())).lacking:
        return
    proposal, in_force = recorded.stated, policies.in_force
    assert isinstance(proposal, ProposalStatement)
    of_policies = proposal.subject is ProposalSubject.POLICIES
    revision = proposal.content if of_policies else in_force.revision
    files = await context.store.read(lambda connection: find_revision(connection, revision))
    floor = recorded.texts[FLOOR] if proposal.subject is ProposalSubject.FLOOR else in_force.floor
    if files is None:
        raise not_now("The ledger has not the files of this revision.")
    if faults := await policies.find_faults(files, floor):
        raise not_now("It cannot be active in this service.", [str(fault) for fault in faults[:MAX_ERRORS]])


async def activate_due(context: Context) -> None:
    """Bring into force what was approved for a day that has come; whichever process is first does it.

    Raises StoreUnavailable.
    """
    policies = approved_policies(context)
    due = _due(policies.history, moment_at(context, context.clock()))
    if not due:
        return
    try:
        await check_usable(context, due[0].proposal_id)
    except ProblemError as problem:
        log.error("due_policies_not_usable", proposal_id=due[0].proposal_id, reason=str(problem.problem))
        return

    def unit(connection: Connection, _: int) -> tuple[Sequence[Entry], list[str]]:
        history = load_history(connection, policies.history)
        moment = moment_at(context, context.clock())
        due = _due(history, moment)[:1]  # after one, another is based on something else
        return [activate(history, view, moment) for view in due], [view.proposal_id for view in due]

    for proposal_id in await context.store.work(unit):
        log.info("proposal_in_force_on_its_day", proposal_id=proposal_id)
    await policies.catch_up()


def _due(history: ApprovalHistory, moment: ViewMoment) -> list[ProposalView]:
    """The proposals with a day that has come which lack nothing, the oldest first."""
    return [
        view
        for view in reversed(view_proposals(history, moment))
        if view.proposal.holds_from and view.state is ProposalState.APPROVED and not view.lacking
    ]
