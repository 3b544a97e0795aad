"""The requests of the newest decisions, for those who may read these, to be tried under other policies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.domain.decision_record import DecisionRecord
from api.domain.identity import Caller
from api.domain.permissions import may_call
from api.ledger.reader import newest_decisions
from api.services.context import Context
from api.services.decision_queries import readable_request
from api.services.recorded_words import words_of_entry
from engine import Request, Vocabulary
from engine.contract.vocabulary import COUNTRIES

if TYPE_CHECKING:
    from sqlalchemy import Connection

READING = "GET /v1/decisions/{decision_id}"
SHOWN = 10


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """The request of a decision: what it states of the whole and of its first item, by the names of facts."""

    decision_id: str
    at: dt.datetime
    request_id: str
    facts: Mapping[str, Any]


async def newest_requests(context: Context, caller: Caller) -> Sequence[RecordedRequest]:
    """Return the requests of the newest decisions that the caller may read, the last first; none for others.

    Raises StoreUnavailable.
    """
    if not may_call(caller.role, READING) or caller.department is not None:
        return ()
    policies = context.policies.current.policies

    def find(connection: Connection) -> list[RecordedRequest]:
        found: list[RecordedRequest] = []
        for entry in newest_decisions(connection, SHOWN):
            vocabulary = words_of_entry(connection, entry, policies)
            request = readable_request(entry, vocabulary)
            if request is not None:
                record = DecisionRecord.from_members(entry.members)
                facts = facts_of_request(vocabulary, request)
                found.append(RecordedRequest(entry.key, entry.at, record.request_id, facts))
        return found[::-1]

    return await context.store.read(find)


def facts_of_request(vocabulary: Vocabulary, request: Request) -> Mapping[str, Any]:
    """Return what a request states of the whole and of its first item, by the names of facts."""
    facts = {**vocabulary.stated_in_whole(request), **vocabulary.stated_of(request.items[0])}
    mission = request.model_dump(exclude_unset=True).get(COUNTRIES.partition(".")[0]) or {}
    if isinstance(mission, dict) and (countries := mission.get(COUNTRIES.partition(".")[2])):
        facts[COUNTRIES] = countries
    if request.as_of is not None:
        facts["as_of"] = request.as_of
    return facts
