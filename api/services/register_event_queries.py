"""What is asked about the registers' events, sessions and dues, apart from HTTP."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from api.domain.dues.answers import DuePolicies, DuesAnswer
from api.domain.dues.due import Due
from api.domain.dues.due_view import due_answer
from api.domain.dues.sessions import session_answer
from api.domain.dues.terms import Terms, read_terms
from api.domain.identity import Caller
from api.domain.registers.answers import EventsAnswer
from api.domain.registers.state import event_to_json
from api.ledger.reader import newest_entry
from api.parsing.fields import MAX_SESSION, read_whole_number
from api.parsing.parameters import country_parameter, day_parameter, wrong_parameter
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.context import Context
from api.services.dues import owed_on
from api.storage.due_records import load_records
from api.storage.register_events import load_events
from engine import PolicySet

if TYPE_CHECKING:
    from sqlalchemy import Connection

EVENTS = frozenset({"session", "list_id", "item_no"})
DUES = frozenset({"as_of", "owner"})
SESSIONS = frozenset({"country"})


async def show_events(context: Context, asked: Mapping[str, str]) -> bytes:
    """Return the events, or those of a session, a list or an item. Raises `ProblemError`."""
    session = read_session(asked["session"]) if "session" in asked else None
    list_id, item_no = asked.get("list_id"), asked.get("item_no")
    if any("\0" in text for text in asked.values()):
        raise wrong("The address holds a null character.")

    def query(connection: Connection) -> list[dict[str, Any]]:
        events = load_events(connection, session=session, list_id=list_id, item_no=item_no)
        return [event_to_json(event, item_no) for event in events]

    return EventsAnswer(events=tuple(await context.store.read(query))).to_bytes()


async def show_session(context: Context, number: str, asked: Mapping[str, str]) -> bytes:
    """Return a session as it stands today. Raises `ProblemError`."""
    session, day = read_session(number), context.clock().date()
    country = country_parameter(asked, "country")
    terms = read_terms(context.policies.current.policies, day)
    country = country or settled_country(terms)
    records = await context.store.read(load_records)
    told = await asyncio.to_thread(session_answer, records, terms, country, session, day)
    return told.to_bytes()


async def show_dues(context: Context, caller: Caller, asked: Mapping[str, str]) -> bytes:
    """Return what is owed, as far as the caller may know of it. Raises `ProblemError`."""
    policies, owner = context.policies.current.policies, asked.get("owner")
    day = day_parameter(asked, "as_of") or context.clock().date()
    if owner is not None and owner not in policies.parties:
        raise wrong_parameter("owner", f"names one of: {', '.join(sorted(policies.parties))}")

    def query(connection: Connection) -> tuple[list[Due], int | None]:
        return owed_on(connection, policies, day), newest_entry(connection)

    dues, entry = await context.store.read(query)
    seen = [due for due in dues if owner in (None, due.who) and may_see(caller, due)]
    return dues_answer(seen, policies, day, entry).to_bytes()


def dues_answer(dues: Iterable[Due], policies: PolicySet, day: dt.date, entry: int | None) -> DuesAnswer:
    """Return dues, with the policies and the log entry they were found by."""
    found = tuple(map(due_answer, dues))
    return DuesAnswer(
        as_of=day,
        policy=DuePolicies(name=policies.name, revision=policies.revision, status=policies.status_on(day)),
        sequence=entry,
        overdue=sum(due.overdue for due in found),
        due=found,
    )


def may_see(caller: Caller, due: Due) -> bool:
    """Whether the caller may know of something owed: a department, where its own cases owe it or are owed it."""
    return caller.department in (None, due.subject.get("department"))


def read_session(text: str) -> int:
    """Return the number of a session. Raises `ProblemError`."""
    session = read_whole_number(text, 1, MAX_SESSION)
    if session is None:
        raise wrong("A session is named by its number, such as 8.")
    return session


def settled_country(terms: Mapping[str, Terms]) -> str:
    """Return the one country whose lists are governed. Raises `ProblemError` where there are several, or none."""
    if len(terms) != 1:
        raise wrong("Name the `country` whose joint committee is meant, such as KP.")
    return next(iter(terms))


def wrong(detail: str) -> ProblemError:
    """Return the problem of a question that cannot be answered."""
    return ProblemError(make_problem(ProblemKind.INVALID_REQUEST, detail))
