"""A service that answers otherwise than expected: what it recorded is named, and nothing is made up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import typer

from api.cli.approvals.service_client import ApprovalService
from api.cli.interviews.sending import DecidingService
from api.runtime.http_client import HttpReply

LINE = {"line": 1, "outcome": "hold", "handover_as_asked": "no", "clauses": [], "say": "Wait."}
DECISION = {
    "decision_id": "d-1",
    "request_id": "r-1",
    "outcome": "hold",
    "handover_as_asked": "no",
    "say": "Wait.",
    "lines": [LINE],
    "policy": {"name": "p", "revision": "b" * 64, "status": "in_force"},
    "as_of": "1965-03-01",
    "evaluated_at": "1965-03-01T00:00:00Z",
    "valid_until": "1965-03-31",
    "about": {"lines": [{"line": 1}]},
}


@dataclass(frozen=True)
class AnsweringService(ApprovalService):
    """A service with one answer to every call."""

    answer: Any = None

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> HttpReply:
        return HttpReply(200, json.dumps(self.answer).encode())


def service_with(answer: Any, revision: str) -> DecidingService:
    return DecidingService(AnsweringService("http://127.0.0.1", "TOKEN", "any", answer), revision)


def test_the_decision_is_read_with_what_it_is_about() -> None:
    found = service_with(DECISION, "b" * 64).decide({})
    assert (found.decision.decision_id, found.about) == ("d-1", {"lines": [{"line": 1}]})


def test_a_decision_by_policies_that_came_into_force_meanwhile_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(typer.Exit):
        service_with(DECISION, "a" * 64).decide({})
    assert "recorded as d-1, by policies that came into force meanwhile" in capsys.readouterr().err


@pytest.mark.parametrize("answer", [[], {}, {**DECISION, "lines": []}, {**DECISION, "outcome": "perhaps"}])
def test_an_answer_of_another_form_ends_the_command(answer: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit):
        service_with(answer, "b" * 64).decide({})
    assert "in a form that is not known here" in capsys.readouterr().err
