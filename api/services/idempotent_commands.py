"""The one way by which a call records something: once, however often it is repeated under its Idempotency-Key."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from api.ledger.entries import Entry
from api.ledger.group_commit import Unit
from api.policies.active_set import ActiveSet
from api.services.context import Context
from api.storage.stored_responses import IdempotentCall, StoredResponse, find_stored_response, store_response

if TYPE_CHECKING:
    from sqlalchemy import Connection

DRY_RUN = "dry_run"
"""The member of the response that only a dry run has; the parameter of the call has the same name."""


async def record_once(
    context: Context, call: IdempotentCall, unit: Unit[StoredResponse], active: ActiveSet | None = None
) -> StoredResponse:
    """Return the response of `unit`, recorded with its entries; of a repeated call, the response it got before.

    `active` are the policies that the unit goes by: left out, those in force now, which it takes for itself.

    Of a dry run nothing is recorded, its key neither, and its response says that it is one.
    Raises `ProblemError`, of the unit or for a key that stands for another call, `StoreUnavailable`, and
    `PoliciesSuperseded` if other policies are in force by then.
    """

    def once(connection: Connection, place: int) -> tuple[Sequence[Entry], StoredResponse]:
        if answered := find_stored_response(connection, call):
            return (), answered
        entries, response = unit(connection, place)
        return entries, store_response(connection, call, response)

    files = (active or context.policies.current).files
    if not call.dry_run:
        return await context.store.work(once, files)
    tried = await context.store.dry_run(once, files)
    return StoredResponse(json.dumps({**json.loads(tried.answer), DRY_RUN: True}))
