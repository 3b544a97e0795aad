"""Scenarios of a directive in words of its own: tested, linted, reported and reviewed without a line of Python.

Covers: api.evidence.scenarios.worded_steps, api.evidence.scenarios.words, api.evidence.scenarios.stated_facts,
api.evidence.scenarios.scenario_case, api.evidence.scenarios.session_policies
"""

import json
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.doors.outer_doors import DoorFailed, HttpDoor
from api.evidence.scenarios.door import PolicyFolders

SEEDS = Path(__file__).parents[1] / "data" / "seed_house"


def run(root: Path, *arguments: object) -> Result:
    command, *rest = map(str, arguments)
    return CliRunner().invoke(app, ["policies", command, str(root / "policies"), *rest])


def ran(root: Path, *options: object) -> Result:
    return run(root, "test", "--floor", SEEDS / "floor.yaml", *options)


def changed(tmp_path: Path, file: str, *changes: tuple[str, str]) -> Path:
    """The folders of the seed house with texts of one file replaced, each of which stands there once."""
    root = Path(shutil.copytree(SEEDS, tmp_path / "house"))
    text = (root / file).read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (root / file).write_text(text, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """What a test of the whole folder has found, with the changes that no scenario would notice."""
    path = tmp_path_factory.mktemp("record") / "test.json"
    result = ran(SEEDS, "--out", path)
    assert path.exists(), result.output
    return path, json.loads(path.read_text(encoding="utf-8"))


def test_every_scenario_passes_at_every_door(record: tuple[Path, dict[str, Any]]) -> None:
    scenarios = record[1]["scenarios"]
    assert scenarios["findings"] == scenarios["failing"] == []
    assert scenarios["promised"] == scenarios["passed"] == 17
    assert {clause["verdict"] for clause in record[1]["clauses"]} == {"verified"}


def test_a_scenario_is_proposed_in_the_words_of_the_folder(record: tuple[Path, dict[str, Any]]) -> None:
    texts = [mutant["proposal"]["text"] for mutant in record[1]["mutants"]["all"] if "proposal" in mutant]
    lines = [line.strip() for text in texts for line in text.splitlines()]
    steps = {line.split(" ", 1)[1] for line in lines if " " in line and not line.startswith("@")}
    assert {
        "nobody knows what it is",
        "the fact visit.screened is false",
        "the gardener asks before the handover",
        "the desk is asked",
        "for the whole: refuse",
        "the guard must screen the visitor",
    } <= steps


def test_the_report_and_the_review_know_the_scenarios(
    record: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    root = Path(shutil.copytree(SEEDS, tmp_path / "house"))
    reviewed = run(root, "review", "--all", "--by", "the board")
    assert reviewed.exit_code == 0, reviewed.output
    assert run(root, "review").exit_code == 0
    run(root, "report", "--record", record[0], "--out", tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "A visitor who was not screened gets nothing" in page
    assert "seed-house" in page


@pytest.mark.parametrize(
    ("file", "old", "new", "finding"),
    [
        (
            "features/by_name.feature",
            "      | visit.screened         | true ",
            "      | visit.screend          | true ",
            "features/by_name.feature:5 S06 unknown fact `visit.screend`; did you mean `visit.screened`?",
        ),
        (
            "features/by_name.feature",
            "Given the fact item.sort of line 2 is book",
            "Given the fact item.sort of line 2 is boook",
            "S06 `boook` is no value of `item.sort`; did you mean `book`?",
        ),
        (
            "features/by_name.feature",
            "Given the guard states that visit.screened is false",
            "Given the gardener states that visit.screened is false",
            "S06 `visit.screened` is not for the gardener to state; let the guard state it, or write"
            " `claims that`",
        ),
        (
            "features/in_phrases.feature",
            "And they ask for 3 bags of seed",
            "And they ask for three bags of seed",
            "features/in_phrases.feature:6 S06 `three` is no value of `item.quantity`; write a number from 0 on",
        ),
        (
            "features/in_phrases.feature",
            "And the visitor has been screened",
            "And the visitor has ben screened",
            "in_phrases.feature:7 S01 no step definition fits `Given the visitor has ben screened`; did you mean"
            " `the visitor has been screened`?",
        ),
        (
            "features/in_phrases.feature",
            "Then the desk sends it",
            "Then the desk send it",
            "S01 no step definition fits `Then the desk send it`; did you mean `the desk sends it`?",
        ),
        (
            "policies/vocabulary.yaml",
            "phrase: visitors from {mission.countries}",
            "phrase: the fact {mission.countries} is {item.description}",
            "S02 `Given the fact item.sort of line 2 is book` fits 2 step definitions",
        ),
    ],
)
def test_a_word_that_the_folder_does_not_have_stops_the_run(
    file: str, old: str, new: str, finding: str, tmp_path: Path
) -> None:
    result = ran(changed(tmp_path, file, (old, new)), "--no-mutants")
    assert result.exit_code == 1, result.output
    assert finding in " ".join(result.output.split())
    assert "0 passed" in result.output


def test_the_words_of_another_directive_are_not_there(tmp_path: Path) -> None:
    root = changed(
        tmp_path,
        "features/in_phrases.feature",
        ("And the visitor has been screened", "And the material is pressed for time"),
        ("Then for the whole: hold", "Then it is held"),
    )
    result = ran(root, "--no-mutants")
    shown = " ".join(result.output.split())
    assert "no step definition fits `Given the material is pressed for time`" in shown
    assert "no step definition fits `Then it is held`" in shown


def test_a_claim_does_not_pass_as_a_statement_at_the_server(tmp_path: Path) -> None:
    with (
        ExitStack() as stack,
        pytest.raises(DoorFailed, match="tag the scenario with @door:function @door:cli"),
    ):
        HttpDoor(PolicyFolders(tmp_path), stack).decide({}, {}, {"guard"})


def test_a_phrase_that_has_changed_needs_the_whole_test(
    record: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    root = changed(tmp_path, "policies/vocabulary.yaml", ("visit.screened: true", "visit.screened: false"))
    result = ran(root, "--changed", record[0])
    assert result.exit_code == 2
    assert "or a phrase has changed since" in result.stderr
    assert ran(SEEDS, "--changed", record[0], "--no-mutants").exit_code != 2
