"""A pre-check that is recorded once, however often its form is sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from api.domain.known_facts import NO_RECORDS
from api.domain.permissions import may_call
from api.ledger.entries import Entry
from api.parsing.problems import Problem, ProblemError
from api.parsing.requests import Received
from api.runtime.offload import offload_long
from api.services.context import Context
from api.services.idempotent_commands import record_once
from api.services.pre_checks import READING, decide_one
from api.services.prepared_requests import prepare_request, record_keys
from api.storage.case_records import find_case_records
from api.storage.stored_responses import IdempotentCall, StoredResponse

if TYPE_CHECKING:
    from sqlalchemy import Connection


async def decide_once(context: Context, received: Received, call: IdempotentCall) -> str:
    """Return the id of the decision on a request, recorded at the first call with its key.

    It is decided as `POST /v1/pre-check` decides it. Raises `ProblemError`, StoreUnavailable.
    """
    active = context.policies.current
    prepared = await offload_long(len(call.body), prepare_request, active, *received, call.caller)
    if isinstance(prepared, Problem):
        raise ProblemError(prepared)
    recorded = list[Entry]()

    def unit(connection: Connection, place: int) -> tuple[Sequence[Entry], StoredResponse]:
        reads = may_call(call.caller.role, READING)
        records = find_case_records(connection, *record_keys([prepared])) if reads else NO_RECORDS
        entry = decide_one(received, None, records, active, context.moment(active), call.caller)
        recorded[:] = [entry]
        return [entry], StoredResponse(json.dumps({"decision_id": entry.key}))

    response = await record_once(context, call, unit, active)
    context.count_entries(recorded)
    decision_id: str = json.loads(response.answer)["decision_id"]
    return decision_id
