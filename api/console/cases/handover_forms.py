"""Recording a handover in two steps: first what would be found, then the record."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from api.console.cases.handover_fields import (
    HandoverForm,
    choices_offered,
    draft_statement,
    from_case,
    from_clearance,
    from_handover,
    read_handover_form,
)
from api.console.cases.handover_words import LABELS, status_words
from api.console.frame.areas import marked
from api.console.frame.problem_words import Sentence, ShownFault, say_fault
from api.console.frame.visits import Visit
from api.domain.handovers.handover import HandoverStatus
from api.parsing.json_values import canonical_json
from api.parsing.problems import Problem, ProblemError
from api.parsing.strict_json import read_value
from api.services.case_queries import read_case
from api.services.clearances import read_clearance
from api.services.handover_queries import show_handover
from api.services.handovers import FoundOtherwise, findings_digest, record_handover

ADDRESS = "/v1/handovers"
_ITEM = re.compile(r"/items/(\d+)/(\w+)")


async def show_handover_form(visit: Visit) -> Response:
    """Show the form, with what a clearance, a case or the handover to be corrected says of it."""
    return _render(visit, await _begin(visit))


async def send_handover(visit: Visit) -> Response:
    """Show what would be found of a handover; record it if that has been shown of this very statement."""
    typed = read_handover_form(visit.form)
    if "more" in visit.form:
        return _render(visit, typed, extra=True)
    draft = draft_statement(visit, typed)
    if draft.faults:
        faults = {name: f"{one.fact}; {one.remedy}" for name, one in draft.faults.items()}
        return _render(visit, typed, 400, faults=faults)
    content = read_value(visit.call(ADDRESS, draft.statement).body)
    digest = hashlib.sha256(canonical_json(content).encode()).hexdigest()
    recording, changed = "record" in visit.form, ""
    try:
        if recording and visit.form.get("looked_at") == digest:
            try:
                answer = await record_handover(
                    visit.context, visit.call(ADDRESS, draft.statement), visit.form.get("findings")
                )
                return visit.redirect(f"/handovers/{json.loads(answer.answer)['handover_id']}")
            except FoundOtherwise:
                changed = marked(
                    "Something else would be found by now than you were shown: nothing was recorded yet."
                )
        elif recording:
            changed = marked("You changed something since you looked: nothing was recorded yet.")
        answer = await record_handover(visit.context, visit.call(ADDRESS, draft.statement, dry_run=True))
    except ProblemError as error:
        problem = error.problem
        return _render(
            visit,
            typed,
            problem.status,
            faults=_faults(visit, problem),
            sentence=say_fault(visit.language, problem.detail),
        )
    return _render(visit, typed, answer=answer.answer, looked_at=digest, changed=changed)


async def _begin(visit: Visit) -> HandoverForm:
    query, context, caller = visit.query, visit.context, visit.caller
    if clearance_id := query.get("clearance"):
        _, clearance = await read_clearance(context, clearance_id, caller)
        return from_clearance(clearance)
    if case_id := query.get("case_id"):
        view = await read_case(context, case_id, caller, {})
        return from_case(case_id, view.case.department, view.case.lines, view.state)
    if handover_id := query.get("supersedes"):
        return from_handover(json.loads(await show_handover(context, handover_id, caller)))
    return HandoverForm()


def _render(
    visit: Visit,
    typed: HandoverForm,
    status: int = 200,
    *,
    faults: Mapping[str, Sentence] | None = None,
    sentence: Sentence = "",
    answer: str | None = None,
    looked_at: str = "",
    changed: str = "",
    extra: bool = False,
) -> Response:
    labels = {name: visit.message(label) for name, label in LABELS.items()}
    found: Mapping[str, Any] | None = json.loads(answer) if answer else None
    faults = faults or {}
    return visit.render(
        "cases/handover_form.html",
        status,
        typed=typed.members,
        rows=[*typed.rows, *({} for _ in range(5 if extra else 0))],
        choices=choices_offered(visit),
        labels=labels,
        faults=faults,
        sentences=_sentences(faults, labels) or ([sentence] if sentence else []),
        found=found,
        found_status=status_words(HandoverStatus(found["status"])) if found else None,
        looked_at=looked_at,
        findings=findings_digest(answer) if answer else "",
        changed=visit.message(changed) if changed else "",
        today=visit.policies.day_at(visit.context.clock()).isoformat(),
        department=visit.caller.department,
    )


def _faults(visit: Visit, problem: Problem) -> dict[str, ShownFault]:
    """What is wrong, by the member that it is about: of an item, by its place and the member."""
    faults = dict[str, ShownFault]()
    for error in problem.errors or ():
        pointer = error.pointer or ""
        found = _ITEM.match(pointer)
        name = f"{found[1]}.{found[2]}" if found else pointer.strip("/").partition("/")[0]
        faults.setdefault(name, say_fault(visit.language, error.detail))
    return faults


def _sentences(faults: Mapping[str, Sentence], labels: Mapping[str, str]) -> Sequence[Sentence]:
    sentences = list[Sentence]()
    for name, fault in faults.items():
        place, dot, member = name.partition(".")
        label = (
            f"{labels['line']} {int(place) + 1}, {labels.get(member, member)}"
            if dot
            else labels.get(name, name)
        )
        sentences.append(f"{label}: {fault}" if isinstance(fault, str) else fault._replace(label=label))
    return sentences
