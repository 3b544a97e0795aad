"""The log keeps when a policy set came into force."""

from __future__ import annotations

import structlog

from api.ledger.database import StoreUnavailable
from api.ledger.entries import Entry, EntryKind
from api.policies.active import ActiveSet
from api.services.context import Context

log = structlog.get_logger()


async def record_activation(context: Context, active: ActiveSet) -> None:
    """Record that a policy set became active; where that fails, say so and go on."""
    unproved = {} if active.proved else {"accepted_unproved": True}
    entry = Entry(EntryKind.POLICIES, active.policies.revision, context.clock(), members=unproved)
    try:
        await context.store.append([entry], active.files)
    except StoreUnavailable as error:
        log.error("activation_not_recorded", revision=active.policies.revision, reason=str(error))
