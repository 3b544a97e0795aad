"""What is asked about cases: one of them, or the queue; each as of two times."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from api.cases.case import Moment
from api.cases.facts import read_day
from api.cases.presenting import Told, case_to_json, queue_to_json, tell
from api.cases.recording import visible
from api.cases.shelf import load_case, load_cases
from api.identity import Caller
from api.problems import ProblemError, ProblemKind, make_problem
from api.service import Service

TIMES = frozenset({"held_on", "known_at"})
QUEUE = TIMES | {"waiting_for", "sort"}
DEADLINE = "deadline"

_TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shown:
    """A case in JSON; `version` is given where the case was asked for as it is now."""

    content: bytes
    version: int | None


async def show_case(service: Service, case_id: str, caller: Caller, asked: Mapping[str, str]) -> Shown:
    """Return the case at the moment that was asked for. Raises `ProblemError`."""
    at = service.clock()
    moment = _moment(asked, at)
    case = visible(await service.store.read(lambda connection: load_case(connection, case_id)), caller)
    told = tell(case, moment, service.policies.current.policies, at)
    if told is None:
        raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "The case had not been opened by then."))
    return Shown(case_to_json(told, caller.role), None if asked else case.version)


async def show_queue(service: Service, caller: Caller, asked: Mapping[str, str]) -> bytes:
    """Return the cases the caller may know of, those that wait for somebody alone if asked. Raises `ProblemError`."""
    at, policies = service.clock(), service.policies.current.policies
    moment = _moment(asked, at)
    party, sort = asked.get("waiting_for"), asked.get("sort")
    if party is not None and party not in policies.parties:
        raise _wrong(f"`waiting_for` names one of: {', '.join(sorted(policies.parties))}.")
    if sort not in (None, DEADLINE):
        raise _wrong("`sort` can be `deadline`; without it the cases stand in the order of their opening.")
    cases = await service.store.read(lambda connection: load_cases(connection, caller.department))

    def queue() -> bytes:
        told = [told for case in cases if (told := tell(case, moment, policies, at))]
        waiting = [told for told in told if party is None or party in told.waiting_for]
        return queue_to_json(sorted(waiting, key=_by_deadline) if sort else waiting)

    return await asyncio.to_thread(queue)


def _by_deadline(told: Told) -> tuple[dt.date, dt.datetime]:
    return told.deadline or dt.date.max, told.case.opened_at


def _moment(asked: Mapping[str, str], now: dt.datetime) -> Moment:
    """Return the moment that is asked for. What was known then is asked about that day, unless another is named."""
    known_at, held_on = None, None
    if "known_at" in asked:
        found = _read_timestamp(asked["known_at"])
        if found is None:
            raise _wrong("`known_at` is a time with its zone, such as 1965-03-01T12:00:00Z.")
        known_at = found
    if "held_on" in asked:
        held_on = read_day(asked["held_on"])
        if held_on is None:
            raise _wrong("`held_on` is a day, YYYY-MM-DD.")
    return Moment(held_on or (known_at or now).date(), known_at)


def _read_timestamp(text: str) -> dt.datetime | None:
    if not _TIMESTAMP.fullmatch(text):
        return None
    try:
        return dt.datetime.fromisoformat(text).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def _wrong(detail: str) -> ProblemError:
    return ProblemError(make_problem(ProblemKind.INVALID_REQUEST, detail))
