"""Queries about the registers' events, sessions and dues."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from api.domain.dues.answers import DuePolicies, DuesAnswer, SessionAnswer
from api.domain.dues.due import Due
from api.domain.dues.due_view import due_answer
from api.domain.dues.list_terms import ListTerms, read_list_terms
from api.domain.dues.sessions import session_answer
from api.domain.identity import Caller
from api.domain.registers.answers import EventsAnswer
from api.domain.registers.state import event_to_json
from api.ledger.reader import newest_entry
from api.parsing.fields import MAX_SESSION, read_whole_number
from api.parsing.parameters import country_parameter, day_parameter, name_parameter, wrong_parameter
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.context import Context
from api.services.dues import dues_on
from api.services.required_registers import require_registers
from api.storage.due_records import load_due_records
from api.storage.register_events import load_events
from engine import PolicySet

if TYPE_CHECKING:
    from sqlalchemy import Connection

EVENTS = frozenset({"session", "list_id", "item_no"})
DUES = frozenset({"as_of", "owner"})
SESSIONS = frozenset({"country"})


async def show_events(context: Context, query: Mapping[str, str]) -> bytes:
    """Return the events, or those of a session, a list or an item. Raises `ProblemError`."""
    require_registers(context.policies.current.policies)
    session = read_session(query["session"]) if "session" in query else None
    list_id, item_no = name_parameter(query, "list_id"), name_parameter(query, "item_no")

    def load(connection: Connection) -> list[dict[str, Any]]:
        events = load_events(connection, session=session, list_id=list_id, item_no=item_no)
        return [event_to_json(event, item_no) for event in events]

    return EventsAnswer(events=tuple(await context.store.read(load))).to_bytes()


async def show_session(context: Context, number: str, query: Mapping[str, str]) -> bytes:
    """Return a session as it stands today. Raises `ProblemError`."""
    policies = context.policies.current.policies
    registers, session = require_registers(policies), read_session(number)
    country, day = country_parameter(query, "country"), policies.day_at(context.clock())
    terms = read_list_terms(policies, day)
    country = country or sole_country(terms)
    records = await context.store.read(load_due_records)
    answer = await asyncio.to_thread(session_answer, records, registers, terms, country, session, day)
    return answer.to_bytes()


async def session_of(context: Context, number: int, country: str | None) -> SessionAnswer:
    """Return the same from what is held in memory. Raises `ProblemError`."""
    policies = context.policies.current.policies
    registers, day = require_registers(policies), policies.day_at(context.clock())
    terms = read_list_terms(policies, day)
    country = country or sole_country(terms)
    return await context.store.read(
        lambda connection: context.registers.derived(
            connection,
            policies,
            day,
            (country, number),
            lambda records: session_answer(records, registers, terms, country, number, day),
        )
    )


async def dues_of(context: Context, caller: Caller, owner: str) -> list[Due]:
    """Return the dues of today that the caller may know of, from what is held in memory; `owner` is any if empty."""
    policies = context.policies.current.policies
    day = policies.day_at(context.clock())
    dues = await context.store.read(lambda connection: context.registers.dues(connection, policies, day))
    return [due for due in dues if owner in ("", due.who) and may_see(caller, due)]


async def show_dues(context: Context, caller: Caller, query: Mapping[str, str]) -> bytes:
    """Return the dues that the caller may know of. Raises `ProblemError`."""
    policies, owner = context.policies.current.policies, query.get("owner")
    day = day_parameter(query, "as_of") or policies.day_at(context.clock())
    if owner is not None and owner not in policies.parties:
        raise wrong_parameter("owner", f"names one of: {', '.join(sorted(policies.parties))}")

    def load(connection: Connection) -> tuple[list[Due], int | None]:
        return dues_on(connection, policies, day), newest_entry(connection)

    dues, entry = await context.store.read(load)
    visible = [due for due in dues if owner in (None, due.who) and may_see(caller, due)]
    return dues_answer(visible, policies, day, entry).to_bytes()


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
    """Whether the caller may know of a due: a department, if it concerns one of its own cases."""
    return caller.department in (None, due.subject.get("department"))


def read_session(text: str) -> int:
    """Return the number of a session. Raises `ProblemError`."""
    session = read_whole_number(text, 1, MAX_SESSION)
    if session is None:
        raise invalid_query("A session is named by its number, such as 8.")
    return session


def sole_country(terms: Mapping[str, ListTerms]) -> str:
    """Return the one country whose lists are governed. Raises `ProblemError` where there are several, or none."""
    if len(terms) != 1:
        raise invalid_query("Name the `country` whose session is meant, such as KP.")
    return next(iter(terms))


def invalid_query(detail: str) -> ProblemError:
    """Return the problem of a query that cannot be answered."""
    return ProblemError(make_problem(ProblemKind.INVALID_REQUEST, detail))
