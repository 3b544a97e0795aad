"""What a service does where approvals are required: found them, and bring into force what is due."""

from __future__ import annotations

import asyncio

from api.domain.approvals.history import ApprovalHistory
from api.domain.approvals.proposal_view import view_proposals
from api.ledger.database import StoreUnavailable
from api.policies.founding import FoundingNote
from api.runtime.loggers import get_logger
from api.services.context import Context
from api.services.proposals.activation import activate_due
from api.services.proposals.commands import approved_policies, moment_at
from api.services.proposals.evidence import start_evidence
from api.services.proposals.founding import found_approvals

DUE_SECONDS = 2.0
"""At this interval it is looked for proposals whose day has come."""

log = get_logger()


async def begin_approved(context: Context, founding: FoundingNote | None) -> None:
    """Record a founding that has to be, and take up what is in force. Raises StoreUnavailable."""
    if founding is not None:
        await found_approvals(context.store, founding, context.clock)
    policies = approved_policies(context)
    await policies.catch_up()
    _resume_evidence(context, policies.history)


def _resume_evidence(context: Context, history: ApprovalHistory) -> None:
    """Compute what a process that stopped may have left: the evidence of open proposals that have none."""
    moment = moment_at(context, context.clock())
    for view in view_proposals(history, moment):
        if view.state.is_open and view.evidence is None:
            start_evidence(context, view.proposal_id)


async def follow_days(context: Context, stop: asyncio.Event) -> None:
    """Bring into force what is due, until `stop` is set."""
    stopping = asyncio.create_task(stop.wait())
    while not stop.is_set():
        try:
            await activate_due(context)
        except StoreUnavailable as error:
            log.warning("days_not_followed", reason=str(error))
        except Exception:
            log.exception("days_not_followed")
        await asyncio.wait({stopping}, timeout=DUE_SECONDS)
