"""Answers: decided and recorded from an interview, shown again, and what leads on from them."""

from __future__ import annotations

import hashlib
import hmac
from functools import partial
from urllib.parse import quote

from pydantic import ValidationError
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from api.console.desk.answer_views import view_answer
from api.console.desk.change_views import MOST_LINES, view_changes
from api.console.desk.interview import show_state
from api.console.desk.interview_state import begin_alike, read_state, unreadable
from api.console.frame.problem_words import Sentence
from api.console.frame.visits import Visit, faults_of
from api.domain.interview.state import MAX_LINES, Interview
from api.domain.interview.written import received_of
from api.http.request_body import wait_until_left
from api.parsing.fields import read_whole_number
from api.parsing.problems import Problem, ProblemError, ProblemKind, make_problem
from api.services.answered import AnsweredDecision
from api.services.case_openings import open_case
from api.services.decision_queries import AnswerEntry, find_answer
from api.services.decision_search import search_decisions
from api.services.single_pre_checks import decide_once
from api.storage.stored_responses import IdempotentCall
from engine import Explanation
from engine.explanation import BUDGET

READING = "GET /v1/decisions/{decision_id}"
PRE_CHECK = "/v1/pre-check"
RECENT = 30
"""So many recent answers are listed on a page."""
ITEMS, ALL_ITEMS = "items", "all"
"""Of an answer about many items, which is the first on the page; or all of them, as they are printed."""
NEAREST = 1_500
"""So many sets of changes are tried for a page, which is what 50 ms allow; more where somebody looks further."""


async def decide_interview(visit: Visit) -> Response:
    """Decide and record the request of an interview, and go to its answer."""
    return await decide_state(visit, read_state(visit))


async def decide_state(visit: Visit, state: Interview) -> Response:
    """Decide and record a request, and go to its answer; who may not read decisions again is shown it at once.

    Sent twice it is recorded once: the key of the call says what the request is, and by the secret of the browser's
    cookie nobody can guess its texts from it.
    """
    received = received_of(visit.policies.vocabulary, state)
    if isinstance(received, Problem):
        raise unreadable(visit)
    if not visit.may(READING):
        return _show(visit, await visit.pre_checks.decide(*received, visit.caller), None)
    key = hmac.new(visit.secret.encode(), received.body, hashlib.sha256).hexdigest()
    call = IdempotentCall(visit.caller, PRE_CHECK, received.body, f"console-{key}")
    decision_id = await decide_once(visit.context, received, call)
    return visit.redirect(_path(decision_id))


async def find_by_id(visit: Visit) -> Response:
    """Open an answer by its id, or show the field for it and the recent answers that the visitor may read."""
    decision_id, status = visit.query.get("id", "").strip(), 200
    fault: Sentence = ""
    if decision_id:
        try:
            await find_answer(visit.context, decision_id, visit.caller)
        except ProblemError as error:
            (fault,), status = faults_of(visit, error.problem), error.problem.status
        else:
            return visit.redirect(_path(decision_id))
    after = visit.query.get("after", "")
    found = await search_decisions(visit.context, visit.caller, {"after": after}, RECENT)
    return visit.render(
        "desk/find.html",
        status,
        wanted=decision_id,
        fault=fault,
        after=after,
        found=found,
    )


async def show_answer(visit: Visit) -> Response:
    """Show an answer as it was recorded."""
    found = await _find(visit)
    wanted = visit.query.get(ITEMS, "")
    first = None if wanted == ALL_ITEMS else (read_whole_number(wanted, 1, MAX_LINES) or 1) - 1
    return _show(visit, found.content, found, first)


async def show_changes(visit: Visit) -> Response:
    """Show the smallest changes that would change an answer, by the policies that gave it."""
    return await _show_changes(visit, NEAREST)


async def look_further(visit: Visit) -> Response:
    """Show larger changes too, as far as they are looked for at all."""
    return await _show_changes(visit, BUDGET)


async def _show_changes(visit: Visit, most_tried: int) -> Response:
    found = await _find(visit)
    page = None
    if found.record.revision == visit.policies.revision:
        explainer, receive = visit.pre_checks.explainer, visit.request.receive
        with explainer.place():
            leaves = partial(wait_until_left, receive)
            content = await explainer.explain(found.entry, visit.policies, leaves, most_tried, MOST_LINES)
        if content is None:
            raise ClientDisconnect
        page = view_changes(visit.texts, Explanation.model_validate_json(content))
    further = page is not None and most_tried < BUDGET and any(line.is_cut for line in page.lines)
    return visit.render(
        "desk/changes.html", changes=page, decision_id=found.entry.key, may_look_further=further
    )


async def ask_alike(visit: Visit) -> Response:
    """Begin an interview with the answers of a recorded one."""
    found = await _find(visit)
    if found.request is None:
        return visit.redirect("/desk")
    return await show_state(visit, begin_alike(visit, found.request, found.vocabulary))


async def open_case_of(visit: Visit) -> Response:
    """Open the case of an answer, as the answer says."""
    found = await _find(visit)
    try:
        await open_case(visit.context, visit.call("/v1/cases", {"decision_id": found.entry.key}))
    except ProblemError as error:
        if error.problem.type != make_problem(ProblemKind.CASE_EXISTS, "").type:
            raise
    return visit.redirect(_path(found.entry.key))


async def _find(visit: Visit) -> AnswerEntry:
    return await find_answer(visit.context, visit.request.path_params["decision_id"], visit.caller)


def _path(decision_id: str) -> str:
    return f"/desk/answers/{quote(decision_id, safe='')}"


def _show(visit: Visit, content: bytes, found: AnswerEntry | None, first: int | None = None) -> Response:
    try:
        decision = AnsweredDecision.model_validate_json(content)
    except ValidationError as error:
        detail = visit.message(
            "This answer was recorded by an earlier version, in a form that this page cannot show."
        )
        raise ProblemError(make_problem(ProblemKind.NOT_FOUND, detail)) from error
    case = decision.links.case if decision.links else None
    return visit.render(
        "desk/answer.html",
        page=view_answer(visit.texts, decision, first),
        by=found.record.caller if found else visit.caller.name,
        can_be_read=found is not None,
        case_id=case.href.rpartition("/")[2] if case else None,
        opens_case=bool(decision.links and decision.links.open_case) and visit.may("POST /v1/cases"),
        is_in_force=decision.policy.status == "in_force",
    )
