"""Recorded decisions, read from the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.domain.about import about_request
from api.domain.cases.urgency import AnswerLinks, is_urgent, links_of
from api.domain.decision_record import DecisionRecord, UnreadableRequest, read_decided_request
from api.domain.identity import Caller
from api.ledger.entries import DECISION, REQUEST, Entry
from api.ledger.erasure import has_erased
from api.ledger.reader import find_decision
from api.services.answer_members import answer_with
from api.services.context import Context
from api.services.missing_decisions import no_decision
from api.services.recorded_words import words_of_entry
from api.storage.cases import find_case_id
from engine import Request, Vocabulary

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class AnswerEntry:
    """An answer as it is read again (`content`, JSON), with the entry it is from.

    `request` is what was requested, in the words of the `vocabulary`, without erased texts; None if it cannot be read
    any more.
    """

    content: bytes
    entry: Entry
    record: DecisionRecord
    request: Request | None
    vocabulary: Vocabulary


async def show_decision(context: Context, decision_id: str, caller: Caller) -> bytes:
    """Return a decision byte for byte as it was recorded, with what it is about and where it leads by now.

    Raises `ProblemError` if it is not there, or is about another department than that of the caller, and
    StoreUnavailable.
    """
    return (await find_answer(context, decision_id, caller)).content


async def find_answer(context: Context, decision_id: str, caller: Caller) -> AnswerEntry:
    """Return a decision as `show_decision` shows it, with its entry and its request. Raises the same."""
    policies = context.policies.current.policies

    def show(connection: Connection) -> AnswerEntry:
        entry, record = visible_decision(connection, decision_id, caller)
        links = _links(connection, entry, record, caller)
        vocabulary = words_of_entry(connection, entry, policies)
        request = readable_request(entry, vocabulary)
        about = about_request(request, vocabulary, policies) if request else None
        content = answer_with(entry.payloads[DECISION], about, links)
        return AnswerEntry(content, entry, record, request, vocabulary)

    return await context.store.read(show)


def visible_decision(
    connection: Connection, decision_id: str, caller: Caller
) -> tuple[Entry, DecisionRecord]:
    """Return a decision that the caller may know of. Raises `ProblemError`; for others it is not found."""
    entry = find_decision(connection, decision_id)
    record = DecisionRecord.from_members(entry.members) if entry else None
    if entry is None or record is None or caller.department not in (None, record.department):
        raise no_decision(connection)
    return entry, record


def _links(
    connection: Connection, entry: Entry, record: DecisionRecord, caller: Caller
) -> AnswerLinks | None:
    key = (record.department, record.request_id) if record.department else None
    case_id = find_case_id(connection, key) if key else None
    if case_id is None and has_erased(connection, entry):
        return None
    urgent = is_urgent(entry.payloads[DECISION])
    return links_of(entry.key, key, case_id, caller.role, urgent=urgent)


def readable_request(entry: Entry, vocabulary: Vocabulary) -> Request | None:
    """Return the request of a recorded decision, without the texts that are erased; None if it cannot be read."""
    try:
        return read_decided_request(entry.key, entry.members, entry.payloads[REQUEST], vocabulary)
    except UnreadableRequest:
        return None
