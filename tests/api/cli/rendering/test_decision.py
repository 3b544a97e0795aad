"""What is printed of the policies that an answer was taken under.

Covers: api.cli.rendering.decision
"""

import io

import pytest
from rich.console import Console

from api.cli.rendering.decision import print_decision
from api.domain.about import about_request
from engine import Approval, ServingStatus, decide
from tests.support.folders import policies_of
from tests.support.shipped_words import VERSION_1, make_request
from tests.support.strategies import NOW


@pytest.mark.parametrize(
    ("approval", "words"),
    [
        (Approval.NONE, "no approvals required"),
        (Approval.APPROVED, "approved"),
        (Approval.FOUNDED, "founded"),
        (Approval.RETURNED, "returned to in an emergency"),
    ],
)
def test_an_answer_says_how_its_policies_came_into_force(approval: Approval, words: str) -> None:
    policies, request = policies_of("shipped"), make_request({"request_id": "r", "items": [{}]})
    decision = decide(policies, request, decision_id="d", evaluated_at=NOW, status=ServingStatus(approval))
    out = io.StringIO()
    about = about_request(request, VERSION_1, policies)
    print_decision(Console(file=out, width=200), policies, about, decision)
    assert f"(in force, {words}, revision {policies.revision[:12]})" in out.getvalue()
    assert ("Remark: The policies in force were returned to" in out.getvalue()) is (
        approval is Approval.RETURNED
    )
