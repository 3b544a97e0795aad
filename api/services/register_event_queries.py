"""What is asked about the registers' events, sessions and dues, apart from HTTP."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from api.domain.cases.recordable_facts import read_day
from api.domain.dues.due import Due
from api.domain.dues.sessions import session_to_json
from api.domain.dues.terms import Terms, read_terms
from api.domain.identity import Caller
from api.domain.registers.state import event_to_json
from api.ledger.reader import newest_entry
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.context import Context
from api.services.dues import owed_on
from api.storage.due_records import load_records
from api.storage.register_events import load_events
from engine import PolicySet

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

    return _to_json({"events": await context.store.read(query)})


async def show_session(context: Context, number: str, asked: Mapping[str, str]) -> bytes:
    """Return a session as it stands today. Raises `ProblemError`."""
    session, day = read_session(number), context.clock().date()
    terms = read_terms(context.policies.current.policies, day)
    country = asked.get("country") or settled_country(terms)
    records = await context.store.read(load_records)
    return _to_json(await asyncio.to_thread(session_to_json, records, terms, country, session, day))


async def show_dues(context: Context, caller: Caller, asked: Mapping[str, str]) -> bytes:
    """Return what is owed, as far as the caller may know of it. Raises `ProblemError`."""
    policies, today = context.policies.current.policies, context.clock().date()
    day, owner = today, asked.get("owner")
    if "as_of" in asked:
        found = read_day(asked["as_of"])
        if found is None:
            raise wrong("`as_of` is a day, YYYY-MM-DD.")
        day = found
    if owner is not None and owner not in policies.parties:
        raise wrong(f"`owner` names one of: {', '.join(sorted(policies.parties))}.")

    def query(connection: Connection) -> tuple[list[Due], int | None]:
        return owed_on(connection, policies, day), newest_entry(connection)

    dues, entry = await context.store.read(query)
    seen = [due for due in dues if owner in (None, due.who) and may_see(caller, due)]
    return _to_json(dues_to_json(seen, policies, day, entry))


def dues_to_json(dues: Iterable[Due], policies: PolicySet, day: dt.date, entry: int | None) -> dict[str, Any]:
    """Return dues as plain data, with the policies and the log entry they were found by."""
    found = [due.to_json() for due in dues]
    return {
        "as_of": day.isoformat(),
        "policy": {
            "name": policies.name,
            "revision": policies.revision,
            "status": policies.status_on(day),
        },
        "sequence": entry,
        "overdue": sum(due["overdue"] for due in found),
        "due": found,
    }


def may_see(caller: Caller, due: Due) -> bool:
    """Whether the caller may know of something owed: a department, where its own cases owe it or are owed it."""
    return caller.department in (None, due.subject.get("department"))


def read_session(text: str) -> int:
    """Return the number of a session. Raises `ProblemError`."""
    if not (text.isascii() and text.isdecimal() and 0 < len(text) <= 4 and int(text) > 0):
        raise wrong("A session is named by its number, such as 8.")
    return int(text)


def settled_country(terms: Mapping[str, Terms]) -> str:
    """Return the one country whose lists are governed. Raises `ProblemError` where there are several, or none."""
    if len(terms) != 1:
        raise wrong("Name the `country` whose joint committee is meant, such as KP.")
    return next(iter(terms))


def wrong(detail: str) -> ProblemError:
    """Return the problem of a question that cannot be answered."""
    return ProblemError(make_problem(ProblemKind.INVALID_REQUEST, detail))


def _to_json(said: object) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode()
