"""What follows from an urgent answer: a case for the Committee, and the link from the answer to it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

from pydantic_core import from_json, to_json

from api.domain.permissions import may_call
from api.parsing.answers import JsonAnswer
from engine import Outcome, Role

if TYPE_CHECKING:
    from api.domain.cases.case import CaseKey

REFRAINING = "refraining"
"""What ends a duty that is done by doing nothing (`Duty.done_by`): nobody waits for it."""

_CASES = "/v1/cases"
_OPENING = f"POST {_CASES}"
_AN_ID = "an id"
_WRITTEN = b'"outcome":"%b"' % Outcome.ESCALATE_URGENT.encode()


class OpenCaseLink(JsonAnswer):
    """The call that opens the case; its body is `{"decision_id": ...}` with the decision named here."""

    method: Literal["POST"]
    href: str
    from_decision: str


class CaseLink(JsonAnswer):
    """The address of the case about the request."""

    href: str


class AnswerLinks(JsonAnswer):
    """Where an answer leads: to the case about its request, or, as long as there is none, to the opening of one."""

    open_case: OpenCaseLink | None = None
    case: CaseLink | None = None


def is_urgent(decision: bytes) -> bool:
    """Whether a line of a decision, in the JSON as recorded, has to be reported as urgent first."""
    if _WRITTEN not in decision:  # what nearly every pre-check is spared is the reading of its answer
        return False
    return any(line["outcome"] == Outcome.ESCALATE_URGENT for line in from_json(decision)["lines"])


def waiting_for(decision: bytes) -> list[str]:
    """Return who has something to do by a decision, in the JSON as recorded: as of a case, before anything is done.

    It is read as data, not as a model: what an earlier version recorded need not have the members of today.
    """
    lines = from_json(decision)["lines"]
    duties = [duty for line in lines for duty in line.get("duties", ())]
    undecided = [line for line in lines if line["outcome"] == Outcome.NEEDS_INFORMATION]
    questioned = {missing["answered_by"] for line in undecided for missing in line.get("missing", ())}
    return sorted(questioned | {duty["who"] for duty in duties if duty.get("done_by") != REFRAINING})


def can_have_case(key: CaseKey | None) -> bool:
    """Whether a case can be opened about a request: its department is known, and both names can be stored."""
    return key is not None and "\0" not in key[0] and "\0" not in key[1]


def link_to_opening(decision_id: str, role: Role) -> OpenCaseLink | None:
    """Return the link by which a caller opens the case of a decision; None for one who may not."""
    if not may_call(role, _OPENING):
        return None
    return OpenCaseLink(method="POST", href=_CASES, from_decision=decision_id)


def links_of(
    decision_id: str, key: CaseKey | None, case_id: str | None, role: Role, *, urgent: bool
) -> AnswerLinks | None:
    """Return where the answer with this decision leads; `case_id` is the case about its request, if there is one.

    Without one it matters whether the decision is `urgent`, as `is_urgent` says.
    """
    if case_id is not None:
        may_read = may_call(role, f"GET {_CASES}/{{case_id}}")
        return AnswerLinks(case=CaseLink(href=f"{_CASES}/{case_id}")) if may_read else None
    if not (urgent and can_have_case(key)):
        return None
    opening = link_to_opening(decision_id, role)
    return None if opening is None else AnswerLinks(open_case=opening)


def links_to_bytes(
    decision_id: str, key: CaseKey | None, case_id: str | None, role: Role, *, urgent: bool
) -> bytes | None:
    """Return what `links_of` returns as JSON; what leads to the opening of a case is written but for the id."""
    if case_id is None and urgent and can_have_case(key) and may_call(role, _OPENING):
        before, behind = _opening_but_for_id()
        return b"%b%b%b" % (before, to_json(decision_id), behind)
    links = links_of(decision_id, key, case_id, role, urgent=urgent)
    return None if links is None else links.to_bytes()


@cache
def _opening_but_for_id() -> tuple[bytes, bytes]:
    """The JSON that leads to the opening of a case, before and behind the id of the decision."""
    opening = OpenCaseLink(method="POST", href=_CASES, from_decision=_AN_ID)
    before, _, behind = AnswerLinks(open_case=opening).to_bytes().partition(to_json(_AN_ID))
    return before, behind
