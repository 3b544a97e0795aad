"""Activations of policy sets, recorded in the log."""

from __future__ import annotations

import structlog

from api.ledger.database import StoreUnavailable
from api.ledger.entries import Entry, EntryKind
from api.ledger.revisions import UNPROVED
from api.policies.active import ActiveSet
from api.services.context import Context

log = structlog.get_logger()


async def record_activation(context: Context, active: ActiveSet) -> None:
    """Record that a policy set became active; a failure is logged and not raised."""
    unproved = {} if active.proved else {UNPROVED: True}
    entry = Entry(EntryKind.POLICIES, active.policies.revision, context.clock(), members=unproved)
    try:
        await context.store.append([entry], active.files)
    except StoreUnavailable as error:
        log.error("activation_not_recorded", revision=active.policies.revision, reason=str(error))
