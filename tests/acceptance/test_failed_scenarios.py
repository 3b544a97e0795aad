"""What is shown of a scenario that fails: the line and text of its step, and what was found, in words.

Covers: api.evidence.scenarios.failures, api.evidence.scenarios.recorder, api.evidence.scenarios.steps.answers
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app

HEAD = """Feature: What is not so

  Background:
    Given today is 2026-03-02
    And the facts
      | fact              | value    |
      | mission.countries | IS       |
      | handover.by       | host     |
      | handover.to       | visitor  |
      | visitor.signed    | true     |
      | item.kind         | document |
      | item.quantity     | 1        |
      | item.approval     | approved |

  @clause:C3 @door:function
  Rule: What the release desk says, counts
"""
APPROVED = "approved-by-the-desk"
WRONG = {
    "for the whole: refuse": f"it is deliver, by {APPROVED}",
    "for line 1: refuse": "it is deliver",
    "for line 2: deliver": "there is no such line, only 1",
    "nothing may be handed over as asked": f"it may be handed over as asked (deliver, by {APPROVED})",
    "whether it may be handed over is not decided": f"it may be handed over as asked (deliver, by {APPROVED})",
    "the answer cites C5": "it cites C",
    "the answer does not cite C3": "it cites C",
    "the answer rests on the rule not-signed": f"it rests on {APPROVED}",
    f"the answer does not rest on the rule {APPROVED}": f"it rests on {APPROVED}",
    "the answer uses the reading Q1": "it uses none",
    f"the rule {APPROVED} did not decide because of handover.by": "no ground is given of it",
    "the host is asked: Who hands it over?": "nothing is asked",
    "the host is asked for handover.by": "nothing is asked",
    "the fact item.approval is claimed, not confirmed": "no claim is unconfirmed",
    "the host must give nothing": "under C4 the host must give it to the visitor",
    "the host need not give it to the visitor": "under C4 the host must give it to the visitor",
    "under C5 the host must give it to the visitor": "under C4 the host must give it to the visitor",
    "the host has no duty": "under C4 the host must give it to the visitor",
    "the guest is told: No": "they are told: ",
    "the answer may be relied on until 2026-03-01": "until 2026-",
    "the policy is only proposed": "it is in force",
    "once in force it would be: deliver": "it is in force, and the answer is deliver",
}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments])


@pytest.fixture(scope="module")
def tested(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, dict[str, Any], str]:
    """What is printed and recorded of scenarios that all fail, and the file with them."""
    office = tmp_path_factory.mktemp("office") / "office"
    assert run("new", office).exit_code == 0
    steps = [
        f"\n    Scenario: Wrong {number}\n      When the host asks before the handover\n      Then {step}\n"
        for number, step in enumerate(WRONG)
    ]
    (office / "features" / "first.feature").write_text(HEAD + "".join(steps))
    record = office / "record.json"
    result = run("policies", "test", office / "policies", "--no-mutants", "--out", record)
    page, junit = office / "page.html", office / "report.xml"
    report = ("--record", record, "--out", page, "--junit", junit, "--reviews", office / "none.yaml")
    assert run("policies", "report", office / "policies", *report).exit_code == 1
    return result, json.loads(record.read_text()), f"{page.read_text()}{junit.read_text()}"


@pytest.mark.parametrize("step", WRONG)
def test_a_failed_step_is_named_with_what_was_found(
    tested: tuple[Result, dict[str, Any], str], step: str
) -> None:
    result, record, reports = tested
    assert len(record["scenarios"]["failing"]) == len(WRONG), result.output
    number = list(WRONG).index(step)
    failed = next(row for row in record["scenarios"]["failing"] if row["name"] == f"Wrong {number}")
    line = int(failed["place"].rsplit(":", 1)[1]) + 2
    expected = f"features/first.feature:{line} {step}: {WRONG[step]}"
    assert failed["message"].startswith(expected), failed["message"]
    assert expected[:90] in " ".join(result.stdout.split())
    assert f"features/first.feature:{line} {step}: " in reports.replace("&quot;", '"')


def test_nothing_of_the_language_of_the_program_is_shown(tested: tuple[Result, dict[str, Any], str]) -> None:
    result, _, reports = tested
    for text in (result.output, reports):
        assert not re.search(r"Error\b|assert|\{'|\['|\bTrue\b|\bNone\b", text)


def test_a_claim_that_holds_at_no_door_of_another_project_says_so_too(tmp_path: Path) -> None:
    from api.evidence.scenarios.failures import because

    assert because(AssertionError()) == "it failed, and does not say why"
