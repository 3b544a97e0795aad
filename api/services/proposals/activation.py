"""What comes into force: an approved proposal, at once or on its day; or an earlier set, in an emergency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog

from api.domain.approvals.history import ApprovalHistory
from api.domain.approvals.proposal_view import ProposalState, ProposalView, ViewMoment, view_proposals
from api.domain.approvals.statements import ProposalSubject
from api.ledger.entries import Entry
from api.services.context import Context
from api.services.proposals.commands import approved_policies, moment_at
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


async def activate_due(context: Context) -> None:
    """Bring into force what was approved for a day that has come; whichever process is first does it.

    Raises StoreUnavailable.
    """
    policies = approved_policies(context)
    if not _due(policies.history, moment_at(context, context.clock())):
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
