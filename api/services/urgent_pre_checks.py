"""The part of the queue that no case is about yet: urgent requests, each by its newest pre-check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.domain.about import about_request
from api.domain.case_view import deadline_of
from api.domain.cases.answers import UrgentPreCheck
from api.domain.cases.urgency import AnswerLinks, link_to_opening
from api.domain.decision_record import DecisionRecord
from api.domain.identity import Caller
from api.ledger.entries import Entry
from api.ledger.erasure import has_erased
from api.ledger.preconditions import NOTHING
from api.ledger.reader import whole_entries_at
from api.services.decision_queries import readable_request
from api.services.recorded_words import words_of_entry
from api.storage.urgencies import UrgentDecision, find_place, load_urgent
from engine import PolicySet

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class UrgentPage:
    """What a page of the queue begins with, and whether there is more of it.

    With `holds_after` the page before ended among these, and not among the cases.
    """

    pre_checks: Sequence[UrgentPreCheck] = ()
    more: bool = False
    holds_after: bool = False


NONE_URGENT = UrgentPage()


def load_urgent_page(
    connection: Connection,
    caller: Caller,
    party: str | None,
    after: str | None,
    limit: int,
    policies: PolicySet,
) -> UrgentPage:
    """Return the urgent requests without a case that the caller may know of, the longest waiting first.

    They come before the cases: behind the id of a case there are none.
    """
    place = NOTHING if after is None else find_place(connection, after, caller.department)
    if place is None:
        return NONE_URGENT
    found = load_urgent(connection, caller.department, party, place, limit + 1)
    urgent = found[:limit]
    entries = whole_entries_at(connection, [one.sequence for one in urgent])
    shown = tuple(
        _urgent(connection, one, entry, caller, policies) for one, entry in zip(urgent, entries, strict=True)
    )
    return UrgentPage(shown, more=len(found) > limit, holds_after=after is not None)


def _urgent(
    connection: Connection, urgent: UrgentDecision, entry: Entry, caller: Caller, policies: PolicySet
) -> UrgentPreCheck:
    record = DecisionRecord.from_members(entry.members)
    assert record.department is not None, "only a decision about a department has a row"
    vocabulary = words_of_entry(connection, entry, policies)
    request = readable_request(entry, vocabulary)
    return UrgentPreCheck(
        decision_id=entry.key,
        request_id=record.request_id,
        department=record.department,
        evaluated_at=entry.at,
        deadline=deadline_of(vocabulary, request) if request else None,
        waiting_for=urgent.waiting_for,
        about=about_request(request, vocabulary, policies) if request else None,
        links=_links(connection, entry, caller),
    )


def _links(connection: Connection, entry: Entry, caller: Caller) -> AnswerLinks | None:
    """The link to the opening of a case, unless erased texts leave open what it would be about."""
    opening = None if has_erased(connection, entry) else link_to_opening(entry.key, caller.role)
    return None if opening is None else AnswerLinks(open_case=opening)
