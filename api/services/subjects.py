"""What cases and urgent requests are about, in words, for lists that would otherwise name them by their ids alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.domain.about import About, about_request
from api.domain.cases.case import Moment, request_of, state_at
from api.domain.decision_record import DecisionRecord
from api.domain.dues.due import Due
from api.ledger.reader import whole_entries_at
from api.services.context import Context
from api.services.decision_queries import readable_request
from api.services.recorded_words import words_of_entry
from api.storage.cases import load_cases_among
from engine import PolicySet

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class RequestSubject:
    """A request: its id, and what it is about; None where its texts cannot be read any more."""

    request_id: str
    about: About | None


def subjects_of_cases(
    connection: Connection, case_ids: Collection[str], policies: PolicySet, day: dt.date
) -> Mapping[str, RequestSubject]:
    """Return what cases are about on a day, by their ids; of a case that is not there nothing."""
    found = dict[str, RequestSubject]()
    for case in load_cases_among(connection, case_ids) if case_ids else ():
        request = request_of(policies.vocabulary, case, state_at(case, Moment(day, None)), day)
        about = about_request(request, policies.vocabulary, policies)
        found[case.case_id] = RequestSubject(case.request_id, about)
    return found


def subjects_of_decisions(
    connection: Connection, places: Sequence[int], policies: PolicySet
) -> Mapping[str, RequestSubject]:
    """Return what the decisions at places of the log are about, by their ids."""
    found = dict[str, RequestSubject]()
    for entry in whole_entries_at(connection, places) if places else ():
        vocabulary = words_of_entry(connection, entry, policies)
        request = readable_request(entry, vocabulary)
        about = about_request(request, vocabulary, policies) if request else None
        found[entry.key] = RequestSubject(DecisionRecord.from_members(entry.members).request_id, about)
    return found


async def read_subjects_of_dues(context: Context, dues: Iterable[Due]) -> Mapping[str, RequestSubject]:
    """Return what the cases of things that are due are about today, by their ids. Raises `StoreUnavailable`."""
    policies = context.policies.current.policies
    day = policies.day_at(context.clock())
    case_ids = {str(due.subject["case_id"]) for due in dues if due.subject.get("case_id")}
    return await context.store.read(lambda connection: subjects_of_cases(connection, case_ids, policies, day))
