"""`channelgate policies evidence`: what people and reviews see of a proposed change, and its exit codes.

Covers: api.cli.policies_evidence, api.cli.rendering.evidence
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.doors.running_server import running_server
from api.settings import Settings
from tests.support.proposals import change, make_office

REQUEST = {
    "request_id": "four-samples",
    "as_of": "2026-03-02",
    "mission": {"countries": ["IS"]},
    "handover": {"by": "host", "to": "visitor"},
    "visitor": {"signed": True},
    "items": [{"kind": "sample", "quantity": 4, "approval": "approved"}],
}


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """An office, and beside its policies a proposed set that is the same."""
    folder = make_office(tmp_path / "office")
    shutil.copytree(folder / "policies", folder / "proposed")
    return folder


def evidence(office: Path, *options: object) -> Result:
    """The command, about the base and the proposed set of an office, without trying small changes."""
    arguments = [office / "policies", office / "proposed", "--mutant-seconds", 0, *options]
    return CliRunner().invoke(app, ["policies", "evidence", *map(str, arguments)])


def without_scenarios(office: Path, *options: object) -> Result:
    (office / "none").mkdir(exist_ok=True)
    return evidence(office, "--features", office / "none", *options)


def test_a_change_that_passes_everything_and_loosens_nothing_ends_with_nought(office: Path) -> None:
    change(office / "proposed", "directive.yaml", "through the release desk", "by the release desk")
    result = evidence(office)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert [line.split()[:2] for line in lines[1:4]] == [
        ["check", "passed"],
        ["proof", "passed"],
        ["comparison", "passed"],
    ]
    assert "35 of 35 passed" in result.stdout
    assert "CUT SHORT" in result.stdout
    assert lines[-1] == "Nothing is loosened."
    assert "running the scenarios" in result.stderr


def test_something_that_may_be_loosened_ends_with_one(office: Path) -> None:
    change(office / "proposed", "iceland.yaml", "value: 3", "value: 4")
    result = without_scenarios(office)
    assert result.exit_code == 1
    assert "was hold, becomes deliver" in " ".join(result.stdout.split())
    assert "MAY LOOSEN: 2 reasons." in result.stdout


def test_what_is_not_tested_ends_with_one(office: Path) -> None:
    result = without_scenarios(office)
    assert result.exit_code == 1
    assert "scenarios   no scenarios" in result.stdout
    assert "NOT ALL PASSED" in result.stdout


def test_faults_of_the_proposed_set_are_listed_with_their_remedies(office: Path) -> None:
    change(office / "proposed", "iceland.yaml", 'item.kind == "sample"', 'item.knd == "sample"')
    result = without_scenarios(office)
    assert result.exit_code == 1
    output = " ".join(result.stdout.split())
    assert "check FAILED 1 faults" in output
    assert "proof not run" in output
    assert "iceland.yaml:15:11" in output
    assert "did you mean `item.kind`?" in output


def test_json_has_all_of_it(office: Path) -> None:
    result = without_scenarios(office, "--format", "json")
    written: dict[str, Any] = json.loads(result.stdout)
    assert written["base"] == written["proposed"]
    assert written["comparison"]["data"]["complete"] is True


def test_markdown_begins_with_the_verdict_and_has_the_comparison(office: Path) -> None:
    change(office / "proposed", "iceland.yaml", "value: 3", "value: 4")
    output = without_scenarios(office, "--format", "markdown").stdout
    assert output.startswith("## Evidence of a policy change\n\nNOT ALL PASSED")
    assert "| check | passed | 0 faults, 0 remarks |" in output
    assert "## Policy change: something becomes more permissive" in output


def test_recorded_decisions_are_taken_again(office: Path) -> None:
    database = str(office / "log.db")
    settings = Settings(policies=office / "policies", database=database, insecure_no_auth=True, exercise=True)
    with running_server(settings) as url:
        for number in range(3):
            request = {**REQUEST, "request_id": f"r{number}"}
            answer = httpx.post(f"{url}/v1/pre-check", json=request, trust_env=False).json()
            assert answer["outcome"] == "hold", answer
    change(office / "proposed", "iceland.yaml", "value: 3", "value: 4")
    written = json.loads(
        without_scenarios(office, "--database", database, "--last", 2, "--format", "json").stdout
    )
    replay = written["replay"]
    assert (replay["decided"], replay["changed"]) == (2, 2)
    assert replay["shown"][-1] == {
        "decision_id": answer["decision_id"],
        "line": 1,
        "was": "hold",
        "becomes": "deliver",
    }
    reasons = [reason["what"] for reason in written["loosens"]["reasons"]]
    assert "2 lines of recorded decisions: was hold, becomes deliver" in reasons
    assert written["comparison"]["data"]["history"]["requests"] == 2
    text = without_scenarios(office, "--database", database).stdout
    assert "3 decisions taken again, 3 answered otherwise" in text


def test_decisions_are_taken_again_in_the_words_of_their_policies(office: Path) -> None:
    database = str(office / "log.db")
    word = "  - fact: visitor.badge\n    kind: text\n    ask: Which badge?\n    answered_by: host\n\n"
    settings = Settings(policies=office / "policies", database=database, insecure_no_auth=True, exercise=True)
    place = "  - fact: request.purpose\n"
    change(office / "policies", "vocabulary.yaml", place, f"{word}{place}")
    with running_server(settings) as url:
        request = {**REQUEST, "visitor": {"signed": True, "badge": "B7"}}
        answer = httpx.post(f"{url}/v1/pre-check", json=request, trust_env=False).json()
        assert answer["outcome"] == "hold", answer
    change(office / "policies", "vocabulary.yaml", word, "")
    written = json.loads(without_scenarios(office, "--database", database, "--format", "json").stdout)
    assert written["replay"] == {"result": "passed", "decided": 1}


def test_it_is_written_to_a_file_and_over_another_one_only_by_force(office: Path) -> None:
    out = office / "out" / "evidence.md"
    assert without_scenarios(office, "--format", "markdown", "--out", out).stdout == ""
    assert out.read_text().startswith("## Evidence of a policy change")
    assert without_scenarios(office, "--out", out).exit_code == 2
    assert without_scenarios(office, "--out", out, "--force").exit_code == 1
    assert without_scenarios(office, "--out", office / "floor.yaml", "--force").exit_code == 2


def test_what_cannot_be_done_ends_with_two(office: Path) -> None:
    (office / "proposed" / "notes").mkdir()
    unread = without_scenarios(office)
    assert unread.exit_code == 2
    assert "the sub-folder is not read" in unread.stderr
    (office / "proposed" / "notes").rmdir()
    change(office, "floor.yaml", "property: unknown_never_permits", "property: unknown_may_permit")
    faulty = without_scenarios(office)
    assert faulty.exit_code == 2
    assert "the floor has faults" in faulty.stderr
    assert without_scenarios(office, "--floor", office / "nowhere.yaml").exit_code == 2
    assert without_scenarios(office, "--database", office / "nowhere.db").exit_code == 2
    shutil.rmtree(office / "proposed")
    assert without_scenarios(office).exit_code == 2
