"""A case: its facts at both times, the decision about it, what waits for whom, its history; and opening one."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from itertools import groupby

from starlette.responses import Response

from api.console.cases.line_pages import LinePage, read_line_page
from api.console.cases.queue import names_of
from api.console.cases.words import ask_of, party_name, show_value
from api.console.frame.problem_words import Sentence
from api.console.frame.time_left import time_left
from api.console.frame.visits import Visit
from api.domain.case_view import CaseView, case_answer
from api.domain.cases.answers import CaseAnswer, FactAnswer
from api.services.case_openings import open_case
from api.services.case_queries import TIMES, read_case
from api.services.live.pages import end_of_log

MAX_HISTORY = 60
"""The most records that the time line of a page shows, the newest."""
_CLOCK = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")


async def show_case_page(visit: Visit) -> Response:
    """Show a case as it is now, or as it was held on a day, or known at a time."""
    return await render_case(visit)


async def render_case(visit: Visit, status: int = 200, faults: tuple[Sentence, ...] = ()) -> Response:
    """Return the page of the case of the address, with what was wrong with a form of it."""
    query = times_of(visit.query)
    place = await end_of_log(visit.context)
    view = await read_case(
        visit.context, visit.request.path_params["case_id"], visit.caller, query, visit.language
    )
    answer = case_answer(view, visit.caller.role)
    lines = read_line_page(view.case.lines, visit.query)
    shown = set(lines.marks)
    return visit.render(
        "cases/case.html",
        status,
        place=place,
        view=view,
        case=answer,
        decision=view.decision,
        lines=lines,
        answers=[line for line in view.decision.lines if line.line in shown],
        duties=[duty for duty in answer.duties if duty.line in shown],
        done=[duty for duty in answer.done if duty.line in shown],
        left=time_left(view.deadline, view.moment.held_on),
        waits=names_of(visit, answer.waiting_for),
        query=query,
        faults=faults,
        groups=group_facts(lines, answer.facts),
        history=_acts(tuple(reversed(answer.history))[:MAX_HISTORY]),
        earlier=max(len(answer.history) - MAX_HISTORY, 0),
        correctable=frozenset() if query else _correctable(visit, view, answer),
        may_record=not query
        and visit.may("POST /v1/cases/{case_id}/facts")
        and bool(visit.caller.role.records),
        may_clear=not query and visit.may("POST /v1/clearances") and _permits(view),
        may_hand_over=visit.may("POST /v1/handovers"),
        ask=lambda fact: ask_of(visit, fact),
        value=lambda fact: show_value(visit, fact.fact, fact.value),
        party=lambda one: party_name(visit, one),
    )


async def open_new_case(visit: Visit) -> Response:
    """Open a case with the request of a decision."""
    statement = {"decision_id": visit.form.get("decision_id")}
    opened = await open_case(visit.context, visit.call("/v1/cases", statement))
    return visit.redirect(f"/cases/{json.loads(opened.answer)['case_id']}")


def times_of(query: Mapping[str, str]) -> dict[str, str]:
    """Return the two times of a query, a time of a clock as one in UTC; an empty field names none."""
    times = {name: query[name] for name in sorted(TIMES) if query.get(name)}
    if _CLOCK.fullmatch(known_at := times.get("known_at", "")):
        times["known_at"] = f"{known_at}{'' if known_at.count(':') > 1 else ':00'}Z"
    return times


def group_facts(
    lines: LinePage, facts: tuple[FactAnswer, ...]
) -> list[tuple[int | str | None, list[FactAnswer]]]:
    """Return the facts of lines, those of the whole request first; a line without any is left out."""
    groups: dict[int | str | None, list[FactAnswer]] = {None: [], **{mark: [] for mark in lines.marks}}
    for fact in facts:
        if fact.line in groups:
            groups[fact.line].append(fact)
    return [(mark, found) for mark, found in groups.items() if found]


def _acts(history: tuple[FactAnswer, ...]) -> list[tuple[dt.datetime, str, list[FactAnswer]]]:
    """Group records by when and by whom they were made: what was recorded together stands together."""
    acts = groupby(history, key=lambda fact: (fact.recorded_at, fact.recorded_by))
    return [(at, who, [*facts]) for (at, who), facts in acts]


def _correctable(visit: Visit, view: CaseView, answer: CaseAnswer) -> frozenset[int]:
    """The positions of the facts that the visitor's role may correct."""
    role = visit.caller.role
    if not visit.may("POST /v1/cases/{case_id}/facts"):
        return frozenset()
    return frozenset(
        fact.position
        for fact in answer.facts
        if fact.fact in role.records and (role.decides or fact.role == role.name)
    )


def _permits(view: CaseView) -> bool:
    return any(line.outcome.permits for line in view.decision.lines)
