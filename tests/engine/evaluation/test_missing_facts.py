"""What is missing: a question is listed also where every answer to it only opens the next one."""

import datetime as dt
from typing import Any

from engine import Outcome, Request, decide
from tests.support.folders import policies_of

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
AGREED: dict[str, Any] = {
    "request_id": "r",
    "as_of": "1965-06-30",
    "mission": {"countries": ["KP"]},
    "visit": {"border_area": "none"},
    "handover": {"by": "committee", "to": "counterpart_institution"},
    "items": [
        {
            "kind": "drawing",
            "legacy_list": "none",
            "channel": {
                "reported_to_committee": True,
                "consultation": "agreed",
                "committee_agrees": True,
                "accepted_as_project": True,
                "inclusion": "agreed_to_include",
                "inclusion_session": 8,
            },
        }
    ],
}


def missing(**stated: Any) -> tuple[Outcome, list[str]]:
    policies = policies_of("Korea's institution is not known")
    request = Request.model_validate(AGREED | stated)
    (line,) = decide(policies, request, decision_id="d", evaluated_at=NOW).lines
    return line.outcome, [found.fact for found in line.missing]


def test_a_question_that_only_leads_to_the_next_one_comes_first() -> None:
    assert missing() == (Outcome.NEEDS_INFORMATION, ["trigger"])


def test_the_next_question_comes_once_the_first_is_answered() -> None:
    outcome, facts = missing(trigger="ad_hoc_request")
    assert outcome is Outcome.NEEDS_INFORMATION
    assert facts == ["parameters.korea.counterpart"]
