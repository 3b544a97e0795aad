"""Scenarios are proposed, and accepted, where a Background states the facts in a table, as a new folder does.

Covers: api.evidence.scenarios.proposals, api.evidence.scenarios.accepted_proposals
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app

UNSHOWN = "more-samples-than-agreed"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments])


def survivors(record: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for row in record["mutants"]["all"] if row["fate"] == "survived"]


@pytest.fixture(scope="module")
def accepted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A new folder without the scenarios about samples, and what was proposed in their place, and written down."""
    office = tmp_path_factory.mktemp("office") / "office"
    assert run("new", office).exit_code == 0
    feature = office / "features" / "first.feature"
    before, _, after = feature.read_text().partition("  @clause:C5 @rule:")
    _, _, after = after.partition("\n  @clause:C6")
    feature.write_text(f"{before}  @clause:C6{after}")
    record = office / "record.json"
    run("policies", "test", office / "policies", "--only", UNSHOWN, "--out", record, "--accept")
    return office, json.loads(record.read_text())


def test_every_change_that_goes_unnoticed_has_its_scenario(accepted: tuple[Path, dict[str, Any]]) -> None:
    _, record = accepted
    assert survivors(record)
    assert [row["no_proposal"] for row in survivors(record) if "proposal" not in row] == []


def test_what_the_background_states_is_not_stated_again(accepted: tuple[Path, dict[str, Any]]) -> None:
    _, record = accepted
    for row in survivors(record):
        text = row["proposal"]["text"]
        assert "handover.by is host" not in text
        assert len(re.findall("the fact ", text)) < 7, text


def test_the_scenarios_that_were_accepted_notice_and_are_tagged_with_what_they_show(
    accepted: tuple[Path, dict[str, Any]],
) -> None:
    office, _ = accepted
    again = office / "again.json"
    tested = run("policies", "test", office / "policies", "--only", UNSHOWN, "--out", again)
    record = json.loads(again.read_text())
    assert survivors(record) == [], tested.output
    assert record["scenarios"]["failing"] == []
    verdicts = {row["clause"]: row["verdict"] for row in record["clauses"]}
    assert verdicts["C5"] != "no scenario"
    assert {row["rule"]: row["verdict"] for row in record["rules"]}[UNSHOWN] == "verified"
